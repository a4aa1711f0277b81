using Flyte.MultiCluster.Common.Cloud.Aws;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>The AWS CLI is there, its login works, and is the fleet's account's.</summary>
internal sealed class CloudLoginCheck() : CloudCheck<CheckContext>(CheckNames.CloudLogin, CheckTime.Both)
{
    /// <inheritdoc/>
    protected override Task<IReadOnlyList<CheckResult>> LookAsync(CheckContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(aws);
        return LookAsync(
            null,
            async () =>
            {
                var login = await aws.LoginAsync();
                return [login is { Caller: { } caller } ? Finding.Ok($"account {caller.Account} as {caller.Arn}") : Finding.Of(login.Problem!)];
            }
        );
    }
}
