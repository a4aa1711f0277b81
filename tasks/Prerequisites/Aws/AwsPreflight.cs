using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>
/// The checks of AWS before the first change, once a run and all at once: a wrong account, a cluster that is not there, a trust policy that would be too
/// long or a missing tool refuse the run. What the checks have read is what the stages then work with.
/// </summary>
/// <param name="services">What the checks look with.</param>
public sealed class AwsPreflight(CheckServices services)
{
    /// <summary>Checks and reads AWS, unless this run has already.</summary>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public Task<AwsSnapshot> EnsureAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Run.State.Of<AwsReadings>().Snapshot.GetAsync(() => ReadAsync(context, cancellationToken));
    }

    private async Task<AwsSnapshot> ReadAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        var shared = new CheckContext(context, services, CheckTime.BeforeChange, cancellationToken);
        var aws = shared.Aws!;
        await new Preflight(context.Journal, new ProblemList(aws.Places)).RunAsync(shared, PreflightChecks.OfAws, cancellationToken);

        // Nothing is read here that the checks have not read.
        var snapshot = (await aws.SnapshotAsync())!;
        snapshot.ProvidersWithoutClientId = await WithoutClientIdAsync(aws, snapshot);
        context.Report(
            AwsStage.Place,
            $"account {snapshot.Caller.Account} as {snapshot.Caller.Arn}; EKS clusters: {string.Join(", ", snapshot.Clusters.Select(cluster => cluster.Name))}"
        );
        return snapshot;
    }

    private static async Task<IReadOnlyList<string>> WithoutClientIdAsync(AwsView aws, AwsSnapshot snapshot)
    {
        var providers = snapshot.Clusters.Select(snapshot.Provider).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        var ids = await Task.WhenAll(providers.Select(aws.ClientIdsAsync));
        return
        [
            .. providers
                .Zip(ids)
                .Where(one => one.Second is { } known && !known.Contains(TrustedCluster.Audience, StringComparer.Ordinal))
                .Select(one => one.First),
        ];
    }
}
