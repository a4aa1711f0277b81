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
/// <param name="log">Receives what is reported.</param>
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
        var view = new AwsView(run, options, tools, cancellationToken);
        Allowed(await view.LoginAsync());
        using var reader = new AwsReader(run, view, tools, eksctl, options);
        return await reader.RolesAsync(cancellationToken);
    }

    /// <summary>The caller identity in AWS: one of the fleet's account.</summary>
    /// <exception cref="RefusedException">The AWS CLI is missing, there is no login, or it is of another account.</exception>
    public async Task<CallerIdentity> LoginAsync(AwsSettings settings, CancellationToken cancellationToken)
    {
        return Allowed(await AwsLogin.TryAsync(tools, settings, cancellationToken));
    }

    private static CallerIdentity Allowed(AwsLogin login) => login.Problem is { } problem ? throw new RefusedException([problem]) : login.Caller!;

    private async Task<AwsSnapshot> ReadAsync(FleetRun run, CancellationToken cancellationToken)
    {
        // Alone and first: without a login every other call would report the same once more.
        var view = new AwsView(run, options, tools, cancellationToken);
        var caller = Allowed(await view.LoginAsync());
        using var reader = new AwsReader(run, view, tools, eksctl, options);
        var snapshot = await reader.ReadAsync(caller, cancellationToken);
        log.Report("aws", $"account {caller.Account} as {caller.Arn}; EKS clusters: {string.Join(", ", snapshot.Clusters.Select(cluster => cluster.Name))}");
        return snapshot;
    }
}
