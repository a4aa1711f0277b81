using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Cloud;

/// <summary>A check of the account on AWS; skipped where the fleet has none, and where its login does not work.</summary>
/// <param name="name">The check's name.</param>
public abstract class CloudCheck(string name) : VerifyCheck(name)
{
    /// <summary>Why the checks of a cloud are skipped where the fleet has none.</summary>
    public const string NoCloud = "the fleet has no cloud (cloud: {provider: none})";

    internal const string OnGoogle = "the fleet is on Google Cloud";

    /// <inheritdoc/>
    public sealed override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Aws is not { } aws)
            return await LookAsync(null, () => Task.FromResult<IReadOnlyList<Finding>>([Finding.Skipped(context.Run.Run.Fleet.Gcp is null ? NoCloud : OnGoogle)]));
        if (Name != CheckNames.CloudLogin && await context.BlockedByAsync(null, CheckNames.CloudLogin) is { } blocker)
            return await LookAsync(null, () => Task.FromResult<IReadOnlyList<Finding>>([Finding.Skipped($"{blocker} comes first")]));
        return await LookAsync(context, aws);
    }

    /// <summary>Looks at the account.</summary>
    /// <param name="context">What the checks share.</param>
    /// <param name="aws">The account.</param>
    protected abstract Task<IReadOnlyList<CheckResult>> LookAsync(VerifyContext context, AwsView aws);
}

/// <summary>The AWS CLI is there, its login works, and is the fleet's account's.</summary>
public sealed class CloudLoginCheck() : CloudCheck(CheckNames.CloudLogin)
{
    /// <inheritdoc/>
    protected override Task<IReadOnlyList<CheckResult>> LookAsync(VerifyContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(aws);
        return LookAsync(null, async () =>
        {
            if (!aws.IsOnPath)
                return [Finding.Failed("The AWS CLI is not on PATH.", "Install it (https://aws.amazon.com/cli).")];
            CallerIdentity caller;
            try
            {
                caller = await aws.CallerAsync();
            }
            catch (AwsException exception)
            {
                return [Finding.Failed(exception.Message, "'aws sts get-caller-identity' must work in this shell.")];
            }

            return [aws.Settings.AccountId is { } account && account != caller.Account
                ? Finding.Failed($"The login belongs to account {caller.Account} ({caller.Arn}), and the fleet says accountId {account}.", "Log in to the fleet's account (AWS_PROFILE), or correct cloud.accountId.")
                : Finding.Ok($"account {caller.Account} as {caller.Arn}")];
        });
    }
}

/// <summary>Each EKS cluster has an OIDC provider in IAM, for tokens for AWS: without one no service account of it gets a role.</summary>
public sealed class OidcProviderCheck() : CloudCheck(CheckNames.OidcProvider)
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CheckResult>> LookAsync(VerifyContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(aws);
        var results = await Task.WhenAll(context.Clusters.Select(cluster => LookAsync(cluster.Name, async () => [await OfAsync(aws, (await aws.ClustersAsync())[cluster.Name])])));
        return [.. results.SelectMany(result => result)];
    }

    private static async Task<Finding> OfAsync(AwsView aws, AwsCluster cluster)
    {
        if (cluster.Cluster is not { } found)
            return cluster.Problem!;
        if (await aws.ProviderAsync(found) is not { } arn || await aws.ClientIdsAsync(arn) is not { } ids)
            return Finding.Failed($"IAM has no OIDC provider for {found.IssuerUrl} (EKS cluster {found.Name}).", "Run AssociateOidcProvider.");
        return ids.Contains(TrustedCluster.Audience, StringComparer.Ordinal)
            ? Finding.Ok(arn)
            : Finding.Failed($"{arn} is missing the client ID {TrustedCluster.Audience}: AWS takes no token of EKS cluster {found.Name}.", "Run AssociateOidcProvider, which adds it.");
    }
}
