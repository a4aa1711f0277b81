using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Token;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>What the control plane shows of stored credentials, and of the pods that read them.</summary>
/// <param name="Earlier">What is stored.</param>
/// <param name="Deployments">flyteadmin and syncresources, those that exist.</param>
/// <param name="Pods">The pods of Flyte's namespace.</param>
/// <param name="Time">When it was read.</param>
internal sealed record RotationReading(EarlierJoin Earlier, IReadOnlyList<JsonObject> Deployments, IReadOnlyList<V1Pod> Pods, DateTimeOffset Time)
{
    /// <summary>Reads it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task<RotationReading> ReadAsync(FleetRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var api = run.ControlPlane.Api;
        var earlier = run.State.Of<EarlierJoins>().Read.GetAsync(() => EarlierJoin.ReadAsync(run, cancellationToken));
        var deployments = Task.WhenAll(
            CredentialDeployments.Names.Select(name => api.GetAsync(KubernetesPaths.Deployment(run.Namespace, name), cancellationToken))
        );
        var pods = api.PodsAsync(run.Namespace, cancellationToken);
        await Task.WhenAll(earlier, deployments, pods);
        return new RotationReading(await earlier, [.. (await deployments).OfType<JsonObject>()], await pods, api.Time.GetUtcNow());
    }

    /// <summary>Whether all pods of flyteadmin and syncresources have read a data plane's stored credential.</summary>
    /// <param name="plane">The data plane.</param>
    /// <param name="credential">What is stored.</param>
    public bool IsLoaded(DataPlaneRun plane, ClusterCredential credential)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return Deployments.All(deployment =>
            LoadedAnnotation.AreLoaded(
                deployment,
                Pods,
                CredentialsSecret.WrittenAt(Earlier.Secret, plane),
                CredentialDeployments.Digest(credential),
                [(string?)deployment["metadata"]?["annotations"]?[CredentialDeployments.Annotation(plane.Name)]]
            )
        );
    }
}

/// <summary>What a run has read for its rotations.</summary>
internal sealed class RotationReadings
{
    /// <summary>The control plane, read once for all data planes.</summary>
    public Once<RotationReading> Read { get; } = new();
}
