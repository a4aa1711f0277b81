using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>A pod's status as the kubelet writes it.</summary>
/// <param name="pod">The pod.</param>
/// <param name="run">Its containers.</param>
/// <param name="now">The time, as Kubernetes writes it.</param>
internal sealed class PodStatus(JsonObject pod, PodRun run, string now)
{
    private const string Creating = "ContainerCreating";
    private readonly JsonObject spec = pod.Child("spec") ?? [];
    private readonly JsonObject before = pod.Child("status") ?? [];

    /// <summary>Why containers that have not started wait: reason and message.</summary>
    public (string Reason, string? Message) Waiting { get; set; } = (Creating, null);

    /// <summary>Whether running containers count as ready.</summary>
    public bool Ready { get; set; } = true;

    /// <summary>The status of a pod that the scheduler finds no node for.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="why">The scheduler's words.</param>
    /// <param name="now">The time, as Kubernetes writes it.</param>
    public static JsonObject Unscheduled(JsonObject pod, string why, string now)
    {
        var status = pod.Child("status")?.Copy() ?? [];
        status["phase"] = "Pending";
        var condition = Conditions.Make(pod.Child("status") ?? [], "PodScheduled", "False", "Unschedulable", why, now);
        condition["lastProbeTime"] = null;
        status["conditions"] = new JsonArray(condition);
        return status;
    }

    public JsonObject Build()
    {
        var init = spec.Objects("initContainers").ToList();
        var main = spec.Objects("containers").ToList();
        var initialized = init.All(c => run[Name(c)].Phase == ContainerPhase.Completed);
        var unready = main.Where(c => !IsReady(c)).Select(Name).ToList();
        var phase = Phase(main, initialized);
        var ended = phase == "Succeeded";
        var status = new JsonObject { ["phase"] = phase };
        if (pod.Child("metadata")?.Number("generation") is { } generation)
            status["observedGeneration"] = generation;
        var conditions = new JsonArray(
            Condition("PodReadyToStartContainers", run.Mounted && !ended, null, null),
            initialized
                ? Condition("Initialized", true, ended ? "PodCompleted" : null, null)
                : Condition(
                    "Initialized",
                    false,
                    "ContainersNotInitialized",
                    $"containers with incomplete status: [{string.Join(' ', init.Select(Name).Where(c => run[c].Phase != ContainerPhase.Completed))}]"
                )
        );
        foreach (var type in (ReadOnlySpan<string>)["Ready", "ContainersReady"])
        {
            conditions.Add(
                ended ? Condition(type, false, "PodCompleted", null)
                : unready.Count == 0 ? Condition(type, true, null, null)
                : Condition(type, false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]")
            );
        }

        conditions.Add(Condition("PodScheduled", true, null, null));
        status["conditions"] = conditions;
        status["hostIP"] = SandboxNode.Ip;
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = SandboxNode.Ip });
        if (run.Mounted)
        {
            status["podIP"] = run.Ip;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = run.Ip });
        }

        status["startTime"] = before.Text("startTime") ?? now;
        if (init.Count > 0)
        {
            var next = init.FindIndex(c => run[Name(c)].Phase != ContainerPhase.Completed);
            status["initContainerStatuses"] = new JsonArray([.. init.Select((c, i) => Container(c, i == next))]);
        }

        status["containerStatuses"] = new JsonArray([.. main.Select(c => Container(c, initialized))]);
        if (before.Text("qosClass") is { } quality)
            status["qosClass"] = quality;
        return status;
    }

    private string Phase(List<JsonObject> main, bool initialized)
    {
        var phases = main.Select(c => run[Name(c)].Phase).ToList();
        if (phases.All(p => p is ContainerPhase.Completed or ContainerPhase.Failed))
            return phases.Contains(ContainerPhase.Failed) ? "Failed" : "Succeeded";
        var started = main.Any(c => run[Name(c)].StartedAt.Length > 0);
        return initialized && started ? "Running" : "Pending";
    }

    private bool IsReady(JsonObject container) => Ready && run[Name(container)].Phase == ContainerPhase.Running;

    private JsonObject Container(JsonObject container, bool turn)
    {
        var name = Name(container);
        var c = run[name];
        var started = c.StartedAt.Length > 0;
        var init = !spec.Objects("containers").Any(x => Name(x) == name);
        return new JsonObject
        {
            ["name"] = name,
            ["state"] = State(c, name, turn),
            ["lastState"] = c is { LastEnd: { } end, Phase: ContainerPhase.Waiting or ContainerPhase.Running }
                ? new JsonObject { ["terminated"] = end.DeepClone() }
                : new JsonObject(),
            ["ready"] = init ? c.Phase == ContainerPhase.Completed : IsReady(container),
            ["restartCount"] = c.Restarts,
            ["image"] = container.Text("image"),
            ["imageID"] = started ? container.Text("image") : "",
            ["containerID"] = started ? c.Id : "",
            ["started"] = c.Phase == ContainerPhase.Running,
        };
    }

    private JsonObject State(ContainerRun c, string name, bool turn)
    {
        switch (c.Phase)
        {
            case ContainerPhase.Running:
                return new JsonObject { ["running"] = new JsonObject { ["startedAt"] = c.StartedAt } };
            case ContainerPhase.Completed or ContainerPhase.Failed:
                return new JsonObject { ["terminated"] = c.LastEnd!.DeepClone() };
        }

        var (reason, message) = Waiting;
        if (c.RetryAt is not null)
            (reason, message) = ("CrashLoopBackOff", BackOffMessage(pod, name, c));
        else if (!turn || (reason == Creating && spec.Objects("initContainers").Any()))
            (reason, message) = ("PodInitializing", null);
        var waiting = new JsonObject { ["reason"] = reason };
        if (message is not null)
            waiting["message"] = message;
        return new JsonObject { ["waiting"] = waiting };
    }

    /// <summary>The kubelet's words for a container that waits to start again.</summary>
    public static string BackOffMessage(JsonObject pod, string container, ContainerRun c)
    {
        var wait = c.BackOff < TimeSpan.FromMinutes(1) ? $"{c.BackOff.TotalSeconds:0}s" : $"{(int)c.BackOff.TotalMinutes}m{c.BackOff.Seconds}s";
        return $"back-off {wait} restarting failed container={container} pod={pod.Metadata("name")}_{pod.Metadata("namespace")}({pod.Metadata("uid")})";
    }

    private JsonObject Condition(string type, bool value, string? reason, string? message)
    {
        var condition = Conditions.Make(before, type, value ? "True" : "False", reason, message, now);
        condition["lastProbeTime"] = null;
        return condition;
    }

    private static string Name(JsonObject container) => container.Text("name") ?? "";
}
