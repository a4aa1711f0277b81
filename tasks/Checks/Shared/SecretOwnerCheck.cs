using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>Nobody else keeps the Secret of the credentials, and it can be written.</summary>
internal sealed class SecretOwnerCheck()
    : ClusterCheck<CheckContext>(
        "secret-owner",
        "no other controller manages Secret cluster-credentials",
        CheckTime.Both,
        CheckSeverity.Refuses,
        CheckNames.Reachable,
        CheckNames.Identity
    )
{
    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(CheckContext context) => context is null ? [] : [context.Control];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var secret = await cluster.CoreAsync("secrets", CredentialsSecret.Name);
        var found = new List<Finding>();
        if (SecretOwner.Of(secret) is { } owner)
            found.Add(Finding.Warning(SecretOwner.Warning(owner), SecretOwner.Remedy) with { Effect = CheckEffect.Note });
        if (SecretOwner.IsImmutable(secret))
            found.Add(Immutable(cluster));
        return found.Count > 0 ? found : [Finding.Ok(secret is null ? $"there is no Secret {CredentialsSecret.Name}" : "not managed by another controller")];
    }

    // A Secret cannot be made mutable again; what it holds goes into a new one before anything reads it.
    private static Finding Immutable(ClusterSnapshot cluster)
    {
        var kubectl = $"kubectl --context {cluster.Cluster.Context} -n {cluster.Namespace}";
        var finding = Finding.Warning(
            $"Secret {cluster.Namespace}/{CredentialsSecret.Name} is immutable: no credential can be stored in it.",
            "Create it again without 'immutable: true' and with the same data, then run again: "
                + $"{kubectl} get secret {CredentialsSecret.Name} -o json | jq 'del(.immutable)' | {kubectl} replace --force -f -"
        );
        return finding with { Effect = CheckEffect.Refuses };
    }
}
