using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>The CustomResourceDefinitions that an upgrade changes: after it there is no rollback while objects of them are at work.</summary>
/// <param name="rollback">Compares manifests.</param>
public sealed class UpgradedDefinitions(ReleaseRollback rollback)
{
    /// <summary>Notes those of a release, where its new manifest was rendered.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cluster">The release's cluster.</param>
    /// <param name="before">The revision that is at work; null for none.</param>
    /// <exception cref="FormatException">A manifest is not YAML.</exception>
    public void Note(FlyteContext context, ClusterRun cluster, HelmRelease? before)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (before is null || cluster.Planned.Rendered is not { } rendered)
            return;
        var changed = rollback.ChangedDefinitions(before, rendered);
        if (changed.Count > 0)
            context.Journal.Add(
                $"{cluster.Name}: the chart changes CustomResourceDefinition {string.Join(", ", changed)}. Should the upgrade fail, it is not rolled back."
            );
    }
}
