using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// Upgrades the control plane's release. Two operators at once lose nothing: the override is composed from the revision that is live right
/// before helm runs, and when another revision came in between, it is composed and applied again with that one's clusters.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="installers">Makes the release's installer.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
internal sealed class ControlPlaneUpgrade(FlyteContext context, IHelmValues values, ReleaseInstallers installers, CloudIdentityReader identities)
{
    private readonly ControlPlaneRun _control = context.Run.ControlPlane;
    private readonly List<JsonObject> _meanwhile = [];
    private Func<CancellationToken, Task<ForeseenPods>> _foresee = _ => Task.FromResult(ForeseenPods.Same);

    /// <summary>Upgrades where there is a difference.</summary>
    /// <returns>True when helm ran, or would with the gate open.</returns>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="RefusedException">Values or workflows would be lost, or no new flyteadmin pod would start.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var release = _control.Spec.Release;
        var file = new OverrideFile(context, await identities.OfAsync(context.Run, cancellationToken), values);
        var installer = installers.Of(context.Run, _control, release);
        for (var round = 1; ; round++)
        {
            var live = await installer.SettledAsync(cancellationToken);
            await DrainedDataPlanes.RefuseEnabledAsync(context, cancellationToken);
            var composed = file.Compose(live, [.. _meanwhile]);
            file.Write(composed);
            if (await installer.DifferenceAsync(live, file.Files, cancellationToken) is not { } difference)
                return round > 1;
            var check = new UpgradeCheck(context, values, file);
            if (live is not null)
                await check.RefuseLossAsync(live, file.Planned(composed), cancellationToken, composed);
            if (check.Removed(live, file.Planned(composed)) is { Count: > 0 } removed)
            {
                var labels = $"{(removed.Count == 1 ? "label" : "labels")} {string.Join(", ", removed)} removed";
                difference = difference with { Reason = $"{labels}; {difference.Reason}" };
            }

            await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(file.Planned(composed), cancellationToken);
            _foresee = token => ForeseeAsync(installer, live, file.Files, token);
            if (
                await installer.TryUpgradeAsync(live, difference, file.Files, round, cancellationToken)
                && (!context.Gate.IsOpen || !await WasUpgradedMeanwhileAsync(live?.Revision ?? 0, cancellationToken))
            )
                return true;
        }
    }

    /// <summary>With the gate closed: which pods of flyteadmin and syncresources the upgrade would replace.</summary>
    /// <exception cref="HelmException">The chart does not render.</exception>
    public Task<ForeseenPods> ForeseeAsync(CancellationToken cancellationToken) => _foresee(cancellationToken);

    private async Task<ForeseenPods> ForeseeAsync(
        ReleaseInstaller installer,
        HelmRelease? live,
        IReadOnlyList<string> files,
        CancellationToken cancellationToken
    )
    {
        var before = live is null ? [] : ManifestObjects.OfKind((live.Deployed ?? live).Manifest, "Deployment", values);
        var after = await installer.PreviewAsync(files, cancellationToken);
        var found = CredentialDeployments.Names.Where(name => PodTemplates.Deployment(after, name) is not null).ToHashSet(StringComparer.Ordinal);
        return new ForeseenPods(found, found.Where(name => !values.Same(Template(before, name), Template(after, name))).ToHashSet(StringComparer.Ordinal));
    }

    private static JsonNode? Template(IReadOnlyList<JsonObject> deployments, string name) => PodTemplates.Deployment(deployments, name)?["spec"]?["template"];

    private async Task<bool> WasUpgradedMeanwhileAsync(int before, CancellationToken cancellationToken)
    {
        var release = _control.Spec.Release;
        var newest =
            (await HelmReleases.NewestAsync(_control.Api, context.Run.Namespace, cancellationToken)).FirstOrDefault(revision => revision.Release == release)
            ?? throw new InvalidOperationException($"Somebody uninstalled release {release} during its upgrade. Run again.");
        for (var number = before + 1; number < newest.Revision; number++)
        {
            var between = await HelmReleases.ReadAsync(
                _control.Api,
                context.Run.Namespace,
                newest with
                {
                    Secret = $"sh.helm.release.v1.{release}.v{number}",
                },
                cancellationToken
            );
            if (between is not null)
                _meanwhile.Add(between.Config);
        }

        if (newest.Revision > before + 1)
            context.Report(_control.Name, $"another operator upgraded release {release} at the same time; merging its clusters");
        return newest.Revision > before + 1;
    }
}
