using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>One reading of what there is of new clusters: as many calls at a time as the run allows, and all their problems at once.</summary>
internal sealed class NewClusterReader(FlyteContext context, AwsSettings settings, AwsTools aws, EksctlRunner eksctl)
{
    private readonly ProblemList _problems = context.Run.NewProblemList();
    private readonly CloudTurns _turns = new(context.Options.Parallelism);

    /// <summary>Whether node groups are created too.</summary>
    public bool WithNodes => context.WillRun(nameof(CreateNodeGroup));

    /// <summary>Reads and checks clusters.</summary>
    /// <param name="states">The clusters, which get what there is of them.</param>
    /// <param name="kubeconfig">The run's kubeconfig, as it is being read.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public async Task ReadAsync(IReadOnlyList<NewClusterState> states, Task<Kubeconfig> kubeconfig, CancellationToken cancellationToken)
    {
        var providers = WithNodes
            ? TryAsync("OIDC providers", async () => await aws.Providers.ListAsync(settings.Region, cancellationToken), cancellationToken)
            : null;
        await Task.WhenAll([
            .. states.Select(state => TryAsync(state.Plane, () => ReadAsync(state, cancellationToken), cancellationToken)),
            providers ?? Task.CompletedTask,
        ]);
        foreach (var state in states)
            state.Providers = providers?.Result ?? [];
        await CheckContextsAsync(states, kubeconfig);
        CheckOrder(states);
        CheckEksctl(states);
        _problems.Refuse();
    }

    private async Task<T?> TryAsync<T>(string place, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _turns.RunAsync(read, cancellationToken);
        }
        catch (AwsException exception)
        {
            _problems.Add(new Problem(place, exception.Message, "It must be readable, even for a plan."));
            return default;
        }
    }

    private async Task<NewClusterState> ReadAsync(NewClusterState state, CancellationToken cancellationToken)
    {
        await state.ReadClusterAsync(aws, cancellationToken);
        if (!state.IsClusterAbsent && WithNodes)
            await state.ReadNodeGroupAsync(aws, cancellationToken);
        var isNodeless = WithNodes && state.IsNodeGroupAbsent;
        var isForeign = state is { IsForeign: true, ClusterFailure: null } and ({ Cluster.IsActive: true } or { Cluster.Vpc: not null });
        if (state.IsClusterAbsent || (isNodeless && isForeign))
            await CheckSubnetsAsync(state, cancellationToken);
        if (isNodeless && state is { Cluster.IsActive: true })
        {
            await state.ReadApiAsync(cancellationToken);
            await state.ReadAddonsAsync(aws, cancellationToken);
        }

        return state;
    }

    private async Task CheckSubnetsAsync(NewClusterState state, CancellationToken cancellationToken)
    {
        await state.ReadSubnetsAsync(aws, cancellationToken);
        var subnets = state.Subnets;
        var missing = state.Spec.PrivateSubnets.Except(subnets.Select(subnet => subnet.Id), StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            _problems.Add(
                new Problem(
                    state.Plane,
                    $"There is no subnet {string.Join(", ", missing)} in {state.Region}.",
                    $"Correct 'privateSubnets' or 'region' in the fleet: 'aws ec2 describe-subnets --region {state.Region}' lists the ids."
                )
            );
        else if (subnets.Select(subnet => subnet.Vpc).Distinct(StringComparer.Ordinal).Count() > 1)
            _problems.Add(
                new Problem(
                    state.Plane,
                    $"Its subnets are in several VPCs: {FormatList(subnets, subnet => subnet.Vpc)}.",
                    "Name subnets of one VPC in 'privateSubnets'."
                )
            );
        else if (subnets.Select(subnet => subnet.Zone).Distinct(StringComparer.Ordinal).Count() < 2)
            _problems.Add(
                new Problem(
                    state.Plane,
                    $"All its subnets are in one availability zone: {FormatList(subnets, subnet => subnet.Zone)}.",
                    "EKS needs two zones: add a subnet of another one to 'privateSubnets'."
                )
            );
        else if (state.IsForeign)
            CheckVpc(state);
    }

    // eksctl takes subnets, VPC and security group from us where it did not make the cluster.
    private void CheckVpc(NewClusterState state)
    {
        if (state.Vpc is not { } vpc)
            _problems.Add(new Problem(state.Plane, state.NoVpc, NewClusterState.NoVpcRemedy));
        else if (state.Subnets[0].Vpc != vpc.Id)
            _problems.Add(
                new Problem(
                    state.Plane,
                    $"Its subnets are in VPC {state.Subnets[0].Vpc}, and EKS cluster '{state.Name}', which eksctl did not create, is in {vpc.Id}.",
                    $"Name private subnets of {vpc.Id} in 'privateSubnets': "
                        + $"aws ec2 describe-subnets --region {SuggestedCommand.Quoted(state.Region)} --filters Name=vpc-id,Values={vpc.Id} lists them."
                )
            );
    }

    private async Task CheckContextsAsync(IEnumerable<NewClusterState> states, Task<Kubeconfig> reading)
    {
        try
        {
            var kubeconfig = await reading;
            foreach (var state in states)
            {
                foreach (var problem in kubeconfig.Check(context, state, context.Run.DataPlanes.Single(plane => plane.Name == state.Plane).Context))
                    _problems.Add(problem);
            }
        }
        catch (Exception exception) when (exception is KubectlException or FormatException)
        {
            _problems.Add(new Problem("kubeconfig", exception.Message, "Correct it, or name another with --kubeconfig=PATH."));
        }
    }

    // With --exclusive CreateNodeGroup makes no cluster.
    private void CheckOrder(IEnumerable<NewClusterState> states)
    {
        foreach (var state in states.Where(state => state.IsClusterAbsent && !context.WillRun(nameof(CreateCluster))))
            _problems.Add(new Problem(state.Plane, $"There is no EKS cluster '{state.Name}' in {state.Region} yet.", "Run without --exclusive."));
    }

    private void CheckEksctl(IEnumerable<NewClusterState> states)
    {
        string[] needed =
        [
            .. states.Where(state => state.IsClusterAbsent).Select(state => $"EKS cluster {state.Name}"),
            .. states.Where(state => WithNodes && state.IsNodeGroupAbsent).Select(state => $"node group {state.Spec.NodeGroup.Name} of {state.Name}"),
        ];
        if (needed.Length > 0 && context.Options.WithoutEksctl)
            _problems.Add(
                new Problem(
                    "--without-eksctl",
                    $"Clusters and node groups are created with eksctl only, and it would have to create {string.Join(", ", needed)}.",
                    "Leave the option out; or create them yourself, and remove 'create' from the fleet."
                )
            );
        string[] also = context.Options.WithoutEksctl
            ? []
            : [.. needed, .. states.Where(state => WithNodes && !state.HasProvider).Select(state => $"the OIDC provider of {state.Plane}")];
        if (also.Length > 0 && !eksctl.IsOnPath)
            _problems.Add(
                new Problem("eksctl", $"It is not on PATH, and it is needed to create {string.Join(", ", also)}.", "Install it (https://eksctl.io).")
            );
    }

    private static string FormatList(IEnumerable<Subnet> subnets, Func<Subnet, string> of) =>
        string.Join(", ", subnets.Select(subnet => $"{subnet.Id} in {of(subnet)}"));
}
