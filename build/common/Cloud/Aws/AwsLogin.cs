using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>The login to AWS.</summary>
/// <param name="Caller">The caller identity, of the fleet's account; null where something is wrong.</param>
/// <param name="Problem">What is wrong: the AWS CLI is missing, there is no login, or it is of another account; null for nothing.</param>
public sealed record AwsLogin(CallerIdentity? Caller, Problem? Problem)
{
    /// <summary>Asks AWS for the caller identity.</summary>
    /// <param name="tools">The aws commands.</param>
    /// <param name="settings">The fleet's account and region.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task<AwsLogin> TryAsync(AwsTools tools, AwsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(settings);
        if (!tools.IsOnPath)
        {
            return Wrong(
                "The AWS CLI is not on PATH, but the fleet says provider: aws.",
                "Install it (https://aws.amazon.com/cli), or write cloud: {provider: none} and manage the roles yourself."
            );
        }

        try
        {
            var caller = await tools.Sts.CallerAsync(settings.Region, cancellationToken);
            return settings.AccountId is { } account && account != caller.Account
                ? Wrong(
                    $"The login belongs to account {caller.Account} ({caller.Arn}), but the fleet says accountId {account}.",
                    "Log in to the fleet's account (AWS_PROFILE), or correct cloud.accountId."
                )
                : new AwsLogin(caller, null);
        }
        catch (AwsException exception)
        {
            return Wrong(exception.Message, "'aws sts get-caller-identity' must work in this shell.");
        }
    }

    private static AwsLogin Wrong(string what, string remedy) => new(null, new Problem("aws", what, remedy));
}
