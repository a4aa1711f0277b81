using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>Nobody else keeps the Secret of the credentials, and it can be written.</summary>
internal sealed class SecretOwnerCheck() : ClusterCheck("secret-owner")
{
    /// <inheritdoc/>
    protected override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context is null ? [] : [context.Control];

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var secret = await cluster.CoreAsync("secrets", CredentialsSecret.Name);
        var found = new List<Finding>();
        if (SecretOwner.Of(secret) is { } owner)
            found.Add(Finding.Warning(SecretOwner.Warning(owner), SecretOwner.Remedy));
        if (SecretOwner.IsImmutable(secret))
            found.Add(Finding.Warning($"Secret {CredentialsSecret.Name} is immutable: no credential can be stored in it.", "Create it again without 'immutable: true'; AddDataPlane names the command."));
        return found.Count > 0 ? found : [Finding.Ok(secret is null ? $"there is no Secret {CredentialsSecret.Name}" : "kept by nobody else")];
    }
}
