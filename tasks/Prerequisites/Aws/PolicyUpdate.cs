using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Brings the policy for the buckets to what the fleet says; statements of others in it stay.</summary>
/// <param name="context">The run.</param>
/// <param name="snapshot">AWS as it is.</param>
/// <param name="aws">The aws commands.</param>
internal sealed class PolicyUpdate(FlyteContext context, AwsSnapshot snapshot, AwsTools aws)
{
    private const string Kind = "IamPolicy";
    private const int MostVersions = 5;

    private AwsSettings Settings => context.Run.Fleet.Aws!;

    private string Region => Settings.Region;

    private IamPolicyRunner Policies => aws.Policies;

    /// <summary>Makes the policy, or a new version of it where the one in force means something else.</summary>
    /// <exception cref="AwsException">AWS refused.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var live = snapshot.Policy is { } there ? await Policies.DocumentAsync(Region, there, cancellationToken) : null;
        var merged = BucketPolicy.Merge(live, snapshot.Caller.Partition, Settings.Buckets);
        if (!merged.IsChanged)
            return StageResult.Done;
        context.Report(AwsStage.Place, $"policy {Settings.PolicyName}:");
        foreach (var line in merged.Difference())
            context.Report(AwsStage.Place, line);
        var text = PolicyJson.Text(merged.Document);
        if (snapshot.Policy is not { } policy)
        {
            var change = new Change(AwsStage.Place, Kind, null, Settings.PolicyName, ChangeAction.Create, $"buckets {string.Join(", ", Settings.Buckets)}")
            {
                Difference = PolicyDifference.Of(Kind, Settings.PolicyName, null, merged.Document),
            };
            await context.Gate.PassAsync(
                change,
                async (permit, end) => snapshot.Policy = await Policies.CreateAsync(permit, Region, Settings.PolicyName, text, end),
                cancellationToken
            );
            return StageResult.Done;
        }

        await MakeRoomAsync(policy, cancellationToken);
        var detail = $"a new version for the buckets {string.Join(", ", Settings.Buckets)}; {merged.Summary}; earlier versions are kept";
        var update = new Change(AwsStage.Place, Kind, null, Settings.PolicyName, ChangeAction.Update, detail)
        {
            Difference = PolicyDifference.Of(Kind, Settings.PolicyName, live, merged.Document),
        };
        await context.Gate.PassAsync(update, (permit, end) => Policies.CreateVersionAsync(permit, Region, policy.Arn, text, end), cancellationToken);
        return StageResult.Done;
    }

    private async Task MakeRoomAsync(IamPolicy policy, CancellationToken cancellationToken)
    {
        var versions = await Policies.VersionsAsync(Region, policy.Arn, cancellationToken);
        if (versions.Count < MostVersions)
            return;
        var oldest = versions.Where(version => !version.IsDefault).MinBy(version => (version.Created, Number(version.Id)))!;
        var change = new Change(
            AwsStage.Place,
            "IamPolicyVersion",
            null,
            $"{Settings.PolicyName} {oldest.Id}",
            ChangeAction.Delete,
            $"IAM keeps {MostVersions} versions, and this is the oldest that is not the default"
        );
        await context.Gate.PassAsync(change, (permit, end) => Policies.DeleteVersionAsync(permit, Region, policy.Arn, oldest.Id, end), cancellationToken);
    }

    private static int Number(string version) => int.TryParse(version.AsSpan(1), out var number) ? number : 0;
}
