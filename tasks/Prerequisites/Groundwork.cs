using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.ControlPlanes;
using Flyte.MultiCluster.Credentials;
using Flyte.MultiCluster.DataPlanes;
using Flyte.MultiCluster.HelmChart;
using Flyte.MultiCluster.Token;
using Flyte.MultiCluster.ValuesOverrides;

namespace Flyte.MultiCluster.Prerequisites;

/// <summary>What a stage that is run without the ones before it (<c>--exclusive</c>) takes from them, as far as it can be read and is not written.</summary>
public static class Groundwork
{
    /// <summary>Lays it.</summary>
    /// <param name="context">The run.</param>
    /// <param name="stage">The name of the one task that will run.</param>
    /// <exception cref="Problems.RefusedException">A tool, a context or an endpoint is wrong.</exception>
    /// <exception cref="Kubernetes.KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task LayAsync(FlyteContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (stage is nameof(InstallDataPlane) or nameof(UpgradeControlPlane))
            await new CheckTools().RunAsync(context);
        if (stage is nameof(CheckControlPlaneRelease) or nameof(CreateDataPlaneToken) or nameof(CollectCredentials) or nameof(ApplyClusterCredentials) or nameof(WriteValuesOverride) or nameof(UpgradeControlPlane))
            await new FleetCheck(context).ContextsAsync(context.Cancellation);
        if (stage is not nameof(FetchChart) && !context.Run.IsKustomize && context.Charts.Find(context.Run.Fleet.Flyte.Chart) is { } chart)
            context.Run.Chart = chart;
        if (stage is nameof(ApplyClusterCredentials) or nameof(UpgradeControlPlane))
            await new CollectCredentials().RunAsync(context);
        if (stage is nameof(WriteValuesOverride) or nameof(UpgradeControlPlane))
            await LeaveOutUnstoredAsync(context);
    }

    // A configured cluster whose key is not in the Secret keeps flyteadmin from starting.
    private static async Task LeaveOutUnstoredAsync(FlyteContext context)
    {
        var secret = await new CredentialsSecret(context, context.Run.ControlPlane).ReadAsync(context.Cancellation);
        foreach (var plane in context.Run.Going.ToArray())
        {
            if (secret?["data"]?[plane.Wanted.TokenKey] is null || secret["data"]?[plane.Wanted.CaKey] is null)
                plane.Fail(nameof(ApplyClusterCredentials), $"Secret {CredentialsSecret.Name} does not hold its credential. Run without --exclusive.");
        }
    }
}
