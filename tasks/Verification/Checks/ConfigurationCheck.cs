using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>The clusters that flyteadmin has loaded are those of the live release and those of the fleet.</summary>
internal sealed class ConfigurationCheck()
    : VerifyCheck(
        CheckNames.Configuration,
        "the clusters in the ConfigMaps of flyteadmin and syncresources match the live release and the fleet",
        CheckSeverity.Fails
    )
{
    private const string Apply = "Run AddDataPlane, which applies the fleet.";

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var whole = await LookAsync(context.Control.Name, () => OfControlPlaneAsync(context));
        if (whole.Any(result => result.Status is CheckStatus.Skipped) || (await context.LoadedAsync()).Admin is not { } admin)
            return whole;
        var planes = await Task.WhenAll(
            context.DataPlanes.Select(plane => LookAsync(plane.Name, async () => [Of((DataPlaneRun)plane.Cluster, admin, await context.KubeconfigAsync())]))
        );
        return [.. whole, .. planes.SelectMany(plane => plane)];
    }

    /// <summary>Whether two addresses of an API server are the same to flyteadmin.</summary>
    /// <param name="one">An address, with or without a scheme.</param>
    /// <param name="other">Another one.</param>
    public static bool SameEndpoint(string one, string other)
    {
        return Uri.TryCreate(Full(one), UriKind.Absolute, out var first) && Uri.TryCreate(Full(other), UriKind.Absolute, out var second)
            ? first.Scheme == second.Scheme && first.Authority == second.Authority && first.AbsolutePath.TrimEnd('/') == second.AbsolutePath.TrimEnd('/')
            : one == other;

        static string Full(string endpoint) => endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}";
    }

    private static async Task<IReadOnlyList<Finding>> OfControlPlaneAsync(VerifyContext context)
    {
        if ((await context.Control.ReachAsync()).Failure is not null)
            return [Finding.Skipped("the control plane does not answer")];
        var loaded = await context.LoadedAsync();
        if (loaded.Problem is { } problem)
            return
            [
                Finding.Failed(
                    $"flyteadmin's clusters cannot be read: {problem}",
                    $"{Apply} Find out who changed ConfigMap {LoadedClusterConfigs.AdminConfigMap}."
                ),
            ];
        if (loaded.Admin is not { } admin)
            return
            [
                Finding.Failed($"There is no ConfigMap {LoadedClusterConfigs.AdminConfigMap} with {ClusterConfigs.Key}: flyteadmin has no clusters.", Apply),
            ];
        Finding?[] wrong =
        [
            OfDuplicates(admin),
            loaded.Sync is { } sync && !Same(admin.Clusters, sync.Clusters)
                ? Finding.Failed(
                    $"syncresources (ConfigMap {LoadedClusterConfigs.SyncConfigMap}) has different clusters from flyteadmin's: "
                        + $"{Difference(sync.Clusters, admin.Clusters)}.",
                    $"{Apply} Undo changes made by hand."
                )
                : null,
            await context.Control.ReleaseAsync() is { Status: "deployed" } release
            && Given(release, context) is { } given
            && !Same(given.Clusters, admin.Clusters)
                ? Finding.Failed(
                    $"flyteadmin's ConfigMap {LoadedClusterConfigs.AdminConfigMap} is not what release {release.Name} revision {release.Revision} "
                        + $"has: {Difference(admin.Clusters, given.Clusters)}.",
                    $"{Apply} Undo changes made by hand."
                )
                : null,
            OfControlPlane(context, admin),
        ];
        if (wrong.Any(finding => finding is not null))
            return [.. wrong.OfType<Finding>()];
        var fleet = context.Run.Run.Fleet;
        string[] strangers =
        [
            .. admin
                .Clusters.Select(entry => entry.Name)
                .Except(fleet.DataPlanes.Select(plane => plane.Name).Append(fleet.ControlPlane.Name), StringComparer.Ordinal),
        ];
        var counted = $"flyteadmin has loaded {admin.Clusters.Count} {(admin.Clusters.Count == 1 ? "cluster" : "clusters")}";
        return [Finding.Ok(strangers.Length == 0 ? counted : $"{counted}; the fleet does not name {string.Join(", ", strangers)}")];
    }

    private static Finding? OfDuplicates(ClusterConfigs admin)
    {
        string[] twice =
        [
            .. admin.Clusters.GroupBy(entry => entry.Name, StringComparer.Ordinal).Where(entries => entries.Count() > 1).Select(entries => entries.Key),
        ];
        return twice.Length == 0
            ? null
            : Finding.Failed(
                $"clusterConfigs has {string.Join(", ", twice)} more than once: flyteadmin does not start with it.",
                "Remove the second one from the control plane's values and run AddDataPlane."
            );
    }

    private static Finding? OfControlPlane(VerifyContext context, ClusterConfigs admin)
    {
        var control = context.Run.Run.Fleet.ControlPlane;
        if (!control.RunsWorkflows || admin.Clusters.Any(entry => entry.Name == control.Name && entry is { InCluster: true, Enabled: true }))
            return null;
        return Finding.Failed($"The fleet's control plane runs workflows, and clusterConfigs has no enabled inCluster entry {control.Name}.", Apply);
    }

    private static Finding Of(DataPlaneRun plane, ClusterConfigs admin, KubeconfigView kubeconfig)
    {
        if (admin.Clusters.FirstOrDefault(entry => entry.Name == plane.Name) is not { } entry)
            return Finding.Failed("flyteadmin's clusterConfigs does not name it.", "Run AddDataPlane, which joins it.");
        if (entry.InCluster)
            return Finding.Failed("flyteadmin has it as inCluster: it runs its executions in its own cluster.", Apply);
        if (entry.Enabled != plane.Spec.Enabled)
            return Finding.Failed(
                $"flyteadmin has it {(entry.Enabled ? "enabled" : "disabled")}; in the fleet it is {(plane.Spec.Enabled ? "enabled" : "disabled")}.",
                entry.Enabled ? Apply : $"{Apply} If it was drained (Status shows it), AddDataPlane is refused: write enabled: false for it in the fleet."
            );
        var written = plane.Spec.Endpoint ?? kubeconfig.Servers.GetValueOrDefault(plane.Context);
        var wanted = plane.Spec.Endpoint is null && written is not null && FleetCheck.IsLocal(written) ? null : written;
        return wanted is not null && !SameEndpoint(entry.Endpoint ?? string.Empty, wanted)
            ? Finding.Failed(
                $"flyteadmin has it at {entry.Endpoint ?? "no endpoint"}; {(plane.Spec.Endpoint is null ? "the kubeconfig" : "the fleet")} has {wanted}.",
                Apply
            )
            : Finding.Ok($"{(entry.Enabled ? "enabled" : "disabled")} at {entry.Endpoint}");
    }

    // As Helm rendered it: values may hold templates.
    private static ClusterConfigs? Given(HelmRelease release, VerifyContext context)
    {
        var map = ManifestObjects
            .OfKind(release.Manifest, "ConfigMap", context.Tools.Values)
            .FirstOrDefault(found => (string?)found["metadata"]?["name"] == LoadedClusterConfigs.AdminConfigMap);
        return (string?)map?["data"]?[ClusterConfigs.Key] is { } yaml ? ClusterConfigs.Parse(context.Tools.Values, yaml) : null;
    }

    private static bool Same(IReadOnlyList<ClusterEntry> some, IReadOnlyList<ClusterEntry> others) => some.Count == others.Count && !some.Except(others).Any();

    private static string Difference(IReadOnlyList<ClusterEntry> some, IReadOnlyList<ClusterEntry> others) =>
        string.Join(", ", some.Except(others).Concat(others.Except(some)).Select(entry => entry.Name).Distinct(StringComparer.Ordinal));
}
