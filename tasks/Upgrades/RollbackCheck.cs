using System.Globalization;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>What going back to an earlier revision would destroy.</summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="rollback">Compares revisions.</param>
internal sealed class RollbackCheck(FlyteContext context, IHelmValues values, ReleaseRollback rollback)
{
    private readonly ProblemList _problems = context.Run.NewProblemList();

    /// <summary>Refuses a fleet that installs with kustomize.</summary>
    /// <exception cref="RefusedException">It does.</exception>
    public void RefuseOverlays()
    {
        if (context.Run.IsKustomize)
            throw new RefusedException([
                new Problem(
                    "flyte.overlays",
                    "The fleet installs with kustomize, which keeps no revisions.",
                    $"Put the overlays back as they were, and run {SuggestedCommand.Target(TargetNames.AddDataPlane, context.Options with { Clusters = [] })}."
                ),
            ]);
    }

    /// <summary>Refuses the run for all that was found.</summary>
    /// <exception cref="RefusedException">Something is wrong.</exception>
    public void Refuse() => _problems.Refuse();

    /// <summary>Looks at a cluster, and keeps what its release goes back to.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">A Secret holds no release.</exception>
    public async Task<StageResult> LookAsync(ClusterRun cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var history = await HelmReleases.HistoryAsync(cluster.Api, context.Run.Namespace, cluster.Release, cancellationToken);
        var read = await Task.WhenAll(history.Select(revision => HelmReleases.ReadAsync(cluster.Api, context.Run.Namespace, revision, cancellationToken)));
        HelmRelease[] revisions = [.. read.OfType<HelmRelease>()];
        if (await HelmReleases.FindAsync(cluster.Api, context.Run.Namespace, history, cancellationToken) is not { } live)
        {
            _problems.Add(new Problem(cluster.Name, $"It has no release {cluster.Release}.", "Name the release that is there in the fleet."));
            return StageResult.Done;
        }

        if (live.IsPending)
        {
            _problems.Add(new Problem(cluster.Name, PendingRelease.Explain(live), PendingRelease.Remedy));
            return StageResult.Done;
        }

        if (Find(revisions) is not { } target)
        {
            _problems.Add(Missing(cluster, revisions));
            return StageResult.Done;
        }

        var found = cluster.State.Of<RollbackTarget>();
        (found.Live, found.Revision) = (live, rollback.Same(live, target) ? null : target);
        if (found.Revision is null)
            return StageResult.Done;
        _problems.AddRange(await ProblemsAsync(cluster, live, target, cancellationToken));
        return StageResult.Done;
    }

    // Of a version the newest, which is the one at work where that has it.
    private HelmRelease? Find(IReadOnlyList<HelmRelease> revisions) =>
        int.TryParse(context.Options.To, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? revisions.FirstOrDefault(revision => revision.Revision == number)
            : revisions.FirstOrDefault(revision => WasAtWork(revision) && context.Options.To is { } to && ChartVersion.Same(revision.ChartVersion, to));

    private static bool WasAtWork(HelmRelease revision) => revision.Status is "deployed" or "superseded";

    private Problem Missing(ClusterRun cluster, IReadOnlyList<HelmRelease> revisions)
    {
        var list = string.Join(", ", revisions.Select(revision => $"{revision.Revision} ({revision.ChartName} {revision.ChartVersion}, {revision.Status})"));
        return new Problem(
            cluster.Name,
            context.Options.To is { } to
                ? $"Release {cluster.Release} has no revision {to} that was at work."
                : "--to is missing: the revision to roll back to, or the version of its chart.",
            $"It has {list}."
        );
    }

    private async Task<IReadOnlyList<Problem>> ProblemsAsync(ClusterRun cluster, HelmRelease live, HelmRelease target, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        if (!WasAtWork(target))
            problems.Add(new Problem(cluster.Name, $"Revision {target.Revision} of release {target.Name} is {target.Status}.", "Name one that was at work."));
        var inForce = live.Deployed ?? live;
        var workflows = UnfinishedWorkflows.ListAsync(cluster.Api, cancellationToken);
        var propeller = new PropellerCheck(context.Run, cluster).Begin(cancellationToken);
        if (rollback.ChangedDefinitions(inForce, target) is { Count: > 0 } changed && await workflows is { Count: > 0 } unfinished)
            problems.Add(
                new Problem(
                    cluster.Name,
                    $"Revision {target.Revision} has an older form of {string.Join(", ", changed)}, and {UnfinishedWorkflows.Named(unfinished)}.",
                    $"Drain the cluster first: {SuggestedCommand.Target("DrainDataPlane", context.Options with { Clusters = [cluster.Name] })}."
                )
            );
        if (
            !context.Options.AcceptCrdDeletion
            && await new WorkflowDefinition(context.Run, cluster, values).DeletedAsync(inForce, target, cancellationToken) is > 0 and var deleted
        )
            problems.Add(
                new Problem(
                    cluster.Name,
                    $"Revision {target.Revision} has no FlyteWorkflow CRD: going back deletes it with all {deleted} workflow objects.",
                    "Wait until the workflows are done and deleted, or give --accept-crd-deletion."
                )
            );
        if (await propeller.RenamedAsync(target, values, cancellationToken) is { } renamed)
            problems.Add(renamed);
        if (cluster is ControlPlaneRun)
            problems.AddRange(await ControlPlaneAsync(inForce, target, cancellationToken));
        return problems;
    }

    private async Task<IReadOnlyList<Problem>> ControlPlaneAsync(HelmRelease live, HelmRelease target, CancellationToken cancellationToken)
    {
        var control = context.Run.ControlPlane;
        if (ClustersSection.Changed(live.Config, target.Config) is { Count: > 0 } changed)
            return
            [
                new Problem(
                    control.Name,
                    $"Revision {target.Revision} is from before these were changed, and going back would undo that: {ShortList.Of(changed, 6)}.",
                    $"Name {target.ChartVersion} in the fleet (flyte.chart.version), and run "
                        + $"{SuggestedCommand.Target(nameof(UpgradeFleet), context.Options with { Clusters = [] })} --accept-version-skew, which keeps them."
                ),
            ];
        try
        {
            var syncsFirst = ManifestObjects.OfKind(target.Manifest, "Deployment", values).Any(CredentialDeployments.SyncsFirst);
            await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(ClustersSection.Of(target.Config), syncsFirst, cancellationToken, proven: []);
            return [];
        }
        catch (RefusedException refused)
        {
            return refused.Problems;
        }
    }
}
