using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>The trust policy of each role has room for all of its clusters.</summary>
internal sealed class TrustLimitCheck()
    : CloudCheck<CheckContext>(
        CheckNames.TrustLimit,
        "on AWS: the trust policy of each role, with all of its clusters, is within the account's limit",
        CheckTime.BeforeChange,
        CheckSeverity.Refuses,
        CheckNames.CloudLogin
    )
{
    /// <inheritdoc/>
    protected override IEnumerable<CheckSubject> Of(CheckContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(aws);
        yield return new CheckSubject("aws", null, () => FindAsync(aws));
    }

    // The length of a provider's ARN is known before the provider is; nothing else is made of it.
    private static async Task<IReadOnlyList<Finding>> FindAsync(AwsView aws)
    {
        if (await aws.SnapshotAsync() is not { } snapshot)
            return [Finding.Skipped($"blocked by {CheckNames.OidcProvider}")];
        var documents = aws
            .Roles.Select(role =>
                (
                    Role: role,
                    Document: TrustDocument.Merge(
                        snapshot.Roles.GetValueOrDefault(role.Name)?.Trust,
                        role.Trusted(snapshot, cluster => $"arn:{snapshot.Caller.Partition}:iam::{snapshot.Caller.Account}:oidc-provider/{cluster.Issuer}"),
                        snapshot.Caller.Account
                    )
                )
            )
            .ToArray();

        // The account is asked for its limit only where it matters.
        var limit = documents.Any(one => one.Document.Size > TrustLimit.Default) ? await aws.TrustLimitAsync() : TrustLimit.Default;
        Finding[] wrong =
        [
            .. documents
                .Select(one => TrustLimit.Check(one.Role, one.Document, limit))
                .OfType<Problem>()
                .Select(problem => Finding.Of(problem) with { Place = problem.Place }),
        ];
        return wrong.Length > 0 ? wrong : [Finding.Ok($"{documents.Max(one => one.Document.Size)} of {limit} characters at most")];
    }
}
