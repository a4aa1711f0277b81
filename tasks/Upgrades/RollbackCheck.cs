using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
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
        if (revisions.Length == 0)
        {
            _problems.Add(new Problem(cluster.Name, $"It has no release {cluster.Release}.", "Name the release that is there in the fleet."));
            return StageResult.Done;
        }

        var newest = revisions[0];
        if (newest.IsPending)
        {
            _problems.Add(new Problem(cluster.Name, PendingRelease.Explain(newest), PendingRelease.Remedy));
            return StageResult.Done;
        }

        var deployed = revisions.Skip(1).FirstOrDefault(revision => revision.Status == "deployed");
        var live = newest.Status == "deployed" || deployed is null ? newest : newest.Over(deployed);
        if (Find(revisions, live) is not { } target)
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

    // A version is at work already where the newest revision has it.
    private HelmRelease? Find(IReadOnlyList<HelmRelease> revisions, HelmRelease live)
    {
        if (context.Options.To is not { } to)
            return null;
        if (int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return revisions.FirstOrDefault(revision => revision.Revision == number);
        return new[] { live }
            .Concat(revisions.Where(revision => revision.Status is "deployed" or "superseded"))
            .Where(revision => revision.Status is "deployed" or "superseded")
            .FirstOrDefault(revision => ChartVersion.Same(revision.ChartVersion, to));
    }

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
        if (target.Status is not ("deployed" or "superseded"))
            problems.Add(new Problem(cluster.Name, $"Revision {target.Revision} of release {target.Name} is {target.Status}.", "Name one that was at work."));
        var (before, after) = (Objects(live.Deployed ?? live), Objects(target));
        var workflows = UnfinishedWorkflows.ListAsync(cluster.Api, cancellationToken);
        var propeller = new PropellerCheck(context.Run, cluster).Begin(cancellationToken);
        if (rollback.ChangedDefinitions(before, after) is { Count: > 0 } changed && await workflows is { Count: > 0 } unfinished)
            problems.Add(
                new Problem(
                    cluster.Name,
                    $"Revision {target.Revision} has an older form of {string.Join(", ", changed)}, and {UnfinishedWorkflows.Named(unfinished)}.",
                    $"Drain the cluster first: {SuggestedCommand.Target("DrainDataPlane", context.Options with { Clusters = [cluster.Name] })}."
                )
            );
        if (
            !context.Options.AcceptCrdDeletion
            && WorkflowDefinition.IsIn(before)
            && !WorkflowDefinition.IsIn(after)
            && await cluster.Api.ListMetadataAsync(UnfinishedWorkflows.Path, cancellationToken) is { Count: > 0 } all
        )
            problems.Add(
                new Problem(
                    cluster.Name,
                    $"Revision {target.Revision} has no FlyteWorkflow CRD: going back deletes it with all {all.Count} workflow objects.",
                    "Wait until the workflows are done and deleted, or give --accept-crd-deletion."
                )
            );
        if (PodTemplates.Deployment(after, "flytepropeller") is { } deployment)
        {
            var (isThere, name) = await propeller.LiveAsync(cancellationToken);
            if (isThere && await propeller.RenamedAsync(name, PropellerName.OfDeployment(deployment), cancellationToken) is { } renamed)
                problems.Add(renamed);
        }

        if (cluster is ControlPlaneRun)
            problems.AddRange(await ControlPlaneAsync(live.Deployed ?? live, target, after, cancellationToken));
        return problems;
    }

    private async Task<IReadOnlyList<Problem>> ControlPlaneAsync(
        HelmRelease live,
        HelmRelease target,
        IReadOnlyList<JsonObject> objects,
        CancellationToken cancellationToken
    )
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
            var syncsFirst = (PodTemplates.Deployment(objects, "flyteadmin")?["spec"]?["template"]?["spec"]?["initContainers"] as JsonArray ?? []).Any(
                container => (string?)container?["name"] == "sync-cluster-resources"
            );
            await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(ClustersSection.Of(target.Config), syncsFirst, cancellationToken, proven: []);
            return [];
        }
        catch (RefusedException refused)
        {
            return refused.Problems;
        }
    }

    private IReadOnlyList<JsonObject> Objects(HelmRelease release) => ManifestObjects.Parse(release.Manifest, values);
}
