using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.Drain;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>
/// Whether data planes can be removed: they are drained, nothing there is unfinished, no execution label leads only to them, and the uninstallation
/// deletes no FlyteWorkflow. Once a cluster is out of clusterConfigs, Flyte can neither abort nor end an execution there.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="drain">What a removal has in common with a drain.</param>
internal sealed class RemovalCheck(FlyteContext context, IHelmValues values, DrainCheck drain)
{
    private readonly ProblemList _problems = context.Run.NewProblemList();

    /// <summary>Looks at everything that can be seen before a change.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>What is wrong; none where nothing is.</returns>
    /// <exception cref="KubernetesApiException">A cluster refused, or did not answer.</exception>
    /// <exception cref="Common.FlyteAdmin.FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    public async Task<ProblemList> ProblemsAsync(CancellationToken cancellationToken)
    {
        var loaded = await new LoadedClusterConfigs(context.Run, values).ReadAsync(cancellationToken);
        context.Run.State.Of<RemovedCredentials>().Look(loaded);
        await CheckNamesAsync(loaded, cancellationToken);
        CheckDisabled(loaded);
        if (!_problems.IsEmpty)
            return _problems;
        _problems.AddRange((await drain.ProblemsAsync(cancellationToken)).InOrder);
        await CheckRowsAsync(loaded, cancellationToken);
        await Task.WhenAll(
            context.Run.DataPlanes.Where(plane => plane.Failure is null).Select(plane => CheckPlaneAsync(plane, EntryOf(loaded, plane), cancellationToken))
        );
        return _problems;
    }

    private static ClusterEntry? EntryOf(ClusterConfigs? loaded, DataPlaneRun plane) => loaded?.Clusters.FirstOrDefault(entry => entry.Name == plane.Name);

    // A removal that was interrupted goes on after its cluster has left clusterConfigs; the record remembers it.
    private async Task CheckNamesAsync(ClusterConfigs? loaded, CancellationToken cancellationToken)
    {
        var unknown = context.Run.DataPlanes.Where(plane => context.Run.Drain!.Unknown.Contains(plane.Name) && EntryOf(loaded, plane) is null).ToArray();
        if (unknown.Length == 0)
            return;
        var recorded = await new DrainRecord(context.Run).ReadAsync(cancellationToken);
        string[] known = [.. (loaded?.Clusters ?? []).Where(entry => !entry.InCluster).Select(entry => entry.Name)];
        foreach (var plane in unknown.Where(plane => !recorded.ContainsKey(plane.Name)))
            _problems.Add(
                new Problem(
                    "--cluster",
                    $"Neither the fleet nor flyteadmin's clusterConfigs has a data plane '{plane.Name}'.",
                    Nearest.Remedy(plane.Name, [.. known.Union(context.Run.Drain!.Fleet.DataPlanes.Select(one => one.Name), StringComparer.Ordinal)])
                )
            );
    }

    private async Task CheckRowsAsync(ClusterConfigs? loaded, CancellationToken cancellationToken)
    {
        string[] only =
        [
            .. (loaded?.Labels ?? new Dictionary<string, IReadOnlyList<Common.Fleets.WeightedCluster>>())
                .Where(label => label.Value.Count > 0 && label.Value.All(member => context.Run.Drain!.Contains(member.Id)))
                .Select(label => label.Key),
        ];
        if (only.Length == 0 || context.Run.FlyteAdmin is not { } admin)
            return;
        var rows = await admin.ExecutionLabelsAsync(cancellationToken);
        foreach (var label in only)
        {
            string[] scopes = [.. rows.Where(row => row.Value == label).Select(row => row.Key.ToString()).Order(StringComparer.Ordinal)];
            if (scopes.Length > 0)
                _problems.Add(
                    new Problem(
                        $"label {label}",
                        $"FlyteAdmin has rows with it, and it has no other cluster: {string.Join(", ", scopes)}.",
                        "Give them another label in the fleet's executionLabels, and run UpdateExecutionClusterLabels first."
                    )
                );
        }
    }

    private void CheckDisabled(ClusterConfigs? loaded)
    {
        foreach (var plane in context.Run.DataPlanes.Where(plane => EntryOf(loaded, plane) is { Enabled: true }))
            _problems.Add(
                new Problem(
                    plane.Name,
                    "It is enabled in clusterConfigs and gets executions.",
                    $"Drain it first: {SuggestedCommand.Target(nameof(DrainDataPlane), context.Options)}"
                )
            );
    }

