using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>The kubeconfig has each cluster's context.</summary>
internal sealed class ContextsCheck() : VerifyCheck("contexts")
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var kubeconfig = await LookAsync(null, async () =>
            (await context.KubeconfigAsync()).Failure is { } failure ? [Finding.Failed(failure, "Correct it, or name another with --kubeconfig=PATH.")] : []);
        if (kubeconfig.Count > 0)
            return kubeconfig;
        var results = await Task.WhenAll(context.Clusters.Select(cluster => LookAsync(cluster.Name, async () => [Of(context, cluster, await context.KubeconfigAsync())])));
        return [.. results.SelectMany(result => result)];
    }

    private static Finding Of(VerifyContext context, ClusterSnapshot cluster, KubeconfigView kubeconfig)
    {
        var name = cluster.Cluster.Context;
        return kubeconfig.Servers.ContainsKey(name) ? Finding.Ok("the kubeconfig has its context")
            : cluster.IsDisabled ? Finding.Skipped($"the fleet disables it, and the kubeconfig has no context '{name}'")
            : Finding.Failed(MissingContext.Explain(context.Run.Run, name), MissingContext.Remedy(context.Run.Run, cluster.Cluster, kubeconfig.Servers.Keys));
    }
}

/// <summary>Each cluster answers, and is not too old.</summary>
internal sealed class ReachableCheck() : VerifyCheck(CheckCatalog.Reachable)
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var results = await Task.WhenAll(context.Clusters.Select(cluster => LookAsync(cluster.Name, async () => [Of(cluster, await cluster.ReachAsync())])));
        return [.. results.SelectMany(result => result)];
    }

    private static Finding Of(ClusterSnapshot cluster, Reach reach)
    {
        if (reach.Failure is { } away && cluster.IsDisabled)
            return Finding.Skipped($"the fleet disables it, and it does not answer: {away.TrimEnd('.')}");
        if (!reach.HasContext)
            return Finding.Skipped("it has no context to reach it by");
        if (reach.Failure is { } failure)
            return Finding.Failed($"It does not answer: {failure.TrimEnd('.')}.", $"Check whether the cluster runs and {cluster.Cluster.Kubectl("get ns")} works from here.");
        return FleetCheck.IsTooOld(reach.Version)
            ? Finding.Failed($"Kubernetes {reach.Version} is too old.", $"Upgrade it; {FleetCheck.OldestKubernetes} is the oldest that works.")
            : Finding.Ok($"Kubernetes {reach.Version}");
    }
}

/// <summary>No two names are one cluster: the UID of namespace kube-system is a cluster's identity.</summary>
internal sealed class IdentityCheck() : VerifyCheck(CheckCatalog.Identity)
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var results = await Task.WhenAll(context.Clusters.Select(cluster => LookAsync(cluster.Name, async () => [await OfAsync(cluster, context)])));
        return [.. results.SelectMany(result => result)];
    }

    private static async Task<Finding> OfAsync(ClusterSnapshot cluster, VerifyContext context)
    {
        if ((await cluster.ReachAsync()).Failure is not null)
            return Finding.Skipped("the cluster does not answer");
        if (await UidAsync(cluster) is not { } uid)
            return Finding.Warning("Its identity is not known: there is no namespace kube-system.", "Check whether the context may read it.");
        foreach (var other in context.Clusters.TakeWhile(other => other != cluster))
        {
            if ((await other.ReachAsync()).Failure is null && await UidAsync(other) == uid)
                return Finding.Failed($"It is the same cluster as {other.Name} (kube-system namespace UID {uid}).", "Give each cluster of the fleet a context of its own.");
        }

        return Finding.Ok("a cluster of its own");
    }

    private static async Task<string?> UidAsync(ClusterSnapshot cluster) => (string?)(await cluster.GetAsync("/api/v1/namespaces/kube-system"))?["metadata"]?["uid"];
}
