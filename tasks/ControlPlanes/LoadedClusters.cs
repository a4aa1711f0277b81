using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>
/// The clusters that flyteadmin has loaded: those of <c>clusters.yaml</c> in its ConfigMap, once its rollout is complete, as the ConfigMap's
/// checksum is in its pod template.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
public sealed class LoadedClusters(FlyteContext context, ControlPlaneRun control)
{
    private const string ConfigMap = "flyte-admin-clusters-config";
    private const string Key = "clusters.yaml";

    /// <summary>Waits until every data plane of this run that has not failed is there: another operator may be upgrading too.</summary>
    /// <exception cref="InvalidOperationException">One is missing in the end.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task UntilLoadedAsync(CancellationToken cancellationToken)
    {
        var until = DateTime.UtcNow + context.Options.Timeout;
        while (true)
        {
            var loaded = await NamesAsync(cancellationToken);
            string[] missing = [.. context.Run.Going.Select(plane => plane.Name).Where(name => !loaded.Contains(name))];
            if (missing.Length == 0)
            {
                context.Tell(control.Name, $"flyteadmin has loaded {string.Join(", ", loaded)}");
                return;
            }

            if (DateTime.UtcNow > until)
                throw new InvalidOperationException($"flyteadmin's configuration ({ConfigMap}) does not name {string.Join(", ", missing)}. Somebody else upgraded release {control.Wanted.Release}; run again.");
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        var map = await control.Api.GetAsync(KubernetesPaths.Core(context.Run.Namespace, "configmaps", ConfigMap), cancellationToken);
        if ((string?)map?["data"]?[Key] is not { } text)
            return [];
        var configs = context.Values.Parse(text, Key)["clusters"]?["clusterConfigs"] as JsonArray ?? [];
        return [.. configs.Select(config => (string?)config?["name"]).OfType<string>()];
    }
}
