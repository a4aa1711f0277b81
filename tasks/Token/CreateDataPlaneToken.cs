using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.DataPlanes;

namespace Flyte.MultiCluster.Tasks.Token;

/// <summary>Runbook: <c>kubectl apply</c> of the annotated Secret; here with a wait until the token controller has filled it.</summary>
[TaskName(nameof(CreateDataPlaneToken))]
[TaskDescription("Create flyteadmin's long-lived token in every data plane")]
[IsDependentOn(typeof(InstallDataPlane))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class CreateDataPlaneToken : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForEachDataPlaneAsync(
            nameof(CreateDataPlaneToken),
            async (plane, cancellationToken) =>
            {
                var found = plane.State.Of<TokenState>().Origin = await new TokenSource(context.Run, plane, context.Journal).FindAsync(cancellationToken);
                if (found.Credential is not null)
                    return StageResult.Skipped(found.Secret is null ? "the stored token works" : $"Secret {found.Secret} holds a token");
                var secret = new TokenSecret(context.Run, plane, found.Secret!);
                if (await secret.CreateAsync(context.Gate, cancellationToken))
                    plane.State.Of<TokenState>().Origin = found with { Credential = await secret.UntilFilledAsync(context.Options.Timeout, cancellationToken) };
                else
                    plane.IsKnownAfterApply = true;
                return StageResult.Done;
            }
        );
}
