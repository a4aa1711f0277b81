using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.ControlPlanes;
using Flyte.MultiCluster.ExecutionLabels;
using Flyte.MultiCluster.GoogleCloud;
using Flyte.MultiCluster.Iam;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.SmokeRuns;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster;

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
[Stage("Main job", 10)]
[UsesFleet]
public sealed class AddDataPlane : FrostingTask<FlyteContext>;
