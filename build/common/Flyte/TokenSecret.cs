using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>A data plane's service account token Secret for flyteadmin; since Kubernetes 1.24 it is made by hand.</summary>
/// <param name="run">The run.</param>
/// <param name="plane">The data plane.</param>
/// <param name="name">The Secret's name.</param>
public sealed class TokenSecret(FleetRun run, DataPlaneRun plane, string name)
{
    /// <summary>The service account that flyteadmin acts as in a data plane.</summary>
    public const string ServiceAccount = "flyteadmin";

    /// <summary>The type of Secrets that the token controller fills.</summary>
    public const string Type = "kubernetes.io/service-account-token";

    private const string NameAnnotation = "kubernetes.io/service-account.name";
    private const string ReplacesAnnotation = $"{FieldManagers.Tool}/replaces";
    private const int LongestName = 253;

    private static readonly string OfType = $"?fieldSelector={Uri.EscapeDataString($"type={Type}")}";

    // The token controller fills a Secret within milliseconds; a minute is a controller that does not run.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private string Path => KubernetesPaths.Core(run.Namespace, "secrets", name);

    /// <summary>Whether a Secret is a token of flyteadmin, filled or not.</summary>
    /// <param name="secret">The Secret.</param>
    public static bool IsToken(JsonObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return (string?)secret["type"] == Type && Account(secret) == ServiceAccount;
    }

