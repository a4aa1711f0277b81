using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Token;

/// <summary>What the control plane shows of tokens that data planes had before this run.</summary>
/// <param name="Secret">Secret <c>cluster-credentials</c>; null where there is none.</param>
/// <param name="Deployment">Deployment flyteadmin, whose annotations note loaded credentials; null where there is none.</param>
internal sealed record EarlierJoin(JsonObject? Secret, JsonObject? Deployment)
{
    /// <summary>The Secret that flyteadmin mounts in the place of <c>cluster-credentials</c>, where there is none of that name; null for none.</summary>
    public JsonObject? Elsewhere { get; init; }

    /// <summary>Reads it.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task<EarlierJoin> ReadAsync(FleetRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var control = run.ControlPlane;
        var secret = new CredentialsSecret(run).ReadAsync(cancellationToken);
        var deployment = control.Api.GetAsync(KubernetesPaths.Deployment(run.Namespace, CredentialDeployments.Names[0]), cancellationToken);
        await Task.WhenAll(secret, deployment);
        var elsewhere = await secret is null ? CredentialsSecret.MountedName(await deployment) : null;
        return new EarlierJoin(await secret, await deployment)
        {
            Elsewhere = elsewhere is null or CredentialsSecret.Name
                ? null
                : await control.Api.GetAsync(KubernetesPaths.Core(run.Namespace, "secrets", elsewhere), cancellationToken),
        };
    }

    /// <summary>The data plane's stored token and CA certificate, base64; null what is not stored.</summary>
    public (string? Token, string? Ca) Of(DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return (Text(plane.Spec.TokenKey), Text(plane.Spec.CaKey));

        string? Text(string key) => (string?)Secret?["data"]?[key] is { Length: > 0 } text ? text : null;
    }

    /// <summary>The Secret of a data plane whose token is stored under some key, also with a newline or encoded twice; null where none is.</summary>
    /// <param name="secrets">The data plane's tokens.</param>
    public JsonObject? Origin(IReadOnlyList<JsonObject> secrets)
    {
        var stored = ((Secret ?? Elsewhere)?["data"] as JsonObject ?? [])
            .Select(entry => EncodedText.Token((string?)entry.Value))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        return secrets.FirstOrDefault(secret => EncodedText.Token((string?)secret["data"]?["token"]) is { } token && stored.Contains(token));
    }

    /// <summary>What stands for the token that the data plane had, the same for every run until another one is stored.</summary>
    /// <returns>Null where nothing shows that it had one.</returns>
    public string? Trace(DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return Of(plane).Token is { } token
            ? $"{token} {CredentialsSecret.WrittenAt(Secret, plane.Spec.TokenKey):O}"
            : (string?)Deployment?["metadata"]?["annotations"]?[CredentialDeployments.Annotation(plane.Name)];
    }
}
