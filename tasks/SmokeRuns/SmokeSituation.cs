using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.ControlPlanes;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.FlyteAdmin;
using Flyte.MultiCluster.Kubernetes;

namespace Flyte.MultiCluster.SmokeRuns;

/// <summary>What decides where executions land, as it was read at the smoke run's begin.</summary>
public sealed record SmokeSituation
{
    /// <summary>What should be.</summary>
    public required Fleet Fleet { get; init; }

    /// <summary>What flyteadmin has loaded; null where its ConfigMap is not there.</summary>
    public required ClustersConfiguration? Loaded { get; init; }

    /// <summary>FlyteAdmin's rows; in a plan, as they would be.</summary>
    public required IReadOnlyDictionary<LabelScope, string> Rows { get; init; }

    /// <summary>The launch plans.</summary>
    public required IReadOnlyList<PreparedSmoke> Smokes { get; init; }

    /// <summary>The annotations of Deployment flyteadmin: which credentials it has loaded is noted there.</summary>
    public required JsonObject Annotations { get; init; }

    /// <summary>The data planes of this run that have not failed.</summary>
    public required IReadOnlyList<string> Going { get; init; }

    /// <summary>The fleet's rows.</summary>
    public IReadOnlyDictionary<LabelScope, string> Wanted => Fleet.ExecutionLabels.ToDictionary(row => row.Scope, row => row.Label);

    /// <summary>FlyteAdmin's rows as the fleet wants them.</summary>
    public IReadOnlyDictionary<LabelScope, string> WithWanted => AsPlanned(Rows, Fleet);

    /// <summary>Reads it, all at once.</summary>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task<SmokeSituation> ReadAsync(FlyteContext context, IFlyteAdmin admin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(admin);
        var run = context.Run;
        var loaded = new LoadedClusters(context, run.ControlPlane).ReadAsync(cancellationToken);
        var deployment = run.ControlPlane.Api.GetAsync(KubernetesPaths.Deployment(run.Namespace, "flyteadmin"), cancellationToken);
        var rows = admin.ExecutionLabelsAsync(cancellationToken);
        var smokes = SmokeLaunchPlans.FindAsync(run, admin, cancellationToken);
        await Task.WhenAll(loaded, deployment, rows, smokes);
        return new SmokeSituation
        {
            Fleet = run.Fleet,
            Loaded = await loaded,
            Rows = context.Gate.IsOpen ? await rows : AsPlanned(await rows, run.Fleet),
            Smokes = (await smokes).Executions,
            Annotations = (await deployment)?["metadata"]?["annotations"] as JsonObject ?? [],
            Going = [.. run.Going.Select(plane => plane.Name)],
        };
    }

    private static Dictionary<LabelScope, string> AsPlanned(IReadOnlyDictionary<LabelScope, string> live, Fleet fleet)
    {
        var rows = new Dictionary<LabelScope, string>(live);
        foreach (var row in fleet.ExecutionLabels)
            rows[row.Scope] = row.Label;
        return rows;
    }
}
