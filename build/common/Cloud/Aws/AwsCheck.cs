using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>Reads of AWS without which the run is refused, for who needs no more of it.</summary>
/// <param name="tools">The aws commands.</param>
/// <param name="options">The options.</param>
public sealed class AwsCheck(AwsTools tools, RunOptions options)
{
    /// <summary>Why there is nothing to do outside of AWS.</summary>
    public const string NoAws = "the fleet is not on AWS (cloud: {provider: aws})";

    /// <summary>The roles that are there, by name: all that values need of AWS. What the run has read already is not read again.</summary>
    /// <exception cref="RefusedException">There is no login, or a role cannot be read: all of it.</exception>
    public async Task<IReadOnlyDictionary<string, IamRole>> RolesAsync(FleetRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.State.Of<AwsReadings>().Snapshot.Value is { } snapshot)
            return snapshot.Roles;
        var view = AwsView.OfRun(run, options, tools, cancellationToken);
        Allowed(await view.LoginAsync());
        try
        {
            return await view.RolesAsync();
        }
        catch (AwsException)
        {
            var problems = new ProblemList(view.Places);
            problems.AddRange(view.Unreadable);
            throw new RefusedException(problems.InOrder);
        }
    }

    /// <summary>The caller identity in AWS: one of the fleet's account.</summary>
    /// <exception cref="RefusedException">The AWS CLI is missing, there is no login, or it is of another account.</exception>
    public async Task<CallerIdentity> LoginAsync(AwsSettings settings, CancellationToken cancellationToken) =>
        Allowed(await AwsLogin.TryAsync(tools, settings, cancellationToken));

    private static CallerIdentity Allowed(AwsLogin login) => login.Problem is { } problem ? throw new RefusedException([problem]) : login.Caller!;
}
