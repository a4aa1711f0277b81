using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>What the owner of the fleet file has to write into it after a drain or a removal.</summary>
internal static class FleetFileLines
{
    /// <summary>Notes the lines for the summary; nothing where the file says the same.</summary>
    /// <param name="context">The run.</param>
    public static void Report(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var composed = ClusterConfigs.Of(context.Run.ControlPlane.State.Of<WrittenOverride>().Clusters ?? []);
        if (context.Run.Drain is not { } drain || drain.Lines(composed.Labels) is not { Count: > 0 } lines)
            return;
        context.Journal.Add($"Change {context.Run.Fleet.Path}: AddDataPlane is refused until it says the same:");
        foreach (var line in lines)
            context.Journal.Add($"    {line}");
    }
}
