using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>A fleet in a run: what is wanted, and the clusters as they are worked on.</summary>
public sealed class FleetRun
{
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

    /// <summary>The data planes that this run takes out of service: the fleet already says so of them. Null where it takes none.</summary>
    public FleetDrain? Drain { get; init; }

    /// <summary>Whether this run brings releases at work to another version of the chart.</summary>
    public bool UpgradesChart { get; init; }

    /// <summary>Whether the control plane itself was chosen to be worked on, with or without data planes.</summary>
    public bool IsControlPlaneChosen { get; init; }

    /// <summary>What stages keep until the run ends.</summary>
    public RunState State { get; } = new();

    /// <summary>The chart: what was set, else the one in the cache.</summary>
    /// <exception cref="InvalidOperationException">It was not fetched in this run, and is not in the cache.</exception>
    public UnpackedChart Chart
    {
        get => field ??= CachedChart() ?? throw new InvalidOperationException("The chart is missing: FetchChart did not run. Run without --exclusive.");
        set;
    }

    /// <summary>Finds the chart in the cache; null where it is not there.</summary>
    public Func<UnpackedChart?> CachedChart { get; init; } = static () => null;

    /// <summary>Whether the fleet installs with kustomize.</summary>
    public bool IsKustomize => Fleet.Flyte.Overlays is not null;

    /// <summary>The data planes that take part: they have not failed, and are not disabled and away.</summary>
    public IEnumerable<DataPlaneRun> Active => DataPlanes.Where(plane => plane.Failure is null && plane.LeftOutReason is null);

    /// <summary>The disabled data planes that do not answer.</summary>
    public IEnumerable<DataPlaneRun> LeftOut => DataPlanes.Where(plane => plane.LeftOutReason is not null);

    /// <summary>Whether the control plane was chosen, or has any data plane to be changed for.</summary>
    public bool HasWork => IsControlPlaneChosen || Active.Any() || LeftOut.Any();

    /// <summary>All clusters that are worked on, the control plane first.</summary>
    public IEnumerable<ClusterRun> Clusters => DataPlanes.Cast<ClusterRun>().Prepend(ControlPlane);

    /// <summary>A list for problems of several clusters, which it orders as the fleet does.</summary>
    public ProblemList NewProblemList() => new(Clusters.Select(cluster => cluster.Name));

    /// <summary>The namespace of Flyte in every cluster.</summary>
    public string Namespace => Fleet.Flyte.Namespace;
}
