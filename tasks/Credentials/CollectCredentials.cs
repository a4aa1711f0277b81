using System.Runtime.ExceptionServices;
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
            plane.Token ??= await new TokenSource(context, plane).FindAsync(cancellationToken);
            if (plane.Token is not { Credential: { } credential } found)
                return context.Gate.IsOpen ? throw new InvalidOperationException($"No Secret in namespace {context.Run.Namespace} holds a token of {TokenSecret.ServiceAccount} that works. Run --target={nameof(CreateDataPlaneToken)} first.") : StageResult.Unknown("the token");
            if (found.Failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);
            var proven = found.Proven ?? await CredentialProof.UseAsync(plane.Name, plane.Endpoint!, credential, cancellationToken, context.Log);
            CredentialProof.Refuse(plane.Name, plane.Endpoint!, proven, context.Run.Namespace);
            plane.Credential = credential;
            context.Tell(plane.Name, $"the token works at {plane.Endpoint} as {CredentialProof.User(context.Run.Namespace)}");
            return StageResult.Done;
        });
}
