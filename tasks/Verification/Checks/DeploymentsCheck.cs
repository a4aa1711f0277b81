using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>Every Deployment of the releases of both planes is there and Available.</summary>
internal sealed class DeploymentsCheck()
    : ClusterCheck(
        "deployments-available",
        "each Deployment of the releases exists, its rollout is complete, and it is not scaled to 0 if the release wants more",
        CheckSeverity.Fails
    )
{
    // What keeps new pods of flyteadmin and syncresources from starting; the checks' own results say it better.
    private static readonly string[] Causes =
    [
        CheckNames.SecretKeys,
        CheckNames.TokenFormat,
        CheckNames.CaFormat,
        CheckNames.CaExpiry,
        CheckNames.Weights,
        CheckNames.Configuration,
        CheckNames.CredentialMounts,
        CheckNames.Endpoint,
        CheckNames.Credential,
        CheckNames.Reachable,
    ];

    private static readonly string[] Starters = ["flyteadmin", "syncresources"];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var isKustomize = context.Run.Run.IsKustomize;
        var naming = isKustomize ? AppliedAsync(cluster) : ReleasedAsync(cluster, context);
        var own = (await cluster.DeploymentsAsync())
            .Select(deployment => deployment.As<V1Deployment>())
            .Where(deployment =>
                isKustomize ? Overlay.IsOwn(deployment)
                : context.Run.Run.Fleet.Flyte.IsGitOps ? GitDifference.IsOwn(deployment, cluster.Release)
                : deployment.GetAnnotation("meta.helm.sh/release-name") == cluster.Release
            )
            .ToArray();
        if (await naming is not { } named)
            return [Finding.Skipped(isKustomize ? $"there is no ConfigMap {Inventory.Name}: no overlay was applied" : "there is no release")];
        var gone = named.Keys.Except(own.Select(NameOf), StringComparer.Ordinal).Except([WebhookCheck.Object], StringComparer.Ordinal).ToArray();
        var waiting = own.Where(deployment => !DeploymentState.Of(deployment).IsAvailable).ToArray();
        var idle = own.Except(waiting).Where(deployment => IsIdle(deployment) && named.GetValueOrDefault(NameOf(deployment), 1) > 0).ToArray();
        var cause = waiting.Any(IsStarter) && cluster == context.Control ? await CauseAsync(context) : null;
        var reasons =
            waiting.Length == 0
                ? null
                : await new PodReasons(cluster.Cluster.Api, cluster.Namespace).OfAsync(
                    await cluster.PodsAsync(),
                    [.. waiting.Select(NameOf)],
                    cancellationToken
                );
        var restores = $"Run AddDataPlane, which restores what the {(isKustomize ? "overlay" : "release")} has.";
        Finding[] findings =
        [
            .. gone.Select(name => Finding.Failed($"Deployment {name} is gone.", restores)),
            .. idle.Select(deployment => Finding.Failed($"Deployment {NameOf(deployment)}: it is scaled to 0 replicas.", restores)),
            .. waiting.Select(deployment => Of(cluster, deployment, IsStarter(deployment) ? cause : null, reasons![NameOf(deployment)])),
        ];
        return findings.Length > 0 ? findings : [Finding.Ok($"{own.Length} available: {string.Join(", ", own.Select(NameOf).Order(StringComparer.Ordinal))}")];
    }

    // While earlier pods serve, a rollout has until its deadline.
    private static Finding Of(ClusterSnapshot cluster, V1Deployment deployment, string? cause, IReadOnlyList<string> reasons)
    {
        var state = DeploymentState.Of(deployment);
        if (cause is not null)
            return Finding.Skipped($"Deployment {state.Name}: {state.Summary}; blocked by {cause}");
        var found = $"Deployment {state.Name}: {string.Join("; ", reasons.Prepend(state.Summary))}.";
        var describe = $"{cluster.Cluster.Kubectl($"-n {cluster.Namespace} describe deployment {state.Name}")} says more.";
        return DeploymentState.IsServing(deployment) && !DeploymentState.IsLate(deployment)
            ? Finding.Warning($"{found} Its rollout is not complete; as many replicas as it needs are available.", $"Wait for it. {describe}")
            : Finding.Failed(found, describe);
    }

    private static bool IsStarter(V1Deployment deployment) => Starters.Contains(NameOf(deployment), StringComparer.Ordinal);

    private static string NameOf(V1Deployment deployment) => deployment.Metadata.Name;

    private static async Task<string?> CauseAsync(VerifyContext context)
    {
        foreach (var cause in Causes)
        {
            if ((await context.ResultsOfAsync(cause)).Any(result => result.Status == CheckStatus.Failed))
                return cause;
        }

        return null;
    }

    // To kubectl's rollout status none of none is complete.
    private static bool IsIdle(V1Deployment deployment) => deployment.Spec?.Replicas == 0;

    private static async Task<IReadOnlyDictionary<string, int>?> AppliedAsync(ClusterSnapshot cluster) =>
        await cluster.CoreAsync("configmaps", Inventory.Name) is { } inventory
            ? Inventory
                .Of(inventory)
                .Where(id => id.Kind == "Deployment" && id.Namespace == cluster.Namespace)
                .ToDictionary(id => id.Name, _ => 1, StringComparer.Ordinal)
            : null;

    private static async Task<IReadOnlyDictionary<string, int>?> ReleasedAsync(ClusterSnapshot cluster, VerifyContext context) =>
        await cluster.InForceAsync() is { } release ? DesiredReplicas.Of(ManifestObjects.OfKind(release.Manifest, "Deployment", context.Tools.Values))
        : context.Run.Run.Fleet.Flyte.IsGitOps ? new Dictionary<string, int>(StringComparer.Ordinal) { [Main(cluster)] = 1 }
        : null;

    // Without a release nobody says which there should be; without this one nothing runs.
    private static string Main(ClusterSnapshot cluster) => cluster.Cluster is ControlPlaneRun ? "flyteadmin" : "flytepropeller";
}
