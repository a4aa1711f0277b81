using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>Reads the cloud identities of Flyte's Kubernetes service accounts.</summary>
/// <param name="aws">Reads AWS.</param>
/// <param name="gate">Whether this is a plan.</param>
public sealed class CloudIdentityReader(AwsCheck aws, IChangeGate gate)
{
    /// <summary>
    /// The identities of the fleet, for values that are written now. ARNs are read from IAM, never made up: in a plan, what stands for a role that is not
    /// there yet says so.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <returns>The identities; null where the fleet has no cloud.</returns>
    /// <exception cref="InvalidOperationException">A role is not there, and this is no plan.</exception>
    /// <exception cref="RefusedException">AWS cannot be worked on.</exception>
    public Task<CloudIdentities?> OfAsync(FleetRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return OfAsync(run, Missing, cancellationToken);

        string Missing(string role) =>
            gate.IsOpen
                ? throw new InvalidOperationException(
                    $"There is no role {role} yet, and the values need its ARN. Run {TargetNames.Prerequisites}, or {TargetNames.AddDataPlane}, first."
                )
                : CloudIdentities.KnownAfterApply(role);
    }

    /// <summary>The identities as they will be, for checks before the first write: roles may be made by then.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <returns>The identities; null where the fleet has no cloud.</returns>
    /// <exception cref="RefusedException">AWS cannot be worked on.</exception>
    public Task<CloudIdentities?> ForeseenAsync(FleetRun run, CancellationToken cancellationToken) =>
        OfAsync(run, CloudIdentities.KnownAfterApply, cancellationToken);

    private async Task<CloudIdentities?> OfAsync(FleetRun run, Func<string, string> missing, CancellationToken cancellationToken)
    {
        if (run.Fleet.Gcp is { } gcp)
            return CloudIdentities.OfAccounts(gcp);
        if (run.Fleet.Aws is not { } settings)
            return null;
        var roles = await aws.RolesAsync(run, cancellationToken);
        return CloudIdentities.OfRoles(settings, name => roles.GetValueOrDefault(name)?.Arn ?? missing(name));
    }
}
