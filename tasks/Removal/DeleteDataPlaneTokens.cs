using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Drain;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>flyteadmin's tokens of the data planes are revoked.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
[TaskName(nameof(DeleteDataPlaneTokens))]
[TaskDescription("Delete the Secrets with flyteadmin's tokens in the data planes, which revokes them")]
[IsDependentOn(typeof(RemoveTrustStatements))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Contexts)]
public sealed class DeleteDataPlaneTokens(IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        await ConfiguredClusters.ReadWithoutAsync(context, values, mayBeDisabled: false, context.Cancellation);
        await context.ForEachDataPlaneAsync(
            nameof(DeleteDataPlaneTokens),
            async (plane, cancellationToken) =>
            {
                var tokens = await TokenSecret.ListAsync(context.Run, plane, cancellationToken);
                foreach (var token in tokens)
                {
                    var metadata = token["metadata"];
                    await new TokenSecret(context.Run, plane, (string)metadata!["name"]!).DeleteAsync(
                        (string)metadata["uid"]!,
                        context.Gate,
                        cancellationToken,
                        "revoke the token of a data plane that is removed"
                    );
                }

                return tokens.Count > 0 ? StageResult.Done : StageResult.Skipped($"it has no token of {TokenSecret.ServiceAccount}");
            }
        );
    }
}
