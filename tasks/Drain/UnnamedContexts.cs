using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>The kubeconfig contexts of data planes that the fleet no longer names: those with the endpoint that flyteadmin has.</summary>
public static class UnnamedContexts
{
    /// <summary>Finds them; what cannot be read is left to the checks, which name it.</summary>
    /// <param name="drain">The data planes that are taken out of service.</param>
    /// <param name="connections">The ways to the clusters.</param>
    /// <param name="contexts">The kubeconfig's contexts.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <param name="context">The run.</param>
    /// <returns>The context of each that was found, by its name.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> FindAsync(
        FleetDrain drain,
        ClusterConnections connections,
        Task<IReadOnlyDictionary<string, KubeContext>> contexts,
        IHelmValues values,
        FlyteContext context
    )
    {
        ArgumentNullException.ThrowIfNull(drain);
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(context);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!drain.Unknown.Any())
            return found;
        var control = drain.Fleet.ControlPlane;
        using var api = ClusterApi.Through(connections, control.Name, control.Context, context.Options.Timeout, context.Log);
        try
        {
            var run = new FleetRun
            {
                Fleet = drain.Fleet,
                ControlPlane = new ControlPlaneRun(control, api),
                DataPlanes = [],
                Artifacts = string.Empty,
                Kubeconfig = null,
                Contexts = contexts,
            };
            var loaded = await new LoadedClusterConfigs(run, values).ReadAsync(context.Cancellation);
            foreach (var entry in (loaded?.Clusters ?? []).Where(entry => drain.Unknown.Contains(entry.Name, StringComparer.Ordinal)))
            {
                var same = (await contexts).Where(one => TwoNames.SameEndpoint(one.Value.Server, entry.Endpoint)).Select(one => one.Key).ToArray();
                if (same.Length > 0)
                    found[entry.Name] = same.Contains(entry.Name, StringComparer.Ordinal) ? entry.Name : same.Order(StringComparer.Ordinal).First();
            }
        }
        catch (Exception exception) when (exception is KubernetesApiException or InvalidOperationException or FormatException or KubectlException)
        {
            // CheckClusters names what is wrong.
        }

        return found;
    }
}
