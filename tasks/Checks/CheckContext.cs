using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>What checks share: the clusters, each object of which is read once for all of them, and each other's results.</summary>
internal class CheckContext
{
    // In Verify a cluster that hangs must not hold up the others' results for long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, Lazy<Task<IReadOnlyList<CheckResult>>>> _results = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, Lazy<object>> _shared = new();
    private readonly Lazy<Task<KubeconfigView>> _kubeconfig;
    private readonly CancellationToken _cancellation;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="services">What the checks look with.</param>
    /// <param name="when">What the checks run for: one of both times.</param>
    /// <param name="cancellationToken">Cancels all reads.</param>
    /// <param name="dataPlanes">The data planes that are looked at; null for the run's.</param>
    public CheckContext(
        FlyteContext run,
        CheckServices services,
        CheckTime when,
        CancellationToken cancellationToken,
        IReadOnlyList<DataPlaneRun>? dataPlanes = null
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(services);
        (Run, Services, When, _cancellation) = (run, services, when, cancellationToken);
        _kubeconfig = new(() => KubeconfigView.ReadAsync(run.Run, cancellationToken));
        Aws =
            run.Run.Fleet.Aws is null ? null
            : IsBeforeChange ? AwsView.OfRun(run.Run, run.Options, services.Aws, cancellationToken)
            : new AwsView(run.Run, run.Options, services.Aws, cancellationToken);
        TimeSpan? patience = IsBeforeChange ? null : Patience;
        Clusters =
        [
            .. (dataPlanes ?? run.Run.DataPlanes)
                .Cast<ClusterRun>()
                .Prepend(run.Run.ControlPlane)
                .Select(cluster => new ClusterSnapshot(cluster, run.Run.Namespace, _kubeconfig, ReleaseAsync, patience, cancellationToken)),
        ];
    }

    /// <summary>The run.</summary>
    public FlyteContext Run { get; }

    /// <summary>What the checks look with.</summary>
    public CheckServices Services { get; }

    /// <summary>What the checks run for.</summary>
    public CheckTime When { get; }

    /// <summary>Whether a run is about to change something.</summary>
    public bool IsBeforeChange => When == CheckTime.BeforeChange;

    /// <summary>All clusters that are looked at, the control plane first.</summary>
    public IReadOnlyList<ClusterSnapshot> Clusters { get; }

    /// <summary>The control plane.</summary>
    public ClusterSnapshot Control => Clusters[0];

    /// <summary>The data planes.</summary>
    public IEnumerable<ClusterSnapshot> DataPlanes => Clusters.Skip(1);

    /// <summary>The clusters that run workflows: the data planes, and the control plane where the fleet says so.</summary>
    public IEnumerable<ClusterSnapshot> Running => Clusters.Where(cluster => cluster != Control || Run.Run.Fleet.ControlPlane.RunsWorkflows);

    /// <summary>The account on AWS; null where the fleet has none. Before a change it is the one that the stages work with, in Verify one of its own.</summary>
    public AwsView? Aws { get; }

    /// <summary>What checks of one kind share, in a type of their own, made when the first one asks. Thread-safe.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="make">Makes it.</param>
    public T Shared<T>(Func<T> make)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(make);
        return (T)_shared.GetOrAdd(typeof(T), _ => new Lazy<object>(make)).Value;
    }

    /// <summary>Ends all reads.</summary>
    public CancellationToken Cancellation => _cancellation;

    /// <summary>The kubeconfig's contexts.</summary>
    public Task<KubeconfigView> KubeconfigAsync() => _kubeconfig.Value;

    /// <summary>Waits until flyteadmin's replaced pods, which go on answering after a rollout, have ended; before a change, nothing is waited for.</summary>
    /// <returns>What was waited for, in words; null for nothing.</returns>
    public virtual Task<string?> SettledAsync() => Task.FromResult<string?>(null);

    /// <summary>The results of a check, which begins when the first one asks.</summary>
    public Task<IReadOnlyList<CheckResult>> ResultsOfAsync(string check) =>
        _results.TryGetValue(check, out var results) ? results.Value : Task.FromResult<IReadOnlyList<CheckResult>>([]);

    /// <summary>The first of the given checks that leaves a cluster's next one without ground: it failed, or was skipped itself.</summary>
    /// <param name="cluster">The cluster; null for any.</param>
    /// <param name="checks">The checks that come first.</param>
    /// <returns>Its name; null where all passed, with warnings or without.</returns>
    public async Task<string?> BlockedByAsync(string? cluster, params IReadOnlyList<string> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        foreach (var check in checks)
        {
            if (
                (await ResultsOfAsync(check)).Any(result =>
                    (cluster is null || result.Cluster == cluster) && result.Status is CheckStatus.Failed or CheckStatus.Skipped
                )
            )
                return check;
        }

        return null;
    }

    /// <summary>Adds a check, so that others can ask for its results.</summary>
    /// <param name="check">The check's name.</param>
    /// <param name="run">Runs it.</param>
    protected void Register(string check, Func<Task<IReadOnlyList<CheckResult>>> run) => _results.Add(check, new(() => RunAsync(check, run)));

    // A check that stops is a failed one, never the end of the others.
    private async Task<IReadOnlyList<CheckResult>> RunAsync(string check, Func<Task<IReadOnlyList<CheckResult>>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (!_cancellation.IsCancellationRequested)
        {
            return [StoppedCheck.Of(check, null, exception, TimeSpan.Zero)];
        }
    }

    // A run that is about to change something waits for a helm that is at work.
    private Task<HelmRelease?> ReleaseAsync(ClusterSnapshot cluster) =>
        IsBeforeChange
            ? PendingRelease.SettleAsync(cluster.Cluster.Api, cluster.Namespace, cluster.Release, _cancellation, report: line => Run.Report(cluster.Name, line))
            : HelmReleases.FindAsync(cluster.Cluster.Api, cluster.Namespace, cluster.Release, _cancellation);
}
