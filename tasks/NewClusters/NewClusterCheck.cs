using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>
/// Reads what there is of the clusters that the fleet says how to create, once a run and all at once; refuses what cannot work, and asks before
/// anything that costs money is created.
/// </summary>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands, of which none runs here.</param>
/// <param name="kubectl">The kubectl commands.</param>
/// <param name="login">Checks the login to AWS.</param>
/// <param name="terminal">Whom the run may ask.</param>
public sealed class NewClusterCheck(AwsTools aws, EksctlRunner eksctl, KubectlTools kubectl, AwsCheck login, ITerminal terminal)
{
    /// <summary>Reads, checks and asks, unless this run has already.</summary>
    /// <returns>The clusters, by the data planes' fleet names.</returns>
    /// <exception cref="RefusedException">Something is wrong: all of it; or the answer was no.</exception>
    public Task<IReadOnlyDictionary<string, NewClusterState>> EnsureAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Run.State.Of<NewClusterReadings>().States.GetAsync(() => ReadAsync(context, cancellationToken));
    }

    private async Task<IReadOnlyDictionary<string, NewClusterState>> ReadAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        var settings = context.Run.Fleet.Aws!;
        NewClusterState[] states =
        [
            .. context
                .Run.DataPlanes.Where(plane => plane.Spec.Cluster?.Create is not null)
                .Select(plane => new NewClusterState
                {
                    Plane = plane.Name,
                    Name = plane.Spec.Cluster!.Name,
                    Region = plane.Spec.Cluster.Region ?? settings.Region,
                    Spec = plane.Spec.Cluster.Create!,
                }),
        ];
        if (states.Length == 0)
            return new Dictionary<string, NewClusterState>(StringComparer.Ordinal);
        var caller = await login.LoginAsync(settings, cancellationToken);
        var reader = new NewClusterReader(context, settings, aws, eksctl);
        await reader.ReadAsync(states, NewContexts.ReadAsync(context.Run, kubectl, cancellationToken), cancellationToken);
        context.Report("aws", $"account {caller.Account} as {caller.Arn}");
        await new Approval(context, terminal).EnsureAsync(states, reader.WithNodes, cancellationToken);
        return states.ToDictionary(state => state.Plane, StringComparer.Ordinal);
    }
}
