using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Clusters and nodes cost money: what will be created is listed, and somebody has to say yes before the first write.</summary>
/// <param name="context">The run.</param>
/// <param name="terminal">Whom the run may ask.</param>
internal sealed class Approval(FlyteContext context, ITerminal terminal)
{
    /// <summary>Lists and asks; does neither where nothing that costs money is to be created, or with the gate closed.</summary>
    /// <param name="states">The clusters.</param>
    /// <param name="withNodes">Whether node groups are created too.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    /// <exception cref="RefusedException">The answer was no, or there is nobody to ask.</exception>
    public async Task EnsureAsync(IReadOnlyList<NewClusterState> states, bool withNodes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (!context.Gate.IsOpen)
            return;
        (string Plane, string What)[] wanted =
        [
            .. states.Where(state => state.IsClusterAbsent).Select(state => (state.Plane, $"EKS cluster {state.Name}: {state.ClusterDetail}")),
            .. states
                .Where(state => withNodes && HasNodesToCome(state))
                .Select(state => (state.Plane, $"node group {state.Spec.NodeGroup.Name}: {state.NodeGroupDetail}")),
        ];
        if (wanted.Length == 0)
            return;
        string[] list =
        [
            "To be created, and billed from then on:",
            .. wanted.Select(one => $"  [{one.Plane}] {one.What}"),
            .. states
                .Where(state => withNodes && HasNodesToCome(state) && state.AddonWarning is not null)
                .Select(state => $"  [{state.Plane}] {state.AddonWarning}"),
        ];
        if (context.Options.Yes || !terminal.IsThere)
        {
            foreach (var line in list)
                context.Log.Information("{0}", line);
            if (!context.Options.Yes)
                throw new RefusedException([
                    new Problem(
                        "--yes",
                        "Clusters and nodes cost money, and there is no terminal to ask at.",
                        "Look at the list above, or at what --plan shows, then give --yes."
                    ),
                ]);
            return;
        }

        // In the question itself: it stands there with --verbosity=Quiet too.
        var answer = await terminal.AskAsync($"{string.Join('\n', list)}\nCreate these? [y/N] ", cancellationToken);
        if (answer?.Trim() is not ("y" or "Y" or "yes" or "Yes" or "YES"))
            throw new RefusedException([new Problem("CreateCluster", "The answer was no.", "Answer y, or give --yes, to create them.")]);
    }

    private static bool HasNodesToCome(NewClusterState state) => state is { IsNodeGroupAbsent: true, ClusterFailure: null, ApiFailure: null };
}
