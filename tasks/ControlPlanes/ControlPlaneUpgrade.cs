using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Helm;
using Flyte.MultiCluster.Identities;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.Runs;
using Flyte.MultiCluster.ValuesOverrides;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>
/// Upgrades the control plane's release. Two operators at once lose nothing: the override is composed from the revision that is live right
/// before helm runs, and when another revision came in between, it is composed and applied again with that one's clusters.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
public sealed class ControlPlaneUpgrade(FlyteContext context, ControlPlaneRun control)
{
    private readonly List<JsonObject> _meanwhile = [];

    /// <summary>Upgrades where there is a difference.</summary>
    /// <returns>True when helm ran, or would with the gate open.</returns>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="Problems.RefusedException">Values or workflows would be lost, or no new flyteadmin pod would start.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var release = control.Wanted.Release;
        var file = new OverrideFile(context, await CloudIdentities.OfAsync(context, cancellationToken));
        var installer = new ReleaseInstaller(context, control, release);
        for (var round = 1; ; round++)
        {
            var live = await installer.SettledAsync(cancellationToken);
            var composed = file.Compose(live, [.. _meanwhile]);
            file.Write(composed);
            if (await installer.DifferenceAsync(live, file.Files, cancellationToken) is not { } difference)
                return round > 1;
            if (live is not null)
                await new UpgradeCheck(context, file).RefuseLossAsync(live, file.Wanted(composed), cancellationToken);
            await new EnabledClusters(context, control).RefuseBlockedAsync(file.Wanted(composed), cancellationToken);
            if (await installer.TryUpgradeAsync(live, difference, file.Files, round, cancellationToken)
                && (!context.Gate.IsOpen || !await CameBetweenAsync(live?.Revision ?? 0, cancellationToken)))
                return true;
        }
    }

    private async Task<bool> CameBetweenAsync(int before, CancellationToken cancellationToken)
    {
        var release = control.Wanted.Release;
        var newest = (await HelmReleases.NewestAsync(control.Api, context.Run.Namespace, cancellationToken)).FirstOrDefault(revision => revision.Release == release)
            ?? throw new InvalidOperationException($"Somebody uninstalled release {release} during its upgrade. Run again.");
        for (var number = before + 1; number < newest.Revision; number++)
        {
            var between = await HelmReleases.ReadAsync(control.Api, context.Run.Namespace, newest with { Secret = $"sh.helm.release.v1.{release}.v{number}" }, cancellationToken);
            if (between is not null)
                _meanwhile.Add(between.Config);
        }

        if (newest.Revision > before + 1)
            context.Tell(control.Name, $"another operator upgraded release {release} at the same time; taking its clusters in");
        return newest.Revision > before + 1;
    }
}
