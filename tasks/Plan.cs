using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks;

/// <summary><see cref="AddDataPlane"/> with the gate closed: what it would change, and the digest by which it can be held to that.</summary>
[TaskName(nameof(Plan))]
[TaskDescription("Show what AddDataPlane would change, as differences, and change nothing")]
[IsDependentOn(typeof(AddDataPlane))]
[UsesFleet]
public sealed class Plan : FrostingTask<FlyteContext>;
