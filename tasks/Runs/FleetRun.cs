using Flyte.MultiCluster.Aws;
using Flyte.MultiCluster.Charts;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.FlyteAdmin;
using Flyte.MultiCluster.GoogleCloud;
using Flyte.MultiCluster.Iam;
using Flyte.MultiCluster.Kubectl;
using Flyte.MultiCluster.NewClusters;
using Flyte.MultiCluster.Overlays;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.Token;

namespace Flyte.MultiCluster.Runs;

/// <summary>A fleet in a run: what is wanted, and the clusters as they are worked on.</summary>
public sealed class FleetRun
{
    private readonly Lock _lock = new();
    private Task<AwsSnapshot>? _aws;
    private Task<EarlierJoin>? _earlier;
    private Task<IReadOnlyDictionary<string, IamRole>>? _roles;

    /// <summary>What should be.</summary>
    public required Fleet Fleet { get; init; }

    /// <summary>The control plane.</summary>
    public required ControlPlaneRun ControlPlane { get; init; }

    /// <summary>The chosen data planes, in the fleet's order.</summary>
    public required IReadOnlyList<DataPlaneRun> DataPlanes { get; init; }

    /// <summary>The folder of the files that this fleet's runs write.</summary>
    public required string Artifacts { get; init; }

    /// <summary>The kubeconfig for kubectl and helm; null for their own default.</summary>
    public required string? Kubeconfig { get; init; }

    /// <summary>The kubeconfig's contexts, by name; read once.</summary>
    public required Task<IReadOnlyDictionary<string, KubeContext>> Contexts { get; init; }

    /// <summary>FlyteAdmin's API; null where the fleet does not say where it is.</summary>
    public IFlyteAdmin? FlyteAdmin { get; init; }

    /// <summary>Whether the fleet's execution labels and smoke runs were held against FlyteAdmin in this run, and passed.</summary>
    public bool IsFlyteAdminChecked { get; set; }

    /// <summary>Whether this run gave flyteadmin new pods since FlyteAdmin was last asked: they may want another login.</summary>
    public bool IsFlyteAdminRestarted { get; set; }

    /// <summary>AWS as it is; null before it was read in this run.</summary>
    public AwsSnapshot? Aws { get; set; }

    /// <summary>AWS as it is, read once however many clusters ask at the same time.</summary>
    /// <param name="read">Reads it; a refusal is everybody's.</param>
    public Task<AwsSnapshot> AwsOnceAsync(Func<Task<AwsSnapshot>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_lock)
            return _aws ??= read();
    }

    /// <summary>The roles on AWS alone, for a run that works on nothing else there; read once however many clusters ask at the same time.</summary>
    /// <param name="read">Reads them; a refusal is everybody's.</param>
    public Task<IReadOnlyDictionary<string, IamRole>> RolesOnceAsync(Func<Task<IReadOnlyDictionary<string, IamRole>>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_lock)
            return _roles ??= read();
    }

    /// <summary>What the control plane shows of earlier joins, read once however many data planes ask at the same time.</summary>
    /// <param name="read">Reads it.</param>
    public Task<EarlierJoin> EarlierOnceAsync(Func<Task<EarlierJoin>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_lock)
            return _earlier ??= read();
    }

    /// <summary>The clusters that the fleet says how to create, by data plane; null before they were read in this run.</summary>
    public IReadOnlyDictionary<string, NewClusterState>? NewClusters { get; set; }

    /// <summary>Google Cloud as it is; null before it was read in this run.</summary>
    public GoogleSnapshot? Google { get; set; }

    /// <summary>The chart; set by <c>FetchChart</c>.</summary>
    /// <exception cref="InvalidOperationException">It was not fetched in this run.</exception>
    public UnpackedChart Chart
    {
        get => field ?? throw new InvalidOperationException("The chart is not at hand: FetchChart did not run. Run without --exclusive.");
        set;
    }

    /// <summary>The fleet's kustomize overlays, rendered.</summary>
    public RenderedOverlays Overlays { get; } = new();

    /// <summary>The manifests that the releases would get.</summary>
    public RenderedManifests Manifests { get; } = new();

    /// <summary>Whether the fleet installs with kustomize.</summary>
    public bool IsKustomize => Fleet.Flyte.Overlays is not null;

    /// <summary>The data planes that take part: they have not failed, and are not disabled and away.</summary>
    public IEnumerable<DataPlaneRun> Going => DataPlanes.Where(plane => plane.Failure is null && plane.Away is null);

    /// <summary>The disabled data planes that do not answer.</summary>
    public IEnumerable<DataPlaneRun> Away => DataPlanes.Where(plane => plane.Away is not null);

    /// <summary>Whether the control plane has any data plane to be changed for.</summary>
    public bool HasWork => Going.Any() || Away.Any();

    /// <summary>All clusters that are worked on, the control plane first.</summary>
    public IEnumerable<ClusterRun> Clusters => DataPlanes.Cast<ClusterRun>().Prepend(ControlPlane);

    /// <summary>The namespace of Flyte in every cluster.</summary>
    public string Namespace => Fleet.Flyte.Namespace;
}