    /// <summary>The data plane's tokens of flyteadmin that are not being deleted, filled or not.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<IReadOnlyList<JsonObject>> ListAsync(FleetRun run, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(plane);
        var secrets = await plane.Api.ListAsync(KubernetesPaths.Core(run.Namespace, "secrets") + OfType, cancellationToken);
        return [.. secrets.Where(secret => IsToken(secret) && secret["metadata"]?["deletionTimestamp"] is null)];
    }

    /// <summary>
    /// A Secret's name that was never used, as one that is made again under its name gets the token that was revoked with it. It is the same for all
    /// runs that find the same, so that two at once, or one after a killed one, make one Secret.
    /// </summary>
    /// <param name="name">The data plane's first Secret's name.</param>
    /// <param name="trace">What stands for the token that the new one replaces.</param>
    public static string NameAfter(string name, string trace)
    {
        ArgumentNullException.ThrowIfNull(name);
        var suffix = $"-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(trace)))[..8]}";
        return name[..Math.Min(name.Length, LongestName - suffix.Length)] + suffix;
    }

    /// <summary>The name and UID of the Secret whose token a Secret's token replaces; null where it replaces none.</summary>
    /// <param name="secret">The Secret.</param>
    public static (string Name, string Uid)? Replaced(JsonObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return ((string?)secret["metadata"]?["annotations"]?[ReplacesAnnotation])?.Split('/') is [var name, var uid] ? (name, uid) : null;
    }

    /// <summary>The Secret that holds a token; null where none does.</summary>
    /// <param name="secrets">The data plane's tokens.</param>
    /// <param name="token">The token, base64.</param>
    public static JsonObject? Holding(IEnumerable<JsonObject> secrets, string token) =>
        secrets.FirstOrDefault(secret => (string?)secret["data"]?["token"] == token);

    /// <summary>The credential in a Secret, base64 untouched; null while it is not filled.</summary>
    /// <param name="secret">The Secret.</param>
    public static ClusterCredential? Credential(JsonObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var data = secret["data"];
        return (string?)data?["token"] is { Length: > 0 } token && (string?)data["ca.crt"] is { Length: > 0 } ca ? new ClusterCredential(token, ca) : null;
    }

    /// <summary>The credential in the Secret; null while it is missing or not filled.</summary>
    /// <exception cref="InvalidOperationException">A Secret of that name is something else.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<ClusterCredential?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await plane.Api.GetAsync(Path, cancellationToken) is not { } secret)
            return null;
        RefuseOthers(secret);
        return Credential(secret);
    }

    /// <summary>Creates the Secret through the gate; nothing where it exists and only has to be filled.</summary>
    /// <param name="gate">What the change passes.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <param name="replaced">The name and UID of the Secret whose token it replaces, noted in it; null for none.</param>
    /// <returns>True when it exists; false with the gate closed.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> CreateAsync(IChangeGate gate, CancellationToken cancellationToken, (string Name, string Uid)? replaced = null)
    {
        ArgumentNullException.ThrowIfNull(gate);
        if (!plane.IsKnownAfterApply && await plane.Api.GetAsync(Path, cancellationToken) is not null)
            return true;
        var annotations = new JsonObject { [NameAnnotation] = ServiceAccount };
        if (replaced is { } earlier)
            annotations[ReplacesAnnotation] = $"{earlier.Name}/{earlier.Uid}";
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = run.Namespace,
                ["annotations"] = annotations,
            },
            ["type"] = Type,
        };
        var change = new Change(
            plane.Name,
            "Secret",
            run.Namespace,
            name,
            ChangeAction.Create,
            $"token of service account {ServiceAccount}{(replaced is null ? string.Empty : $" in place of {replaced.Value.Name}")}"
        );
        return await gate.PassAsync(change, (permit, token) => plane.Api.ApplyAsync(permit, Path, secret, FieldManagers.Tool, token), cancellationToken);
    }

    /// <summary>Deletes the Secret through the gate, which revokes its token at once; nothing where it is gone already.</summary>
    /// <param name="uid">Its UID: another Secret of that name stays.</param>
    /// <param name="gate">What the change passes.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <returns>True when it is gone; false with the gate closed.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<bool> DeleteAsync(string uid, IChangeGate gate, CancellationToken cancellationToken, string reason = "revoke the replaced token")
    {
        ArgumentNullException.ThrowIfNull(gate);
        return gate.PassAsync(
            new Change(plane.Name, "Secret", run.Namespace, name, ChangeAction.Delete, reason),
            (permit, token) => plane.Api.DeleteAsync(permit, Path, uid, token),
            cancellationToken
        );
    }

    /// <summary>Waits until the token controller has filled the Secret.</summary>
    /// <param name="timeout">The longest wait; a minute at most.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The credential in it.</returns>
    /// <exception cref="InvalidOperationException">It did not, or it removed the Secret; the message says why and what to do.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<ClusterCredential> UntilFilledAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var longest = timeout < Longest ? timeout : Longest;
        var until = plane.Api.Time.GetUtcNow() + longest;
        for (var pause = TimeSpan.FromMilliseconds(20); ; pause = pause > TimeSpan.FromMilliseconds(500) ? pause : pause * 2)
        {
            var secret = await plane.Api.GetAsync(Path, cancellationToken);
            if (secret is not null && Credential(secret) is { } credential)
                return credential;

            // The token controller removes the Secret of a service account that is not there.
            if (secret is null || plane.Api.Time.GetUtcNow() > until)
                throw new InvalidOperationException(await WhyEmptyAsync(secret is null ? null : longest, cancellationToken));
            await Task.Delay(pause, plane.Api.Time, cancellationToken);
        }
    }

    private async Task<string> WhyEmptyAsync(TimeSpan? waited, CancellationToken cancellationToken)
    {
        var account = await plane.Api.GetAsync(KubernetesPaths.Core(run.Namespace, "serviceaccounts", ServiceAccount), cancellationToken);
        if (account is null)
            return $"Service account {ServiceAccount} is missing in namespace {run.Namespace}, so no token can be created. The chart "
                + "creates it (flyteadmin.serviceAccount.alwaysCreate); look at the data plane's values.";
        return waited is null
            ? $"Somebody deleted Secret {name} before it was filled. Run again."
            : $"The token controller did not fill Secret {name} within {waited.Value.TotalSeconds:0} s. Check whether kube-controller-manager runs "
                + "with its token controller, then run again.";
    }

    private void RefuseOthers(JsonObject secret)
    {
        if (!IsToken(secret))
            throw new InvalidOperationException(
                $"Secret {run.Namespace}/{name} exists and is not a token of {ServiceAccount} (type {(string?)secret["type"]}, account "
                    + $"{Account(secret) ?? "none"}). Delete it if nothing needs it, or create it again under another name; then run again."
            );
    }

    private static string? Account(JsonObject secret) => (string?)secret["metadata"]?["annotations"]?[NameAnnotation];
}
