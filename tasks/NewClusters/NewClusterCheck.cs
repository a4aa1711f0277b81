using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>
/// Reads what there is of the clusters that the fleet says how to create, once a run and all at once; refuses what cannot work, and asks before
/// anything that costs money is created.
/// </summary>
public sealed class NewClusterCheck
{
    private readonly FlyteContext _context;
    private readonly AwsSettings _aws;
    private readonly ConcurrentQueue<Problem> _problems = new();

    private NewClusterCheck(FlyteContext context, AwsSettings aws) => (_context, _aws) = (context, aws);

    private bool WithNodes => _context.WillRun(nameof(CreateNodeGroup));

    /// <summary>Reads, checks and asks, unless this run has already.</summary>
    /// <returns>The clusters, by the data planes' fleet names.</returns>
    /// <exception cref="RefusedException">Something is wrong: all of it; or the answer was no.</exception>
    public static Task<IReadOnlyDictionary<string, NewClusterState>> EnsureAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Run.State.Of<NewClusterReadings>().States.GetAsync(() => new NewClusterCheck(context, context.Run.Fleet.Aws!).ReadAsync(cancellationToken));
    }

    private async Task<IReadOnlyDictionary<string, NewClusterState>> ReadAsync(CancellationToken cancellationToken)
    {
        NewClusterState[] states =
        [
            .. _context.Run.DataPlanes.Where(plane => plane.Spec.Cluster?.Create is not null).Select(plane => new NewClusterState
            {
                Plane = plane.Name,
                Name = plane.Spec.Cluster!.Name,
                Region = plane.Spec.Cluster.Region ?? _aws.Region,
                Spec = plane.Spec.Cluster.Create!,
            }),
        ];
        if (states.Length == 0)
            return new Dictionary<string, NewClusterState>(StringComparer.Ordinal);
        var caller = await AwsCheck.LoginAsync(_context, _aws, cancellationToken);
        using var atOnce = new SemaphoreSlim(_context.Options.Parallelism);
        var kubeconfig = NewContexts.ReadAsync(_context, cancellationToken);
        var providers = WithNodes ? TryAsync("OIDC providers", async () => await _context.Aws.Providers.ListAsync(_aws.Region, cancellationToken), atOnce, cancellationToken) : null;
        await Task.WhenAll([.. states.Select(state => TryAsync(state.Plane, () => ReadAsync(state, cancellationToken), atOnce, cancellationToken)), providers ?? Task.CompletedTask]);
        foreach (var state in states)
            state.Providers = providers?.Result ?? [];
        await CheckContextsAsync(states, kubeconfig);
        CheckOrder(states);
        CheckEksctl(states);
        if (!_problems.IsEmpty)
            throw new RefusedException([.. _problems]);
        _context.Report("aws", $"account {caller.Account} as {caller.Arn}");
        await new Approval(_context).EnsureAsync(states, WithNodes, cancellationToken);
        return states.ToDictionary(state => state.Plane, StringComparer.Ordinal);
    }

    private async Task<NewClusterState> ReadAsync(NewClusterState state, CancellationToken cancellationToken)
    {
        await state.ReadClusterAsync(_context.Aws, cancellationToken);
        if (!state.IsClusterAbsent && WithNodes)
            await state.ReadNodeGroupAsync(_context.Aws, cancellationToken);
        var isNodeless = WithNodes && state.IsNodeGroupAbsent;
        var isForeign = state is { IsForeign: true, ClusterFailure: null } and ({ Cluster.IsActive: true } or { Cluster.Vpc: not null });
        if (state.IsClusterAbsent || (isNodeless && isForeign))
            await CheckSubnetsAsync(state, cancellationToken);
        if (isNodeless && state is { Cluster.IsActive: true })
        {
            await state.ReadApiAsync(cancellationToken);
            await state.ReadAddonsAsync(_context.Aws, cancellationToken);
        }

        return state;
    }

    private async Task CheckSubnetsAsync(NewClusterState state, CancellationToken cancellationToken)
    {
        await state.ReadSubnetsAsync(_context.Aws, cancellationToken);
        var subnets = state.Subnets;
        var missing = state.Spec.PrivateSubnets.Except(subnets.Select(subnet => subnet.Id), StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            _problems.Enqueue(new Problem(state.Plane, $"There is no subnet {string.Join(", ", missing)} in {state.Region}.", $"Correct 'privateSubnets' or 'region' in the fleet: 'aws ec2 describe-subnets --region {state.Region}' lists the ids."));
        else if (subnets.Select(subnet => subnet.Vpc).Distinct(StringComparer.Ordinal).Count() > 1)
            _problems.Enqueue(new Problem(state.Plane, $"Its subnets are of several VPCs: {FormatList(subnets, subnet => subnet.Vpc)}.", "Name subnets of one VPC in 'privateSubnets'."));
        else if (subnets.Select(subnet => subnet.Zone).Distinct(StringComparer.Ordinal).Count() < 2)
            _problems.Enqueue(new Problem(state.Plane, $"All its subnets are in one availability zone: {FormatList(subnets, subnet => subnet.Zone)}.", "EKS needs two zones: add a subnet of another one to 'privateSubnets'."));
        else if (state.IsForeign)
            CheckVpc(state);
    }

    // eksctl takes subnets, VPC and security group from us where it did not make the cluster.
    private void CheckVpc(NewClusterState state)
    {
        if (state.Vpc is not { } vpc)
            _problems.Enqueue(new Problem(state.Plane, state.NoVpc, NewClusterState.NoVpcRemedy));
        else if (state.Subnets[0].Vpc != vpc.Id)
            _problems.Enqueue(new Problem(
                state.Plane,
                $"Its subnets are in VPC {state.Subnets[0].Vpc}, and EKS cluster '{state.Name}', which eksctl did not make, is in {vpc.Id}.",
                $"Name private subnets of {vpc.Id} in 'privateSubnets': "
                    + $"aws ec2 describe-subnets --region {SuggestedCommand.Quoted(state.Region)} --filters Name=vpc-id,Values={vpc.Id} lists them."));
    }

    private async Task CheckContextsAsync(IEnumerable<NewClusterState> states, Task<Kubeconfig> reading)
    {
        try
        {
            var kubeconfig = await reading;
            foreach (var state in states)
            {
                foreach (var problem in kubeconfig.Check(_context, state, _context.Run.DataPlanes.Single(plane => plane.Name == state.Plane).Context))
                    _problems.Enqueue(problem);
            }
        }
        catch (Exception exception) when (exception is KubectlException or FormatException)
        {
            _problems.Enqueue(new Problem("kubeconfig", exception.Message, "Correct it, or name another with --kubeconfig=PATH."));
        }
    }

    // With --exclusive CreateNodeGroup makes no cluster.
    private void CheckOrder(IEnumerable<NewClusterState> states)
    {
        foreach (var state in states.Where(state => state.IsClusterAbsent && !_context.WillRun(nameof(CreateCluster))))
            _problems.Enqueue(new Problem(state.Plane, $"There is no EKS cluster '{state.Name}' in {state.Region} yet.", "Run without --exclusive."));
    }

    private void CheckEksctl(IEnumerable<NewClusterState> states)
    {
        string[] needed =
        [
            .. states.Where(state => state.IsClusterAbsent).Select(state => $"EKS cluster {state.Name}"),
            .. states.Where(state => WithNodes && state.IsNodeGroupAbsent).Select(state => $"node group {state.Spec.NodeGroup.Name} of {state.Name}"),
        ];
        if (needed.Length > 0 && _context.Options.WithoutEksctl)
            _problems.Enqueue(new Problem("--without-eksctl", $"Clusters and node groups are created with eksctl only, and it would have to create {string.Join(", ", needed)}.", "Leave the option out; or make them yourself, and remove 'create' from the fleet."));
        string[] also = _context.Options.WithoutEksctl ? [] : [.. needed, .. states.Where(state => WithNodes && !state.HasProvider).Select(state => $"the OIDC provider of {state.Plane}")];
        if (also.Length > 0 && !_context.Eksctl.IsOnPath)
            _problems.Enqueue(new Problem("eksctl", $"It is not on PATH, and it is needed to create {string.Join(", ", also)}.", "Install it (https://eksctl.io)."));
    }

    private async Task<T?> TryAsync<T>(string place, Func<Task<T>> read, SemaphoreSlim atOnce, CancellationToken cancellationToken)
    {
        await atOnce.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        catch (AwsException exception)
        {
            _problems.Enqueue(new Problem(place, exception.Message, "It must be readable, even for a plan."));
            return default;
        }
        finally
        {
            atOnce.Release();
        }
    }

    private static string FormatList(IEnumerable<Subnet> subnets, Func<Subnet, string> of) => string.Join(", ", subnets.Select(subnet => $"{subnet.Id} in {of(subnet)}"));
}
