using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>What decides where executions land, as it was read at the smoke run's begin.</summary>
internal sealed record SmokeSituation
{
    /// <summary>What should be.</summary>
    public required Fleet Fleet { get; init; }

    /// <summary>What flyteadmin has loaded; null where its ConfigMap is not there.</summary>
    public required ClusterConfigs? Loaded { get; init; }

    /// <summary>FlyteAdmin's rows; in a plan, as they would be.</summary>
    public required IReadOnlyDictionary<LabelScope, string> Rows { get; init; }

    /// <summary>The launch plans.</summary>
    public required IReadOnlyList<PreparedSmoke> Smokes { get; init; }

    /// <summary>The annotations of Deployment flyteadmin: which credentials it has loaded is noted there.</summary>
    public required JsonObject Annotations { get; init; }

    /// <summary>The data planes of this run that have not failed.</summary>
    public required IReadOnlyList<string> Active { get; init; }

    /// <summary>Why each data plane of this run that has failed did, in words.</summary>
    public IReadOnlyDictionary<string, string> Failed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The newest revision of the Helm release of each cluster that runs workflows, in a form that distinguishes them; empty for a fresh run, which
    /// proves anew whatever there is. Those that this run does not work on, or that did not answer, have none.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Releases { get; init; }

    /// <summary>The clusters whose flytepropeller has no available replica: what was proven there before holds no longer.</summary>
    public IReadOnlyList<string> Stopped { get; init; } = [];

    /// <summary>The fleet's rows.</summary>
    public IReadOnlyDictionary<LabelScope, string> FleetRows => Fleet.ExecutionLabels.ToDictionary(row => row.Scope, row => row.Label);

    /// <summary>FlyteAdmin's rows as the fleet wants them.</summary>
    public IReadOnlyDictionary<LabelScope, string> PlannedRows => AsPlanned(Rows, Fleet);

    /// <summary>Reads it, all at once.</summary>
    /// <param name="context">The run.</param>
    /// <param name="admin">FlyteAdmin.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <param name="isFresh">Whether new executions are started whatever was proven: the clusters' releases are then not asked for.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task<SmokeSituation> ReadAsync(
        FlyteContext context,
        IFlyteAdmin admin,
        IHelmValues values,
        bool isFresh,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(admin);
        var run = context.Run;
        var loaded = new LoadedClusterConfigs(run, values).ReadAsync(cancellationToken);
        var deployment = run.ControlPlane.Api.GetAsync(KubernetesPaths.Deployment(run.Namespace, "flyteadmin"), cancellationToken);
        var rows = admin.ExecutionLabelsAsync(cancellationToken);
        var smokes = SmokeLaunchPlans.FindAsync(run, admin, cancellationToken);
        var releases = isFresh
            ? Task.FromResult<(string Cluster, string? Revision)[]>([])
            : Task.WhenAll(Running(run).Select(cluster => ReleaseAsync(context, cluster, cancellationToken)));
        var stopped = isFresh
            ? Task.FromResult<string?[]>([])
            : Task.WhenAll(Running(run).Select(cluster => StoppedAsync(context, cluster, cancellationToken)));
        await Task.WhenAll(loaded, deployment, rows, smokes, releases, stopped);
        return new SmokeSituation
        {
            Fleet = run.Fleet,
            Loaded = await loaded,
            Rows = context.Gate.IsOpen ? await rows : AsPlanned(await rows, run.Fleet),
            Smokes = (await smokes).Executions,
            Annotations = (await deployment)?["metadata"]?["annotations"] as JsonObject ?? [],
            Releases = (await releases)
                .Where(release => release.Revision is not null)
                .ToDictionary(release => release.Cluster, release => release.Revision!, StringComparer.Ordinal),
            Stopped = [.. (await stopped).OfType<string>()],
            Active = [.. run.Active.Select(plane => plane.Name)],
            Failed = run
                .DataPlanes.Where(plane => plane.Failure is not null)
                .ToDictionary(plane => plane.Name, plane => $"failed in {plane.FailedIn}: {plane.Failure!.TrimEnd('.')}.", StringComparer.Ordinal),
        };
    }

    private static IEnumerable<ClusterRun> Running(FleetRun run) =>
        run.Fleet.ControlPlane.RunsWorkflows ? run.Active.Cast<ClusterRun>().Prepend(run.ControlPlane) : run.Active;

    private static async Task<string?> StoppedAsync(FlyteContext context, ClusterRun cluster, CancellationToken cancellationToken)
    {
        try
        {
            var propeller = await cluster.Api.GetAsync(KubernetesPaths.Deployment(context.Run.Namespace, "flytepropeller"), cancellationToken);
            return
                propeller is not null
                && ((int?)propeller["spec"]?["replicas"] == 0 || (propeller["status"] is JsonObject status && ((int?)status["availableReplicas"] ?? 0) == 0))
                ? cluster.Name
                : null;
        }
        catch (KubernetesApiException)
        {
            // The release's own read says so.
            return null;
        }
    }

    // A release that was uninstalled and installed again begins again with revision 1: the Secret's resource version tells it apart.
    private static async Task<(string Cluster, string? Revision)> ReleaseAsync(FlyteContext context, ClusterRun cluster, CancellationToken cancellationToken)
    {
        var name = cluster is DataPlaneRun plane ? plane.Spec.Release : context.Run.ControlPlane.Spec.Release;
        try
        {
            var newest = (await HelmReleases.NewestAsync(cluster.Api, context.Run.Namespace, cancellationToken)).FirstOrDefault(revision =>
                revision.Release == name
            );
            return (cluster.Name, newest is null ? null : $"{newest.Secret} {newest.ResourceVersion}");
        }
        catch (KubernetesApiException exception)
        {
            context.Report(cluster.Name, $"its Helm release cannot be read, so earlier executions prove little about it: {exception.Message}");
            return (cluster.Name, null);
        }
    }

    private static Dictionary<LabelScope, string> AsPlanned(IReadOnlyDictionary<LabelScope, string> live, Fleet fleet)
    {
        var rows = new Dictionary<LabelScope, string>(live);
        foreach (var row in fleet.ExecutionLabels)
            rows[row.Scope] = row.Label;
        return rows;
    }
}
