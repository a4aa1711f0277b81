using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.ControlPlanes;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster;

/// <summary>The whole runbook: the fleet's data planes join its control plane.</summary>
[TaskName(nameof(AddDataPlane))]
[TaskDescription("Join the fleet's data planes to its control plane: all stages")]
[IsDependentOn(typeof(VerifyPods))]
[Stage("Main job", 10)]
[UsesFleet]
public sealed class AddDataPlane : FrostingTask<FlyteContext>;
