using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>Has one EKS cluster: makes it, or waits for one that is being made, and writes its context. Nothing is ever deleted.</summary>
/// <param name="context">The run.</param>
/// <param name="contexts">Writes the context.</param>
/// <param name="plane">The data plane.</param>
/// <param name="state">Its cluster.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
internal sealed class ClusterCreation(FlyteContext context, NewContexts contexts, DataPlaneRun plane, NewClusterState state, AwsTools aws, EksctlRunner eksctl)
{
    private readonly ProgressReporter _progress = new(context, plane.Name, aws.Time);

    private string What => $"EKS cluster {state.Name}";

    /// <summary>Has the cluster, and its context.</summary>
    /// <exception cref="InvalidOperationException">It failed, or is being deleted.</exception>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        if (state.IsClusterAbsent)
        {
            var change = new Change(plane.Name, "EksCluster", null, state.Name, ChangeAction.Create, state.ClusterDetail);
            await context.Gate.PassAsync(change, CreateAsync, cancellationToken);
        }
        else if (!state.IsClusterReady || state.ClusterFailure is not null)
        {
            Judge();
            if (context.Gate.IsOpen)
                await WaitAsync(cancellationToken);
        }

        await contexts.EnsureAsync(state, plane.Context, cancellationToken);
        if (state.IsNew)
        {
            await state.ReadAddonsAsync(aws, cancellationToken);
            if (state.UnexpectedState is { } surprise)
                throw new InvalidOperationException(surprise);
        }

        return StageResult.Done;
    }

    private async Task CreateAsync(ChangePermit permit, CancellationToken cancellationToken)
    {
        try
        {
            await _progress.RunAsync(
                What,
                (onOutput, end) =>
                    eksctl.CreateClusterAsync(
                        permit,
                        new EksctlNewClusterSettings
                        {
                            Cluster = state.Name,
                            Region = state.Region,
                            Version = state.Spec.Version,
                            PrivateSubnets = state.Subnets,
                            Timeout = _progress.Longest,
                            OnOutput = onOutput,
                        },
                        end
                    ),
                cancellationToken
            );
            state.IsNew = true;
        }
        catch (EksctlException exception) when (exception.AlreadyExists)
        {
            context.Report(plane.Name, $"somebody else is creating {What} right now");
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
            await state.ReadClusterAsync(aws, cancellationToken);
            return state.ClusterFailure;
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
                await state.ReadClusterAsync(aws, end);
                Judge();
                return state.IsClusterReady ? null : state.ClusterStatus;
            },
            cancellationToken
        );

    // What will not become a cluster by waiting.
    private void Judge()
    {
        if (state.ClusterFailure is { } failure)
            throw new InvalidOperationException(failure);
        if (state.IsClusterAbsent)
            throw new InvalidOperationException(
                $"{What} does not exist, although eksctl succeeded: neither in EKS nor as CloudFormation stack {state.StackName} in {state.Region}. "
                    + "Is aws logged in to the same account as eksctl (AWS_PROFILE)?"
            );
    }
}
