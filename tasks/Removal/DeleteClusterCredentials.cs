using System.Text.Json.Nodes;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Drain;

namespace Flyte.MultiCluster.Tasks.Removal;

/// <summary>The credentials, once no flyteadmin pod needs them to start.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
[TaskName(nameof(DeleteClusterCredentials))]
[TaskDescription("Delete the data planes' entries in the control plane's Secret cluster-credentials; all others stay")]
[IsDependentOn(typeof(RemoveClusterConfig))]
[UsesFleet(Drains = true, Removes = true, Alone = AloneChecks.Contexts)]
public sealed class DeleteClusterCredentials(IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.ForControlPlaneAsync(
            nameof(DeleteClusterCredentials),
            async (_, cancellationToken) =>
            {
                var loaded = await ConfiguredClusters.ReadWithoutAsync(context, values, mayBeDisabled: false, cancellationToken);
                var changed = false;
                foreach (var plane in context.Run.DataPlanes)
                {
                    var keys = context.Run.State.Of<RemovedCredentials>().KeysOf(plane, loaded);
                    changed |= await new CredentialsSecret(context.Run).DeleteAsync(keys, plane.Name, context.Gate, cancellationToken);
                }

                foreach (var deployment in CredentialDeployments.Names)
                    changed |= await ForgetAsync(context, deployment, cancellationToken);
                return changed ? StageResult.Done : StageResult.Skipped($"Secret {CredentialsSecret.Name} has none of them");
            }
        );

    // Which credential is loaded is noted on the Deployment itself: without the note there are no new pods.
    private static async Task<bool> ForgetAsync(FlyteContext context, string deployment, CancellationToken cancellationToken)
    {
        var control = context.Run.ControlPlane;
        var path = KubernetesPaths.Deployment(context.Run.Namespace, deployment);
        var noted = (await control.Api.GetAsync(path, cancellationToken))?["metadata"]?["annotations"] as JsonObject;
        string[] notes =
        [
            .. context.Run.DataPlanes.Select(plane => CredentialDeployments.Annotation(plane.Name)).Where(note => noted?.ContainsKey(note) == true),
        ];
        if (notes.Length == 0)
            return false;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject(notes.Select(note => KeyValuePair.Create(note, (JsonNode?)null))) },
        };
        await context.Gate.PassAsync(
            new Change(control.Name, "Deployment", context.Run.Namespace, deployment, ChangeAction.Update, $"delete annotation {string.Join(", ", notes)}"),
            (permit, token) => control.Api.MergePatchAsync(permit, path, patch, FieldManagers.Tool, token),
            cancellationToken
        );
        return true;
    }
}
