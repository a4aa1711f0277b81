using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Stages;
using Flyte.MultiCluster.Token;

namespace Flyte.MultiCluster.Credentials;

/// <summary>Runbook: <c>kubectl get secret … | base64 -D | pbcopy</c>; here in memory, and used before it is stored.</summary>
[TaskName(nameof(CollectCredentials))]
[TaskDescription("Read each data plane's token and CA, and prove them at the endpoint that flyteadmin will use")]
[IsDependentOn(typeof(CreateDataPlaneToken))]
[Stage("Credentials", 510)]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class CollectCredentials : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) => CollectedCredentials.EnsureAsync(context);
}
