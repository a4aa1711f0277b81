using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>Runbook, kustomize: <c>kustomize build dataplane</c>, <c>kubectl apply -f dataplane_generated.yaml</c>.</summary>
/// <param name="context">The run.</param>
/// <param name="plane">The data plane.</param>
public sealed class DataPlaneOverlay(FlyteContext context, DataPlaneRun plane)
{
    /// <summary>Applies the overlay, and waits for its Deployments.</summary>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="KubectlException">The overlay does not render.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="RolloutException">Deployments are not available in time.</exception>
    public async Task<StageResult> InstallAsync(CancellationToken cancellationToken)
    {
        var overlay = await context.Run.State.Of<RenderedOverlays>().OfAsync(context, Folder(context, plane));
        var objects = await PatchedAsync(overlay, cancellationToken);
        var warned = PropellerWarnings.NoteAsync(context, plane, PropellerSettings.Of(context.Values, Find(objects, "ConfigMap", PropellerSettings.ConfigMap), Find(objects, "Secret", PropellerSettings.Secret)), cancellationToken);
        var changed = await new OverlayApply(context, plane).RunAsync(objects, cancellationToken);
        await warned;
        if (changed && !context.Gate.IsOpen)
            return StageResult.Done;
        var deployments = await ClusterRollout.Of(context, plane, string.Empty, Overlay.IsOwn)
            .UntilAvailableAsync(context.Options.Timeout, cancellationToken);
        if (changed)
            context.Report(plane.Name, $"available: {string.Join(", ", deployments)}");
        return changed ? StageResult.Done : StageResult.Skipped($"all {overlay.Objects.Count} objects of the overlay are up to date");
    }

    /// <summary>What would end executions that are under way; none where nothing would.</summary>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="KubectlException">The overlay does not render.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(CancellationToken cancellationToken)
    {
        var propeller = new PropellerCheck(context, plane).Begin(cancellationToken);
        var overlay = await context.Run.State.Of<RenderedOverlays>().OfAsync(context, Folder(context, plane));
        return await PropellerPatch.NameAsync(overlay.Copy(), propeller, cancellationToken) is { } rename ? [rename] : [];
    }

    /// <summary>The folder of a data plane's overlay.</summary>
    /// <param name="context">The run.</param>
    /// <param name="plane">The data plane.</param>
    public static string Folder(FlyteContext context, DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        return plane.Spec.Overlay ?? context.Run.Fleet.Flyte.Overlays!.DataPlane;
    }

    private static JsonObject? Find(IReadOnlyList<JsonObject> objects, string kind, string name)
        => objects.FirstOrDefault(found => (string?)found["kind"] == kind && (string?)found["metadata"]?["name"] == name);

    private async Task<IReadOnlyList<JsonObject>> PatchedAsync(Overlay overlay, CancellationToken cancellationToken)
    {
        var objects = overlay.Copy();
        if (await PropellerPatch.NameAsync(objects, new PropellerCheck(context, plane), cancellationToken) is { } rename)
            throw new RefusedException([rename]);
        PropellerPatch.Addresses(context, objects);
        ServiceAccountPatch.Annotate(objects, await CloudIdentities.OfAsync(context, cancellationToken), isControlPlane: false, runsWorkflows: true);
        PodTemplates.Stamp(objects);
        return objects;
    }
}
