using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Common.Tools.Flytectl;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Common.Tools.Git;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Common.Values;
using Microsoft.Extensions.DependencyInjection;

namespace Flyte.MultiCluster.Common;

/// <summary>What tasks get by constructor: the tools, and what works with them.</summary>
public static class CommonServices
{
    /// <summary>Registers the tools, over Cake's file system, environment, process runner and tool locator.</summary>
    /// <param name="services">The container's services; each run has a container of its own.</param>
    public static IServiceCollection AddTools(this IServiceCollection services) =>
        services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IHelmValues, HelmValues>()
            .AddSingleton<HelmTools>()
            .AddSingleton<KubectlTools>()
            .AddSingleton<GitStatusRunner>()
            .AddSingleton<GitLsFilesRunner>()
            .AddSingleton<GitLogRunner>()
            .AddSingleton<AwsTools>()
            .AddSingleton<EksctlRunner>()
            .AddSingleton<GcloudTools>()
            .AddSingleton<FlytectlLabelRunner>()
            .AddSingleton<PyflyteRunRunner>();

    /// <summary>
    /// Registers a run's gate and task names, and what installs and reads for it; it needs the tools, the options, a journal, an interruption and
    /// Cake's log.
    /// </summary>
    /// <param name="services">The container's services; each run has a container of its own.</param>
    public static IServiceCollection AddRun(this IServiceCollection services) =>
        services
            .AddSingleton<RunTasks>()
            .AddSingleton<KubeconfigClusters>()
            .AddSingleton<ControlPlaneLease>()
            .AddSingleton<IChangeGate>(static provider => new ChangeGate(
                provider.GetRequiredService<ICakeLog>(),
                !provider.GetRequiredService<RunOptions>().Plan,
                [.. provider.GetServices<ExpectedChanges>(), provider.GetRequiredService<ControlPlaneLease>()]
            ))
            .AddSingleton<ITerminal, ConsoleTerminal>()
            .AddSingleton(static provider => new ChartCache(
                Path.Combine(ProjectRoot.Path, "artifacts", "charts"),
                provider.GetRequiredService<IHelmValues>(),
                provider.GetRequiredService<HelmTools>()
            ))
            .AddSingleton<FleetSource>()
            .AddSingleton<RenderedManifests>()
            .AddSingleton<GitDifference>()
            .AddSingleton<GitDifference>()
            .AddSingleton<ReleaseInstallers>()
            .AddSingleton<ReleaseRollback>()
            .AddSingleton<RenderedOverlays>()
            .AddSingleton<DesiredReplicas>()
            .AddSingleton<ClusterRollout>()
            .AddSingleton<AwsCheck>()
            .AddSingleton<CloudIdentityReader>()
            .AddSingleton<DataPlaneOverlay>();
}
