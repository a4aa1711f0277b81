using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>Every data plane gets a new token before its old one goes; executions go on meanwhile.</summary>
[TaskName(nameof(RotateCredentials))]
[TaskDescription("Replace flyteadmin's tokens of the data planes; executions go on meanwhile")]
[IsDependentOn(typeof(DeleteReplacedTokens))]
[UsesFleet]
public sealed class RotateCredentials : FrostingTask<FlyteContext>;
