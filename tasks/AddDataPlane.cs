using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tasks.SmokeRuns;

namespace Flyte.MultiCluster.Tasks;

/// <summary>The whole runbook: the fleet's data planes join its control plane, and what runs where is proven.</summary>
[TaskName(nameof(AddDataPlane))]
[TaskDescription("Join the fleet's data planes to its control plane: all stages")]
[IsDependentOn(typeof(CheckClusters))]
[IsDependentOn(typeof(CheckFlyteAdmin))]
[IsDependentOn(typeof(CheckAws))]
[IsDependentOn(typeof(CheckGoogleCloud))]
[IsDependentOn(typeof(CheckControlPlaneRelease))]
[IsDependentOn(typeof(IamPrerequisites))]
[IsDependentOn(typeof(VerifyPods))]
[IsDependentOn(typeof(BindProjectNamespaces))]
[IsDependentOn(typeof(UpdateExecutionClusterLabels))]
[IsDependentOn(typeof(SmokeRun))]
[UsesFleet]
public sealed class AddDataPlane : FrostingTask<FlyteContext>;
