using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>Runbook, kustomize: <c>kustomize build dataplane</c>, <c>kubectl apply -f dataplane_generated.yaml</c>.</summary>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
/// <param name="rollout">Waits for Deployments.</param>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="gate">The gate that the changes pass.</param>
/// <param name="journal">Gets notes.</param>
/// <param name="options">The options.</param>
/// <param name="log">Receives what is reported.</param>
public sealed class DataPlaneOverlay(
    RenderedOverlays overlays,
    CloudIdentityReader identities,
    ClusterRollout rollout,
    IHelmValues values,
    IChangeGate gate,
    RunJournal journal,
    RunOptions options,
    ICakeLog log
)
{
    /// <summary>Applies the overlay, and waits for its Deployments.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubectlException">The overlay does not render.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="RolloutException">Deployments are not available in time.</exception>
    public async Task<StageResult> InstallAsync(FleetRun run, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(plane);
        var overlay = await overlays.OfAsync(run, plane);
        var objects = await PatchedAsync(run, plane, overlay, cancellationToken);
        var settings = PropellerSettings.Of(values, Find(objects, "ConfigMap", PropellerSettings.ConfigMap), Find(objects, "Secret", PropellerSettings.Secret));
        var warned = PropellerWarnings.NoteAsync(run, plane, settings, journal, cancellationToken);
        var changed = await new OverlayApply(run, plane, gate, journal, values, options.Timeout).RunAsync(objects, cancellationToken);
        await warned;
        if (changed && !gate.IsOpen)
            return StageResult.Done;
        var deployments = await rollout.Of(run, plane, string.Empty, Overlay.IsOwn).UntilAvailableAsync(options.Timeout, cancellationToken);
        if (changed)
            log.Report(plane.Name, $"available: {string.Join(", ", deployments)}");
        return changed ? StageResult.Done : StageResult.Skipped($"all {overlay.Objects.Count} objects of the overlay are up to date");
    }

    /// <summary>What would end executions that are under way; none where nothing would.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubectlException">The overlay does not render.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(FleetRun run, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        var propeller = new PropellerCheck(run, plane).Begin(cancellationToken);
        var overlay = await overlays.OfAsync(run, plane);
        return await PropellerPatch.NameAsync(overlay.Copy(), propeller, cancellationToken) is { } rename ? [rename] : [];
    }

    private static JsonObject? Find(IReadOnlyList<JsonObject> objects, string kind, string name) =>
        objects.FirstOrDefault(found => (string?)found["kind"] == kind && (string?)found["metadata"]?["name"] == name);

    private async Task<IReadOnlyList<JsonObject>> PatchedAsync(FleetRun run, DataPlaneRun plane, Overlay overlay, CancellationToken cancellationToken)
    {
        var objects = overlay.Copy();
        if (await PropellerPatch.NameAsync(objects, new PropellerCheck(run, plane), cancellationToken) is { } rename)
            throw new RefusedException([rename]);
        PropellerPatch.Addresses(run.Fleet.Flyte, objects, values);
        ServiceAccountPatch.Annotate(objects, await identities.OfAsync(run, cancellationToken), isControlPlane: false, runsWorkflows: true);
        PodTemplates.Stamp(objects);
        return objects;
    }
}
