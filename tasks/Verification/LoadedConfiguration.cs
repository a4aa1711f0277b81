using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>The section <c>clusters</c> as the two who read it have it.</summary>
/// <param name="Admin">flyteadmin's; null where there is none.</param>
/// <param name="Sync">syncresources'; null where there is none, as without the chart's cluster resource manager.</param>
/// <param name="Problem">What cannot be read; null where all can.</param>
internal sealed record LoadedConfiguration(ClusterConfigs? Admin, ClusterConfigs? Sync, string? Problem)
{
    /// <summary>Reads both ConfigMaps.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task<LoadedConfiguration> ReadAsync(ClusterSnapshot control, IHelmValues values, bool isKustomize = false)
    {
        ArgumentNullException.ThrowIfNull(control);
        if (isKustomize)
            return await MountedAsync(control, values);
        var maps = await Task.WhenAll(
            control.CoreAsync("configmaps", LoadedClusterConfigs.AdminConfigMap),
            control.CoreAsync("configmaps", LoadedClusterConfigs.SyncConfigMap)
        );
        try
        {
            return new LoadedConfiguration(ClusterConfigs.OfMap(values, maps[0]), ClusterConfigs.OfMap(values, maps[1]), null);
        }
        catch (FormatException exception)
        {
            return new LoadedConfiguration(null, null, exception.Message);
        }
    }

    private static async Task<LoadedConfiguration> MountedAsync(ClusterSnapshot control, IHelmValues values)
    {
        try
        {
            var found = new List<ClusterConfigs?>();
            foreach (var name in CredentialDeployments.Names)
                found.Add(await MountedClusterConfigs.LiveAsync(await control.DeploymentAsync(name), map => control.CoreAsync("configmaps", map), values));
            return new LoadedConfiguration(found[0], found[1], null);
        }
        catch (FormatException exception)
        {
            return new LoadedConfiguration(null, null, exception.Message);
        }
    }
}
