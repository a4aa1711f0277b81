using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>
/// Decides what becomes of a data plane's token from what the clusters show: a rotation that was begun is finished, in place of a new one; one that
/// is recent enough stays.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="plane">The data plane.</param>
internal sealed class TokenRotation(FleetRun run, DataPlaneRun plane)
{
    /// <summary>Decides; nothing is changed.</summary>
    /// <param name="olderThan">The age from which a token is replaced; null replaces all.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="InvalidOperationException">The data plane has no stored credential.</exception>
    /// <exception cref="KubernetesApiException">A server refused, or did not answer.</exception>
    public async Task<RotationDecision> DecideAsync(TimeSpan? olderThan, CancellationToken cancellationToken)
    {
        var listed = TokenSecret.ListAsync(run, plane, cancellationToken);
        var reading = run.State.Of<RotationReadings>().Read.GetAsync(() => RotationReading.ReadAsync(run, cancellationToken));
        await Task.WhenAll(listed, reading);
        var (secrets, now) = (await listed, await reading);
        var (token, ca) = now.Earlier.Of(plane);
        if (token is null)
            throw new InvalidOperationException(
                $"Secret {CredentialsSecret.Name} holds no credential of {plane.Name}, so there is none to rotate. Join it first: "
                    + $"./build.sh --target=AddDataPlane --cluster={plane.Name}"
            );
        var stored = StoredToken.Of(token, secrets, CredentialsSecret.WrittenAt(now.Earlier.Secret, plane.Spec.TokenKey));
        if (Finish(stored, now, ca) is { } finish)
            return finish;

        var name = TokenSecret.NameAfter(plane.Spec.TokenSecret, now.Earlier.Trace(plane)!);
        var current = stored.Secret;
        var replaced = current is null ? null : Replaced(current);
        var age = now.Time - stored.MadeAt;
        if (secrets.Any(secret => Name(secret) == name))
            return new RotationDecision(name, null, replaced, $"Secret {name} is there from a rotation that was begun, which is finished now");
        if (current is not null && TokenSecret.Credential(current)?.CaCertificate != ca)
            return new RotationDecision(name, null, replaced, "the cluster's CA certificate is another than the stored one");
        if (olderThan is { } least && age < least)
            return new RotationDecision(null, null, null, $"its token is {Ages.Format(age)} old, and is replaced from {Ages.Format(least)} on");
        return new RotationDecision(name, null, replaced, age is null ? "the age of its token is not known" : $"its token is {Ages.Format(age)} old");
    }

    private RotationDecision? Finish(StoredToken stored, RotationReading now, string? storedCa)
    {
        if (stored.Secret is not { } current || TokenSecret.Credential(current) is not { } credential)
            return null;
        if (stored.Replaced is { } left)
            return new RotationDecision(
                null,
                credential,
                Replaced(left),
                $"Secret {Name(left)}, which {Name(current)} replaces, is still there: that rotation is finished now"
            );
        return credential.CaCertificate != storedCa || now.IsLoaded(plane, credential)
            ? null
            : new RotationDecision(null, credential, null, "flyteadmin and syncresources have not read the stored credential yet: they are restarted");
    }

    private static ReplacedToken Replaced(JsonObject secret) => new(Name(secret), Uid(secret), TokenSecret.Credential(secret));

    private static string Name(JsonObject secret) => (string?)secret["metadata"]?["name"] ?? string.Empty;

    private static string Uid(JsonObject secret) => (string?)secret["metadata"]?["uid"] ?? string.Empty;
}

/// <summary>What becomes of a data plane's token.</summary>
/// <param name="Secret">The Secret that is to hold the new token; null where none is made.</param>
/// <param name="Current">The stored credential, whose rotation is finished; null where it is replaced, or stays.</param>
/// <param name="Old">The Secret to delete once nothing uses its token; null where there is none.</param>
/// <param name="Reason">Why, for the log.</param>
internal sealed record RotationDecision(string? Secret, ClusterCredential? Current, ReplacedToken? Old, string Reason)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsNothing => Secret is null && Current is null;
}

/// <summary>A Secret whose token another one replaces.</summary>
/// <param name="Secret">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Credential">The credential in it; null where it is not filled.</param>
internal sealed record ReplacedToken(string Secret, string Uid, ClusterCredential? Credential);
