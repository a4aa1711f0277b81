using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Writes the fleet file of a multi-cluster Flyte that was made by hand; nothing in a cluster is changed.</summary>
[TaskName(nameof(Import))]
[TaskDescription("Write the fleet file of a multi-cluster Flyte that was made by hand, and report what is broken in it; changes no cluster")]
[IsDependentOn(typeof(WriteFleet))]
public sealed class Import : FrostingTask<FlyteContext>;
