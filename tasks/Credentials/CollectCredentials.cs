using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Token;

namespace Flyte.MultiCluster.Tasks.Credentials;

/// <summary>Runbook: <c>kubectl get secret … | base64 -D | pbcopy</c>; here in memory, and used before it is stored.</summary>
[TaskName(nameof(CollectCredentials))]
[TaskDescription("Read each data plane's token and CA, and test them at the endpoint that flyteadmin will use")]
[IsDependentOn(typeof(CreateDataPlaneToken))]
[UsesFleet(Alone = AloneChecks.Contexts)]
public sealed class CollectCredentials : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) => CollectedCredentials.EnsureAsync(context);
}
