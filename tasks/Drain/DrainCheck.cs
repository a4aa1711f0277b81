using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>
/// Whether data planes can be taken out of service: flyteadmin has them, each label keeps a cluster, new flyteadmin pods will start, and the upgrade
/// changes clusters and labels alone.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
internal sealed class DrainCheck(FlyteContext context, IHelmValues values, RenderedOverlays overlays, CloudIdentityReader identities)
{
    private const string Clusters = "configmap.clusters";

    private readonly FleetDrain _drain = context.Run.Drain!;

    /// <summary>Looks at everything that can be seen before a change.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>What is wrong; none where nothing is.</returns>
    /// <exception cref="Common.Kubernetes.KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<ProblemList> ProblemsAsync(CancellationToken cancellationToken)
    {
        var problems = context.Run.NewProblemList();
        if (context.Run.FlyteAdmin is null)
            problems.Add(
                new Problem(
                    "flyteAdmin",
                    "The fleet has no address for FlyteAdmin, so it cannot be seen which executions are unfinished.",
                    "Add flyteAdmin: {endpoint: https://flyte.example.com} to the fleet."
                )
            );
        var loaded = await new LoadedClusterConfigs(context.Run, values).ReadAsync(cancellationToken);
        if (!_drain.IsRemoval)
            problems.AddRange(OfNames(loaded));
        problems.AddRange(OfMoves(loaded));
        if (!problems.IsEmpty)
            return problems;
        try
        {
            if (context.Run.IsKustomize)
                await new ControlPlaneOverlay(context, values, overlays, identities).CheckAsync(cancellationToken);
            else
                await CheckReleaseAsync(cancellationToken);
        }
        catch (RefusedException refused)
        {
            problems.AddRange(refused.Problems);
        }

        return problems;
    }

    private IEnumerable<Problem> OfNames(ClusterConfigs? loaded)
    {
        if (loaded is null)
            return [new Problem("--cluster", "flyteadmin has no clusters: there is nothing to drain.", "Check that the fleet names the right control plane.")];
        string[] known = [.. loaded.Clusters.Where(cluster => !cluster.InCluster).Select(cluster => cluster.Name)];
        return _drain
            .Names.Where(name => !known.Contains(name, StringComparer.Ordinal))
            .Select(name => new Problem("--cluster", $"flyteadmin's clusterConfigs has no data plane '{name}'.", Nearest.Remedy(name, known)));
    }

    private IEnumerable<Problem> OfMoves(ClusterConfigs? loaded)
    {
        string[] labels = [.. (loaded?.Labels.Keys ?? []).Union(_drain.Fleet.Labels.Select(label => label.Name), StringComparer.Ordinal)];
        return _drain
            .Moves.Keys.Where(label => !labels.Contains(label, StringComparer.Ordinal))
            .Select(label => new Problem("--move-label", $"There is no label '{label}'.", Nearest.Remedy(label, labels)));
    }

    private async Task CheckReleaseAsync(CancellationToken cancellationToken)
    {
        var release = context.Run.ControlPlane.Release;
        var file = new OverrideFile(context, await identities.ForeseenAsync(context.Run, cancellationToken), values);
        if (await HelmReleases.FindAsync(context.Run.ControlPlane.Api, context.Run.Namespace, release, cancellationToken) is not { } live)
            throw new RefusedException([
                new Problem($"release {release}", "It is not installed in the control plane.", "Check that the fleet names the right control plane."),
            ]);
        var composed = file.Compose(live);
        var wanted = file.Planned(composed);
        RefuseOtherChanges(live, wanted);
        await new UpgradeCheck(context, values, file).RefuseLossAsync(live, wanted, cancellationToken, composed);
        await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(wanted, cancellationToken, proven: []);
    }

    // At two in the morning nobody wants a new chart version along with a drain.
    private void RefuseOtherChanges(HelmRelease live, JsonObject wanted)
    {
        string[] changed =
        [
            .. new[] { context.Run.Chart.DifferenceFrom(live) }.OfType<string>(),
            .. values.Changed(live.Config, wanted).Where(path => path != Clusters && !path.StartsWith(Clusters + ".", StringComparison.Ordinal)),
        ];
        if (changed.Length > 0)
            throw new RefusedException([
                new Problem(
                    $"release {live.Name}",
                    $"The fleet and its values files differ from revision {live.Revision} in more than clusters and labels, and this target changes "
                        + $"nothing else: {string.Join(", ", changed)}.",
                    $"Run AddDataPlane first ({TargetNames.UpgradeFleet} for another chart version), or put the files back as they were."
                ),
            ]);
    }
}
