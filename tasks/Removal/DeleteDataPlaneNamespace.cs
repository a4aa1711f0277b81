using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>Flyte's namespace goes last, if nothing else is in it.</summary>
[TaskName(nameof(DeleteDataPlaneNamespace))]
[TaskDescription("Delete Flyte's namespace in the data planes, if nothing else is in it")]
[IsDependentOn(typeof(UninstallDataPlane))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Contexts)]
public sealed class DeleteDataPlaneNamespace : AsyncFrostingTask<FlyteContext>
{
    private const int Most = 5;

    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForEachDataPlaneAsync(
            nameof(DeleteDataPlaneNamespace),
            async (plane, cancellationToken) =>
            {
                var path = $"/api/v1/namespaces/{context.Run.Namespace}";
                if (await plane.Api.GetAsync(path, cancellationToken) is not { } live || live["metadata"]?["deletionTimestamp"] is not null)
                    return StageResult.Skipped($"namespace {context.Run.Namespace} is gone");
                if (!context.Gate.IsOpen && context.Gate.Changes.Any(change => change.Cluster == plane.Name))
                    return StageResult.Unknown($"whether anything else is in namespace {context.Run.Namespace}");
                var content = await NamespaceContent.ListAsync(plane.Api, context.Run.Namespace, cancellationToken);
                if (content.Count > 0)
                {
                    context.Journal.Add(
                        $"Namespace {context.Run.Namespace} of {plane.Name} is kept, as it holds what is not this program's: "
                            + $"{ShortList.Of(content, Most)}."
                    );
                    return StageResult.Skipped($"namespace {context.Run.Namespace} is not empty");
                }

                await context.Gate.PassAsync(
                    new Change(plane.Name, "Namespace", null, context.Run.Namespace, ChangeAction.Delete, "nothing is in it"),
                    (permit, token) => plane.Api.DeleteAsync(permit, path, (string?)live["metadata"]?["uid"], token),
                    cancellationToken
                );
                return StageResult.Done;
            }
        );
}
