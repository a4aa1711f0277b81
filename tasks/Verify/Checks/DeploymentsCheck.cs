using System.Text.Json.Nodes;
using Flyte.MultiCluster.Overlays;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.Rollouts;

namespace Flyte.MultiCluster.Verification;

/// <summary>Every Deployment of the releases of both planes is there and Available.</summary>
public sealed class DeploymentsCheck() : ClusterCheck("deployments-available")
{
    // What keeps new pods of flyteadmin and syncresources from starting; the checks' own results say it better.
    private static readonly string[] Causes =
        [Checks.SecretKeys, Checks.TokenFormat, Checks.CaFormat, Checks.CaExpiry, Checks.Weights, Checks.Configuration, Checks.CredentialMounts, Checks.Endpoint, Checks.Credential, Checks.Reachable];

    private static readonly string[] Starters = ["flyteadmin", "syncresources"];

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var isKustomize = context.Run.Run.IsKustomize;
        var naming = isKustomize ? AppliedAsync(cluster) : ReleasedAsync(cluster, context);
        var own = (await cluster.DeploymentsAsync())
            .Where(deployment => isKustomize ? Overlay.IsOwn(deployment) : (string?)deployment["metadata"]?["annotations"]?["meta.helm.sh/release-name"] == cluster.Release)
            .ToArray();
        if (await naming is not { } named)
            return [Finding.Skipped(isKustomize ? $"there is no ConfigMap {Inventory.Name}: no overlay was applied" : "there is no release")];
        var states = own.Select(State).ToArray();
        var gone = named.Except(states.Select(state => state.Name), StringComparer.Ordinal).Except([WebhookCheck.Object], StringComparer.Ordinal).ToArray();
        var waiting = states.Where(state => !state.IsAvailable).ToArray();
        var cause = waiting.Any(state => Starters.Contains(state.Name, StringComparer.Ordinal)) && cluster == context.Control ? await CauseAsync(context) : null;
        var findings = gone.Select(name => Finding.Failed($"Deployment {name} is gone.", $"Run AddDataPlane, which restores what the {(isKustomize ? "overlay" : "release")} has."))
            .Concat(await Task.WhenAll(waiting.Select(state => OfAsync(cluster, state, Starters.Contains(state.Name, StringComparer.Ordinal) ? cause : null))))
            .ToArray();
        return findings.Length > 0 ? findings : [Finding.Ok($"{states.Length} available: {string.Join(", ", states.Select(state => state.Name).Order(StringComparer.Ordinal))}")];
    }

    private static async Task<Finding> OfAsync(ClusterSnapshot cluster, DeploymentState state, string? cause)
    {
        if (cause is not null)
            return Finding.Skipped($"Deployment {state.Name}: {state.Summary}; {cause} comes first");
        var blockers = PodBlockers.Of(await cluster.PodsAsync(), state.Name);
        return Finding.Failed(
            $"Deployment {state.Name}: {string.Join("; ", blockers.Prepend(state.Summary))}.",
            $"{cluster.Cluster.Kubectl($"-n {cluster.Namespace} describe deployment {state.Name}")} says more.");
    }

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
    private static DeploymentState State(JsonObject deployment)
        => (int?)deployment["spec"]?["replicas"] == 0 ? DeploymentState.Of(deployment) with { IsAvailable = false, Summary = "it is scaled to 0 replicas" } : DeploymentState.Of(deployment);

    private static async Task<IReadOnlyList<string>?> AppliedAsync(ClusterSnapshot cluster)
        => await cluster.CoreAsync("configmaps", Inventory.Name) is { } inventory
            ? [.. Inventory.Of(inventory).Where(id => id.Kind == "Deployment" && id.Namespace == cluster.Namespace).Select(id => id.Name)]
            : null;

    private static async Task<IReadOnlyList<string>?> ReleasedAsync(ClusterSnapshot cluster, VerifyContext context)
        => await cluster.InForceAsync() is { } release ? [.. Named(release, context)] : null;

    private static IEnumerable<string> Named(HelmRelease release, VerifyContext context)
        => ManifestObjects.OfKind(release.Manifest, "Deployment", context.Run.Values).Select(manifest => (string?)manifest["metadata"]?["name"]).OfType<string>();
}
