using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Drain;
using Flyte.MultiCluster.Tasks.NewClusters;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tasks.Upgrades;
using Flyte.MultiCluster.Tasks.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Flyte.MultiCluster.Tasks;

/// <summary>What tasks share with tasks, by constructor.</summary>
public static class TaskServices
{
    /// <summary>Registers it, over what Common registers.</summary>
    /// <param name="services">The container's services; each run has a container of its own.</param>
    public static IServiceCollection AddTasks(this IServiceCollection services) =>
        services
            .AddSingleton<DataPlaneValues>()
            .AddSingleton<DataPlaneInstallation>()
            .AddSingleton<UpgradedControlPlane>()
            .AddSingleton<ReadyControlPlane>()
            .AddSingleton<FailedUpgrade>()
            .AddSingleton<UpgradedDefinitions>()
            .AddSingleton<DrainedControlPlane>()
            .AddSingleton<NewClusterCheck>()
            .AddSingleton<CheckServices>()
            .AddSingleton<FlyteAdminPreflight>()
            .AddSingleton<AwsPreflight>()
            .AddSingleton<GooglePreflight>()
            .AddSingleton<VerifyTools>();
}
