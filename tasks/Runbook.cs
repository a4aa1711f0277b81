using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Credentials;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Developers;
using Flyte.MultiCluster.Tasks.Developers.Benchmarks;
using Flyte.MultiCluster.Tasks.Drain;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.FleetStatus;
using Flyte.MultiCluster.Tasks.FleetTopology;
using Flyte.MultiCluster.Tasks.Imports;
using Flyte.MultiCluster.Tasks.NewClusters;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tasks.Removal;
using Flyte.MultiCluster.Tasks.Rendering;
using Flyte.MultiCluster.Tasks.Rotation;
using Flyte.MultiCluster.Tasks.Sandboxes;
using Flyte.MultiCluster.Tasks.SmokeRuns;
using Flyte.MultiCluster.Tasks.Token;
using Flyte.MultiCluster.Tasks.Upgrades;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks;

/// <summary>The stages, in the order of the runbook, and the targets of each in the order in which they run.</summary>
public static class Runbook
{
    /// <summary>All stages: the overview, the README's table and <c>--tree</c> follow this order.</summary>
    public static IReadOnlyList<RunbookStage> Stages { get; } =
    [
        new("Main job", typeof(AddDataPlane), typeof(Plan)),
        new(
            "Prerequisites",
            typeof(CheckTools),
            typeof(CheckClusters),
            typeof(CheckControlPlaneRelease),
            typeof(CheckFlyteAdmin),
            typeof(CheckAws),
            typeof(CheckGoogleCloud),
            typeof(CreateIamPolicy),
            typeof(AssociateOidcProvider),
            typeof(CreateControlPlaneRole),
            typeof(CreateDataPlaneRole),
            typeof(CreateWorkersRole),
            typeof(UpdateTrustPolicies),
            typeof(BindWorkloadIdentity),
            typeof(IamPrerequisites)
        ),
        new("New clusters", typeof(CreateCluster), typeof(CreateNodeGroup)),
        new("Chart", typeof(AddHelmRepository), typeof(FetchChart)),
        new("Data plane", typeof(WriteDataPlaneValues), typeof(InstallDataPlane)),
        new("Token", typeof(CreateDataPlaneToken)),
        new("Credentials", typeof(CollectCredentials), typeof(ApplyClusterCredentials)),
        new("Control plane", typeof(WriteValuesOverride), typeof(UpgradeControlPlane), typeof(VerifyPods), typeof(BindProjectNamespaces)),
        new("Execution labels", typeof(UpdateExecutionClusterLabels)),
        new("Smoke run", typeof(SmokeRun)),
        new("Verify", typeof(Verification.Verify), typeof(Status), typeof(Topology)),
        new(
            "Rotation",
            typeof(RotateCredentials),
            typeof(CheckStoredTokens),
            typeof(CreateReplacementToken),
            typeof(StoreReplacementCredentials),
            typeof(ReloadCredentials),
            typeof(ProveReplacementCredentials),
            typeof(DeleteReplacedTokens)
        ),
        new(
            "Upgrade",
            typeof(UpgradeFleet),
            typeof(CheckUpgrade),
            typeof(UpgradeControlPlaneChart),
            typeof(UpgradeDataPlaneCharts),
            typeof(Rollback),
            typeof(CheckRollback),
            typeof(RollBackReleases)
        ),
        new("Drain", typeof(DrainDataPlane), typeof(CheckDrain), typeof(DisableDataPlane), typeof(WaitForExecutions)),
        new(
            "Removal",
            typeof(RemoveDataPlane),
            typeof(CheckRemoval),
            typeof(RemoveClusterConfig),
            typeof(DeleteClusterCredentials),
            typeof(RemoveTrustStatements),
            typeof(DeleteDataPlaneTokens),
            typeof(UninstallDataPlane),
            typeof(DeleteDataPlaneNamespace)
        ),
        new("Import", typeof(Import), typeof(ReadControlPlane), typeof(FindDataPlanes), typeof(ReadCloud), typeof(WriteFleet)),
        new("Render", typeof(Render)),
        new("Sandbox", typeof(SandboxUp), typeof(SandboxStatus), typeof(SandboxDown)),
        new("Tools", typeof(InstallTools), typeof(Test), typeof(Benchmark)),
    ];
}

/// <summary>A stage of the runbook.</summary>
/// <param name="Name">Its name, as printed.</param>
/// <param name="Tasks">Its targets' task classes.</param>
public sealed record RunbookStage(string Name, params IReadOnlyList<Type> Tasks);
