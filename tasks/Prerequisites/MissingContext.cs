using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>What to say of a context that the kubeconfig does not have.</summary>
internal static class MissingContext
{
    /// <summary>What is wrong, with the files that are named and not there.</summary>
    /// <param name="run">The run.</param>
    /// <param name="context">The context.</param>
    public static string Explain(FleetRun run, string context)
    {
        ArgumentNullException.ThrowIfNull(run);
        var missing = Files(run.Kubeconfig);
        return $"The kubeconfig has no context '{context}'{(missing.Count == 0 ? string.Empty : $", and {string.Join(" and ", missing.Select(file => file.Path))} is not there")}.";
    }

    /// <summary>The problems of the files that are named and not there.</summary>
    /// <param name="kubeconfig">The run's kubeconfig; null for kubectl's own default.</param>
    public static IEnumerable<Problem> OfFiles(string? kubeconfig)
        => Files(kubeconfig).Select(file => new Problem(file.Place, $"There is no file {file.Path}.", file.Place == "KUBECONFIG" ? "Correct KUBECONFIG, or name a file with --kubeconfig=PATH." : "Name the kubeconfig with --kubeconfig=PATH."));

    /// <summary>What to do; a context of another cluster of the fleet is never offered.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The cluster whose context is missing.</param>
    /// <param name="known">The kubeconfig's contexts.</param>
    public static string Remedy(FleetRun run, ClusterRun cluster, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(cluster);
        var taken = run.Fleet.DataPlanes.Where(plane => plane.Name != cluster.Name).Select(plane => plane.Context).Append(cluster is ControlPlaneRun ? string.Empty : run.ControlPlane.Context);
        var free = known.Except(taken, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var offer = Nearest.To(cluster.Context, free) is { } nearest ? $"Did you mean '{nearest}'? "
            : free.Length > 0 ? $"It has {string.Join(", ", free.Take(20))}{(free.Length > 20 ? ", …" : string.Empty)}. " : string.Empty;
        return $"{offer}Name one of its contexts in the fleet, or give --kubeconfig=PATH.";
    }

    private static IReadOnlyList<(string Place, string Path)> Files(string? kubeconfig) => KubeconfigFiles.Missing(kubeconfig, ProcessEnvironment.Current.Variable);
}
