using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Retries;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Gcloud;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>
/// Adds the members that are missing, one at a time for each Google service account, and leaves all others. gcloud writes a policy with the etag that it
/// read; where somebody else wrote in between, the policy is read and the member added again. Afterwards the policy is read back.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="snapshot">Google Cloud as it is.</param>
/// <param name="gcloud">The gcloud commands.</param>
internal sealed class WorkloadBinding(FlyteContext context, GoogleSnapshot snapshot, GcloudTools gcloud)
{
    private const string Kind = "WorkloadIdentityBinding";
    private const int Rounds = 4;

    private ServiceAccountRunner Accounts => gcloud.ServiceAccounts;

    /// <summary>Binds, all Google service accounts at once.</summary>
    /// <exception cref="InvalidOperationException">Some could not be bound: all of them are named.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var results = snapshot.Required.Select(wanted => BindAsync(wanted, cancellationToken)).ToArray();
        try
        {
            await Task.WhenAll(results);
        }
        catch (Exception exception) when (exception is GcloudException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                string.Join(' ', results.Where(result => result.IsFaulted).Select(result => result.Exception!.InnerException!.Message)),
                exception
            );
        }

        return StageResult.Done;
    }

    private async Task BindAsync(RequiredMembers wanted, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var missing = snapshot.Missing(wanted);
            if (missing.Count == 0)
                return;
            if (round > 0)
                context.Report(
                    GoogleStage.Place,
                    $"{wanted.Account}: somebody else wrote its policy at the same time, without the members that were added; adding them again"
                );
            foreach (var member in missing)
            {
                var change = new Change(GoogleStage.Place, Kind, null, wanted.Account, ChangeAction.Create, $"+ {member}");
                await context.Gate.PassAsync(change, (permit, end) => AddAsync(permit, wanted.Account, member, end), cancellationToken);
            }

            if (!context.Gate.IsOpen)
                return;
            await ReadAsync(wanted.Account, cancellationToken);
        }

        if (snapshot.Missing(wanted) is { Count: > 0 } still)
            throw new InvalidOperationException(
                $"The policy of {wanted.Account} does not stay as written: somebody else keeps overwriting it without its etag, and "
                    + $"{string.Join(", ", still)} is gone again. Find out who, and run again."
            );
    }

    private Task AddAsync(ChangePermit permit, string account, string member, CancellationToken cancellationToken)
    {
        var hasMetAnother = false;
        return RetryPolicy.PolicyConflict.RunAsync(
            async () =>
            {
                if (hasMetAnother && (await ReadAsync(account, cancellationToken)).Members(RequiredMembers.Role).Contains(member))
                    return;
                await Accounts.CreateBindingAsync(permit, Project(account), account, RequiredMembers.Role, member, cancellationToken);
            },
            (GcloudException exception) => hasMetAnother = exception.IsConflict,
            gcloud.Time,
            cancellationToken
        );
    }

    private async Task<ServiceAccountPolicy> ReadAsync(string account, CancellationToken cancellationToken) =>
        snapshot.Policies[account] =
            await Accounts.PolicyAsync(Project(account), account, cancellationToken)
            ?? throw new InvalidOperationException($"{account} is gone: somebody deleted it. Create it again, and run again.");

    private string Project(string account) => ServiceAccountRunner.ProjectOf(account, context.Run.Fleet.Gcp!.Project);
}
