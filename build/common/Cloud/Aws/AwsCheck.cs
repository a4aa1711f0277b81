using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>
/// Reads what the stages on AWS need, once a run and all at once, and refuses what cannot work: a wrong account, a cluster that is not there, a trust
/// policy that would be too long, a missing tool. It only reads.
/// </summary>
/// <param name="tools">The aws commands.</param>
/// <param name="eksctl">The eksctl commands, of which none runs here.</param>
/// <param name="options">The options.</param>
/// <param name="log">Gets what is reported.</param>
public sealed class AwsCheck(AwsTools tools, EksctlRunner eksctl, RunOptions options, ICakeLog log)
{
    /// <summary>Why there is nothing to do outside of AWS.</summary>
    public const string NoAws = "the fleet is not on AWS (cloud: {provider: aws})";

    /// <summary>Reads AWS, unless this run has already.</summary>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public Task<AwsSnapshot> EnsureAsync(FleetRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.State.Of<AwsReadings>().Snapshot.GetAsync(() => ReadAsync(run, cancellationToken));
    }

    /// <summary>Reads the roles that are there, by name, and nothing else: all that values need of AWS.</summary>
    /// <exception cref="RefusedException">There is no login, or a role cannot be read: all of it.</exception>
    public async Task<IReadOnlyDictionary<string, IamRole>> RolesAsync(FleetRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        await LoginAsync(run.Fleet.Aws!, cancellationToken);
        using var reader = new AwsReader(run, tools, eksctl, options);
        return await reader.RolesAsync(cancellationToken);
    }

    /// <summary>The caller identity in AWS: one of the fleet's account.</summary>
    /// <exception cref="RefusedException">The AWS CLI is missing, there is no login, or it is of another account.</exception>
    public async Task<CallerIdentity> LoginAsync(AwsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!tools.IsOnPath)
            throw new RefusedException([new Problem("aws", "The AWS CLI is not on PATH, and the fleet says provider: aws.", "Install it (https://aws.amazon.com/cli), or write cloud: {provider: none} and keep the roles yourself.")]);
        CallerIdentity caller;
        try
        {
            caller = await tools.Sts.CallerAsync(settings.Region, cancellationToken);
        }
        catch (AwsException exception)
        {
            throw new RefusedException([new Problem("aws", exception.Message, "'aws sts get-caller-identity' must work in this shell.")]);
        }

        if (settings.AccountId is { } account && account != caller.Account)
            throw new RefusedException([new Problem("aws", $"The login belongs to account {caller.Account} ({caller.Arn}), and the fleet says accountId {account}.", "Log in to the fleet's account (AWS_PROFILE), or correct cloud.accountId.")]);
        return caller;
    }

    private async Task<AwsSnapshot> ReadAsync(FleetRun run, CancellationToken cancellationToken)
    {
        // Alone and first: without a login every other call would report the same once more.
        var caller = await LoginAsync(run.Fleet.Aws!, cancellationToken);
        using var reader = new AwsReader(run, tools, eksctl, options);
        var snapshot = await reader.ReadAsync(caller, cancellationToken);
        log.Report("aws", $"account {caller.Account} as {caller.Arn}; EKS clusters: {string.Join(", ", snapshot.Clusters.Select(cluster => cluster.Name))}");
        return snapshot;
    }
}
