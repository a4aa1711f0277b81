using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Runs;
using Flyte.MultiCluster.Stages;
using Flyte.MultiCluster.Token;

namespace Flyte.MultiCluster.Credentials;

/// <summary>Runbook: <c>kubectl get secret … | base64 -D | pbcopy</c>; here in memory, and used before it is stored.</summary>
[TaskName(nameof(CollectCredentials))]
[TaskDescription("Read each data plane's token and CA, and prove them at the endpoint that flyteadmin will use")]
[IsDependentOn(typeof(CreateDataPlaneToken))]
[Stage("Credentials", 510)]
[UsesFleet]
public sealed class CollectCredentials : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
        => context.ForEachDataPlaneAsync(nameof(CollectCredentials), async (plane, cancellationToken) =>
        {
            var credential = plane.IsUnknown ? null : await new TokenSecret(context, plane).ReadAsync(cancellationToken);
            if (credential is null)
                return context.Gate.IsOpen ? throw new InvalidOperationException($"Secret {plane.Wanted.TokenSecret} holds no token. Run --target=CreateDataPlaneToken first.") : StageResult.Unknown("the token");
            await CredentialProof.ProveAsync(plane.Name, plane.Endpoint!, credential, context.Run.Namespace, cancellationToken);
            plane.Credential = credential;
            context.Tell(plane.Name, $"the token works at {plane.Endpoint} as {CredentialProof.User(context.Run.Namespace)}");
            return StageResult.Done;
        });
}
