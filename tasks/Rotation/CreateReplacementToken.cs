using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>A second token beside the one in use, in a Secret of a name that was never used, and proven before it is stored.</summary>
[TaskName(nameof(CreateReplacementToken))]
[TaskDescription("Create a second token of flyteadmin in every data plane, and prove it at the endpoint that flyteadmin uses")]
[IsDependentOn(typeof(CheckStoredTokens))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class CreateReplacementToken : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForEachDataPlaneAsync(
            nameof(CreateReplacementToken),
            async (plane, cancellationToken) =>
            {
                if (RotationState.Of(plane) is not { } decision)
                    return StageResult.Skipped("its token stays");
                var (result, left) = await CreateAsync(context, plane, decision, cancellationToken);
                plane.State.Of<RotationState>().Decision = left;
                return result;
            }
        );

    private static async Task<(StageResult Result, RotationDecision Left)> CreateAsync(
        FlyteContext context,
        DataPlaneRun plane,
        RotationDecision decision,
        CancellationToken cancellationToken
    )
    {
        if (decision.Secret is not { } name)
            return (StageResult.Done, decision);
        var left = decision;
        if (context.Options.Compromised && decision.Old is { } leaked)
        {
            context.Journal.Add(
                $"The token of {plane.Name} is revoked before flyteadmin has read its successor (--compromised): executions that are started for it "
                    + "meanwhile are FAILED with 'failed to create workflow in propeller Unauthorized'. Start those again; what was running goes on."
            );
            await TokenRevocation.RevokeAsync(context, plane, leaked, cancellationToken);
            left = decision with { Old = null };
        }

        var secret = new TokenSecret(context.Run, plane, name);
        if (!await secret.CreateAsync(context.Gate, cancellationToken, left.Old is { } old ? (old.Secret, old.Uid) : null))
        {
            plane.IsKnownAfterApply = true;
            return (StageResult.Done, left);
        }

        var credential = await secret.UntilFilledAsync(context.Options.Timeout, cancellationToken);
        await CredentialProof.ProveAsync(plane.Name, plane.Endpoint!, credential, context.Run.Namespace, cancellationToken, context.Log);
        plane.Credential = credential;
        context.Report(plane.Name, $"the token in Secret {name} works at {plane.Endpoint} as {CredentialProof.User(context.Run.Namespace)}");
        return (StageResult.Done, left);
    }
}
