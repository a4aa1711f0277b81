using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>What the scheduler and the kubelet say about pods, in their words.</summary>
internal sealed class PodEvents(Cluster cluster)
{
    private readonly EventRecorder scheduler = new(cluster, "default-scheduler");
    private readonly EventRecorder kubelet = new(cluster, "kubelet", SandboxNode.Name);

    public void Scheduled(JsonObject pod) =>
        scheduler.Normal(pod, "Scheduled", $"Successfully assigned {pod.Metadata("namespace")}/{pod.Metadata("name")} to {SandboxNode.Name}");

    /// <summary>Says that the pod fits on no node; the scheduler's words.</summary>
    public string SchedulingFailed(JsonObject pod)
    {
        const string Why = "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";
        scheduler.Warning(pod, "FailedScheduling", Why);
        return Why;
    }

    public void ProbeFailed(JsonObject pod, JsonObject container) =>
        kubelet.Warning(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", Path(container, init: false));

    public void MountFailed(JsonObject pod, VolumeSource source) =>
        kubelet.Warning(pod, "FailedMount", $"MountVolume.SetUp failed for volume \"{source.Volume}\" : {source.Kind} \"{source.Key.Name}\" not found");

    public void Started(JsonObject pod, JsonObject container, bool init)
    {
        var path = Path(container, init);
        kubelet.Normal(pod, "Pulled", $"Container image \"{container.Text("image")}\" already present on machine and can be accessed by the pod", path);
        kubelet.Normal(pod, "Created", $"Container created: {container.Text("name")}", path);
        kubelet.Normal(pod, "Started", $"Container started: {container.Text("name")}", path);
    }

    public void BackOff(JsonObject pod, JsonObject container, bool init) =>
        kubelet.Warning(
            pod,
            "BackOff",
            $"Back-off restarting failed container {container.Text("name")} in pod {pod.Metadata("name")}_{pod.Metadata("namespace")}({pod.Metadata("uid")})",
            Path(container, init)
        );

    /// <summary>Says that the first container's image does not come; the reason and message by which its containers wait.</summary>
    public (string Reason, string Message) ImagePullFailed(JsonObject pod)
    {
        var spec = pod.Child("spec") ?? [];
        var init = spec.Objects("initContainers").FirstOrDefault();
        var container = init ?? spec.Objects("containers").FirstOrDefault() ?? [];
        var image = container.Text("image");
        var path = Path(container, init is not null);
        var cause = $"failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found";
        kubelet.Normal(pod, "Pulling", $"Pulling image \"{image}\"", path);
        kubelet.Warning(pod, "Failed", $"Failed to pull image \"{image}\": rpc error: code = NotFound desc = {cause}", path);
        kubelet.Warning(pod, "Failed", "Error: ErrImagePull", path);
        kubelet.Normal(pod, "BackOff", $"Back-off pulling image \"{image}\"", path);
        kubelet.Warning(pod, "Failed", "Error: ImagePullBackOff", path);
        return ("ImagePullBackOff", $"Back-off pulling image \"{image}\": ErrImagePull: rpc error: code = NotFound desc = {cause}");
    }

    private static string Path(JsonObject container, bool init) => $"spec.{(init ? "initContainers" : "containers")}{{{container.Text("name")}}}";
}
