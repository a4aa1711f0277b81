using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>The kubeconfig has each cluster's context.</summary>
internal sealed class ContextsCheck()
    : Check<CheckContext>(CheckNames.Contexts, "the kubeconfig has each cluster's context", CheckTime.Both, CheckSeverity.Refuses)
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var kubeconfig = await LookAsync(null, async () => await OfKubeconfigAsync(context));
        if ((await context.KubeconfigAsync()).Failure is not null)
            return kubeconfig;
        var results = await Task.WhenAll(context.Clusters.Select(cluster => LookAsync(cluster.Name, async () => [await OfClusterAsync(context, cluster)])));
        return [.. kubeconfig, .. results.SelectMany(result => result)];
    }

    /// <summary>Looks at the kubeconfig itself.</summary>
    /// <param name="context">What the checks share.</param>
    /// <returns>That it cannot be read; else its files that are named and not there. None where all is well.</returns>
    public static async Task<IReadOnlyList<Finding>> OfKubeconfigAsync(CheckContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var kubeconfig = await context.KubeconfigAsync();
        if (kubeconfig.Failure is { } failure)
            return [Finding.Refused(failure, "Correct it, or name another with --kubeconfig=PATH.") with { Place = "kubeconfig" }];

        // kubectl passes over a file that is not there; so does a run that has all its contexts.
        var isNeeded = context.Clusters.Any(cluster => !IsLeftOut(cluster) && !kubeconfig.Servers.ContainsKey(cluster.Cluster.Context));
        return [.. Files(context).Select(file => Missing(file, isNeeded))];
    }

    /// <summary>Looks at one cluster's context.</summary>
    /// <param name="context">What the checks share; the kubeconfig can be read.</param>
    /// <param name="cluster">The cluster.</param>
    public static async Task<Finding> OfClusterAsync(CheckContext context, ClusterSnapshot cluster)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var (servers, name) = ((await context.KubeconfigAsync()).Servers, cluster.Cluster.Context);
        return servers.ContainsKey(name) ? Finding.Ok("the kubeconfig has its context")
            : IsLeftOut(cluster) ? Finding.Skipped($"the fleet disables it, and the kubeconfig has no context '{name}'")
            : servers.Count == 0 && Files(context).Count > 0 && !IsNew(cluster.Cluster) ? Finding.Skipped("there is no kubeconfig")
            : Finding.Refused($"The kubeconfig has no context '{name}'.", Remedy(context, cluster.Cluster, servers.Keys));
    }

    private static bool IsNew(ClusterRun cluster) => cluster is DataPlaneRun { Spec.Cluster.Create: not null };

    // One that is disabled may be away; one that is yet to be created may not.
    private static bool IsLeftOut(ClusterSnapshot cluster) => cluster.IsDisabled && !IsNew(cluster.Cluster);

    private static IReadOnlyList<(string Place, string Path)> Files(CheckContext context) =>
        KubeconfigFiles.Missing(context.Run.Run.Kubeconfig, ProcessEnvironment.Current.Variable);

    private static Finding Missing((string Place, string Path) file, bool isNeeded)
    {
        var remedy = file.Place == "KUBECONFIG" ? "Correct KUBECONFIG, or name a file with --kubeconfig=PATH." : "Name the kubeconfig with --kubeconfig=PATH.";
        var found = $"There is no file {file.Path}.";
        var finding = isNeeded ? Finding.Refused(found, remedy) : Finding.Warning(found, remedy) with { Effect = CheckEffect.Note };
        return finding with { Place = file.Place };
    }

    // A context of another cluster of the fleet is never offered.
    private static string Remedy(CheckContext context, ClusterRun cluster, IEnumerable<string> known)
    {
        if (IsNew(cluster))
        {
            return $"The fleet describes how to create the cluster: run {SuggestedCommand.Target(TargetNames.CreateNodeGroup, context.Run.Options)}, "
                + $"which also writes this context; if the cluster already exists, --target={TargetNames.CreateCluster} only writes the context.";
        }

        var run = context.Run.Run;
        var taken = run
            .Fleet.DataPlanes.Where(plane => plane.Name != cluster.Name)
            .Select(plane => plane.Context)
            .Append(cluster is ControlPlaneRun ? string.Empty : run.ControlPlane.Context);
        var free = known.Except(taken, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var offer =
            Nearest.To(cluster.Context, free) is { } nearest ? $"Did you mean '{nearest}'? "
            : free.Length > 0 ? $"It has {string.Join(", ", free.Take(20))}{(free.Length > 20 ? ", …" : string.Empty)}. "
            : string.Empty;
        return $"{offer}Name one of its contexts in the fleet, or give --kubeconfig=PATH.";
    }
}
