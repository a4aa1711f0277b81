using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.ValuesOverrides;

/// <summary>What the control plane has loaded, as the values that it came from: where Argo CD installs, no Helm release has them.</summary>
/// <param name="run">The run.</param>
/// <param name="values">Reads YAML as Helm does.</param>
internal sealed class LoadedValues(FleetRun run, IHelmValues values)
{
    /// <summary>Reads them.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The values of <c>configmap.clusters</c> and flytepropeller's name; null where neither is there.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">The ConfigMap holds no YAML.</exception>
    public async Task<JsonObject?> ReadAsync(CancellationToken cancellationToken)
    {
        var api = run.ControlPlane.Api;
        var read = api.GetAsync(KubernetesPaths.Core(run.Namespace, "configmaps", LoadedClusterConfigs.AdminConfigMap), cancellationToken);
        var propeller = new PropellerCheck(run, run.ControlPlane).LiveAsync(cancellationToken);
        await Task.WhenAll(read, propeller);
        var found = new JsonObject();
        if (
            (string?)(await read)?["data"]?[ClusterConfigs.Key] is { } yaml
            && values.Parse(yaml, LoadedClusterConfigs.AdminConfigMap)["clusters"] is JsonObject clusters
        )
            found["configmap"] = new JsonObject { ["clusters"] = clusters.DeepClone() };
        if ((await propeller).Name is { } name)
            found["flytepropeller"] = new JsonObject { ["clusterName"] = name };
        return found.Count == 0 ? null : found;
    }
}
