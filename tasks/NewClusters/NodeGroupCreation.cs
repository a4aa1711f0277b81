using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Has one cluster's OIDC provider and node group: makes them, or waits for a group that is being made. Nothing is ever deleted.</summary>
internal sealed class NodeGroupCreation(FlyteContext context, DataPlaneRun plane, NewClusterState state, AwsTools aws, EksctlRunner eksctl)
{
    private const string Unknown = "(known after apply)";
    private const int Attempts = 12;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ProgressReporter _progress = new(context, plane.Name, aws.Time);

    private string What => $"Node group {state.Spec.NodeGroup.Name} of {state.Name}";

    /// <summary>Has the provider and the nodes.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not there, or the node group failed.</exception>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    /// <exception cref="AwsException">AWS refused.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        if (context.Gate.IsOpen && !state.IsClusterReady)
            throw new InvalidOperationException($"EKS cluster '{state.Name}' is {state.ClusterStatus}. Run without --exclusive.");

        // Making the cluster takes long enough for somebody to add nodes.
        if (context.Gate.IsOpen && state.IsNodeGroupAbsent && !state.IsNew)
            await state.ReadNodeGroupAsync(aws, cancellationToken);

        if (state is { Cluster.IsActive: true, IsNodeGroupAbsent: true })
            await RequireApiAsync(cancellationToken);

        // First, as it takes a moment and the nodes take minutes.
        await AssociateAsync(cancellationToken);
        if (state.IsNodeGroupAbsent)
        {
            if (!state.IsNew && state.Cluster is not null)
                await ReportMissingAddonsAsync(cancellationToken);
            var change = new Change(plane.Name, "NodeGroup", null, state.Spec.NodeGroup.Name, ChangeAction.Create, state.NodeGroupDetail);
            await context.Gate.PassAsync(change, CreateAsync, cancellationToken);
        }
        else if (state.NodeGroup is not { IsActive: true })
        {
            Judge();
            if (context.Gate.IsOpen)
                await WaitAsync(cancellationToken);
        }

        if (state.NodeGroup is { Status: "DEGRADED" } degraded)
            context.Journal.Add($"{plane.Name}: {What} is DEGRADED{NewClusterState.Describe(degraded.Issues)}");
        return StageResult.Done;
    }

    // The name of a new cluster's API server is not known everywhere at once; what did not answer to the check has had its chance.
    private async Task RequireApiAsync(CancellationToken cancellationToken)
    {
        for (var left = state.ApiFailure is null ? Attempts : 1; ; left--)
        {
            await state.ReadApiAsync(cancellationToken);
            if (state.ApiFailure is not { } failure)
                return;
            if (left == 1)
                throw new InvalidOperationException(failure);
            await Task.Delay(Pause, aws.Time, cancellationToken);
        }
    }

    private async Task AssociateAsync(CancellationToken cancellationToken)
    {
        if (state.HasProvider)
            return;
        var issuer = state.Cluster?.IssuerUrl;
        var change = new Change(
            plane.Name,
            "OidcProvider",
            null,
            issuer?.Replace("https://", string.Empty, StringComparison.Ordinal) ?? Unknown,
            ChangeAction.Create,
            $"EKS cluster {state.Name}, {state.Region}"
        );
        await context.Gate.PassAsync(
            change,
            (permit, end) =>
                context.Options.WithoutEksctl
                    ? aws.Providers.CreateAsync(
                        permit,
                        state.Region,
                        issuer ?? throw new InvalidOperationException($"EKS cluster '{state.Name}' has no OIDC issuer yet. Run again in a moment."),
                        end
                    )
                    : eksctl.CreateProviderAsync(permit, new EksctlSettings { Cluster = state.Name, Region = state.Region }, end),
            cancellationToken
        );
    }

    private async Task CreateAsync(ChangePermit permit, CancellationToken cancellationToken)
    {
        var wanted = state.Spec.NodeGroup;
        if (state.IsForeign && state.Subnets.Count == 0)
            await state.ReadSubnetsAsync(aws, cancellationToken);
        if (state.IsForeign && state.Vpc is null)
            throw new InvalidOperationException($"{state.NoVpc} {NewClusterState.NoVpcRemedy}");
        try
        {
            await _progress.RunAsync(
                $"node group {wanted.Name}",
                (onOutput, end) =>
                    eksctl.CreateNodeGroupAsync(
                        permit,
                        new EksctlNodeGroupSettings
                        {
                            Cluster = state.Name,
                            Region = state.Region,
                            Name = wanted.Name,
                            NodeType = wanted.InstanceType,
                            Nodes = wanted.Nodes,
                            Vpc = state.Vpc,
                            Timeout = _progress.Longest,
                            OnOutput = onOutput,
                        },
                        end
                    ),
                cancellationToken
            );
        }
        catch (EksctlException exception) when (exception.AlreadyExists)
        {
            context.Report(plane.Name, $"somebody else is creating node group {wanted.Name} right now");
        }
        catch (EksctlException exception)
        {
            if (await FailureAsync(cancellationToken) is { } failure)
                throw new InvalidOperationException($"{exception.Message} {failure}", exception);
            throw;
        }

        await WaitAsync(cancellationToken);
    }

    // It only adds to what eksctl said.
    private async Task<string?> FailureAsync(CancellationToken cancellationToken)
    {
        try
        {
            await state.ReadNodeGroupAsync(aws, cancellationToken);
            return state.NodeGroupFailure;
        }
        catch (AwsException)
        {
            return null;
        }
    }

    private Task WaitAsync(CancellationToken cancellationToken) =>
        _progress.WaitAsync(
            What,
            async end =>
            {
                await state.ReadNodeGroupAsync(aws, end);
                if (state.NodeGroup is { IsActive: true })
                    return null;
                Judge();
                return state.NodeGroup?.Status ?? state.NodeGroupStack!.Status;
            },
            cancellationToken
        );

    // What will not become nodes by waiting.
    private void Judge()
    {
        if (state.NodeGroupFailure is { } failure)
            throw new InvalidOperationException(failure);
        if (state.IsNodeGroupAbsent)
            throw new InvalidOperationException(
                $"{What} does not exist, although eksctl succeeded. Is aws logged in to the same account as eksctl (AWS_PROFILE)? "
                    + $"Otherwise {NewClusterState.OtherEksctl}: look at its lines above."
            );
    }

    // At once, as the nodes will take minutes not to become Ready, and again in the summary.
    private async Task ReportMissingAddonsAsync(CancellationToken cancellationToken)
    {
        await state.ReadAddonsAsync(aws, cancellationToken);
        if (state.AddonWarning is not { } warning)
            return;
        context.Log.Warning("[{0}] {1}", plane.Name, warning);
        context.Journal.Add($"{plane.Name}: {warning}");
    }
}