    private async Task CheckPlaneAsync(DataPlaneRun plane, ClusterEntry? entry, CancellationToken cancellationToken)
    {
        if (plane.LeftOutReason is { } away)
            await CheckAwayAsync(plane, away, cancellationToken);
        else
            await CheckReachableAsync(plane, entry, cancellationToken);
    }

    private async Task CheckAwayAsync(DataPlaneRun plane, string away, CancellationToken cancellationToken)
    {
        if (!context.Options.Unreachable)
        {
            _problems.Add(
                new Problem(
                    plane.Name,
                    $"It does not answer, so what it has cannot be removed, and it is not known what still runs there: {away.TrimEnd('.')}.",
                    "Run again when it answers. If it is gone for good: --unreachable removes it from the control plane alone."
                )
            );
            return;
        }

        if (context.Run.FlyteAdmin is { } admin && await new UnfinishedExecutions(admin, plane).ListAsync(cancellationToken) is { Count: > 0 } left)
            context.Journal.Add(
                $"{plane.Name} does not answer and is removed all the same (--unreachable). FlyteAdmin goes on to show "
                    + $"{UnfinishedExecutions.Describe(left, plane.Api.Time.GetUtcNow())}; nothing can end or abort them any more."
            );
        context.Journal.Add(
            $"What stays on {plane.Name}, if it still exists: namespace {context.Run.Namespace} with release {plane.Release} and the token Secret, the "
                + "FlyteWorkflow CRD, the ClusterRoles of Flyte, the namespaces of projects; and its identity in the cloud's policies."
        );
    }

    private async Task CheckReachableAsync(DataPlaneRun plane, ClusterEntry? entry, CancellationToken cancellationToken)
    {
        if (context.Options.Unreachable)
            _problems.Add(
                new Problem("--unreachable", $"{plane.Name} answers.", "Leave it out: then what is in the cluster is removed too, and what runs is not lost.")
            );
        if (context.Run.Drain!.Unknown.Contains(plane.Name) && entry is not null && !TwoNames.SameEndpoint(entry.Endpoint, plane.Endpoint))
            _problems.Add(
                new Problem(
                    plane.Name,
                    $"The kubeconfig's context '{plane.Context}' is another cluster ({plane.Endpoint}) than clusterConfigs has under this name "
                        + $"({entry.Endpoint}).",
                    $"Name it in the fleet for this run: dataPlanes: {{name: {plane.Name}, context: …, enabled: false}}."
                )
            );
        if (context.Run.FlyteAdmin is { } admin && await new UnfinishedExecutions(admin, plane).ListAsync(cancellationToken) is { Count: > 0 } left)
            _problems.Add(
                new Problem(
                    plane.Name,
                    $"It has {UnfinishedExecutions.Describe(left, plane.Api.Time.GetUtcNow())}. Once it is out of clusterConfigs, nothing can end or "
                        + "abort them.",
                    $"Wait for them, or abort them: {SuggestedCommand.Target(nameof(DrainDataPlane), context.Options)} --abort-executions"
                )
            );
        else if (!context.Options.AcceptCrdDeletion && await WorkflowsAsync(plane, cancellationToken) is > 0 and var count)
            _problems.Add(WorkflowsLeft(plane, count));
    }

    /// <summary>How many FlyteWorkflow objects a cluster has, ended ones included.</summary>
    /// <param name="plane">The data plane.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task<int> WorkflowsAsync(DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return (await plane.Api.ListMetadataAsync(UnfinishedWorkflows.Path, cancellationToken)).Count;
    }

    /// <summary>That an uninstallation would delete FlyteWorkflow objects.</summary>
    /// <param name="plane">The data plane.</param>
    /// <param name="count">How many there are.</param>
    public static Problem WorkflowsLeft(DataPlaneRun plane, int count)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return new Problem(
            plane.Name,
            $"It has {count} FlyteWorkflow {(count == 1 ? "object of an execution that has ended" : "objects of executions that have ended")}, and the "
                + "uninstallation deletes the FlyteWorkflow CRD with them.",
            "Wait until flytepropeller has deleted them, or give --accept-crd-deletion."
        );
    }
}
