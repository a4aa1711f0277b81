using Flyte.MultiCluster.Common.Cloud.Aws;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>The AWS CLI is there, its login works, and is the fleet's account's.</summary>
internal sealed class CloudLoginCheck()
    : CloudCheck<CheckContext>(
        CheckNames.CloudLogin,
        "on AWS: the aws CLI is installed, and its login works and is for the fleet's account",
        CheckTime.Both,
        CheckSeverity.Refuses
    )
{
    /// <inheritdoc/>
    protected override IEnumerable<CheckSubject> Of(CheckContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(aws);
        yield return new CheckSubject(
            "aws",
            null,
            async () =>
            {
                var login = await aws.LoginAsync();
                return [login is { Caller: { } caller } ? Finding.Ok($"account {caller.Account} as {caller.Arn}") : Finding.Of(login.Problem!)];
            }
        );
    }
}
