using Flyte.MultiCluster.Common.Tools;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>Each cluster answers, and is not too old.</summary>
internal sealed class ReachableCheck()
    : ClusterCheck<CheckContext>(CheckNames.Reachable, "each cluster answers and is not too old", CheckTime.Both, CheckSeverity.FailsCluster)
{
    // The failure itself names the command that says more.
    private const string Remedy = "Check whether the cluster runs and can be reached from here.";

    /// <summary>The oldest Kubernetes that works: since 1.24 token Secrets are made by hand, which the runbook builds on.</summary>
    private static readonly Version OldestKubernetes = new(1, 24);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return [Of(cluster, await cluster.ReachAsync())];
    }

    private static Finding Of(ClusterSnapshot cluster, Reach reach)
    {
        if (reach.Failure is { } away && cluster.IsDisabled)
            return Finding.Skipped($"the fleet disables it, and it does not answer: {away.TrimEnd('.')}");
        if (!reach.HasContext)
            return Finding.Skipped("it has no context");
        if (reach is { IsForbidden: true, Failure: { } refusal })
            return Wrong($"{refusal.TrimEnd('.')} (context '{cluster.Cluster.Context}').", StoppedCheck.ForbiddenRemedy);
        if (reach.Failure is { } failure)
            return Wrong($"It does not answer: {failure.TrimEnd('.')}.", Remedy);
        return IsTooOld(reach.Version)
            ? Wrong($"Kubernetes {reach.Version} is too old; {OldestKubernetes} is the oldest that works.", "Upgrade it.")
            : Finding.Ok($"Kubernetes {reach.Version}");
    }

    private static Finding Wrong(string found, string remedy) => Finding.Failed(found, remedy) with { Effect = CheckEffect.FailsCluster };

    private static bool IsTooOld(string gitVersion) => ToolVersion.Parse(gitVersion) is { } version && version < OldestKubernetes;
}
