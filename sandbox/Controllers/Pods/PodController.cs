using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Controllers.Flyte;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>The scheduler and the kubelet: puts each pod on the node, waits for its volumes, starts its containers in order.</summary>
internal sealed class PodController(Cluster cluster, IPodFaults faults, FlytePods flyte) : IController, IFaultObserver
{
    private static readonly TimeSpan LastRequests = TimeSpan.FromMilliseconds(20);

    private static ObjectKey Everything => default;
    private readonly PodEvents events = new(cluster);
    private readonly Dictionary<string, PodRun> runs = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, HashSet<ObjectKey>> missing = [];
    private int addresses;

    public void Observe(Change change)
    {
        if (change.Key.Is("", "pods"))
        {
            if (change.Old is { } old && change.Now?.Uid != old.Uid)
                runs.Remove(old.Uid);
            if (change.Now is { } now && (change.Old?.Uid != now.Uid || (now.Deleting && change.Old?.Deleting != true)))
                cluster.Queue.Add(new WorkItem(this, change.Key));
        }
        else if (change.Old is null && missing.Remove(change.Key, out var pods))
        {
            foreach (var pod in pods)
                cluster.Queue.Add(new WorkItem(this, pod));
        }
    }

    public void FaultsChanged() => cluster.Queue.Add(new WorkItem(this, Everything));

    public void Reconcile(ObjectKey key)
    {
        if (key == Everything)
        {
            foreach (var faulty in runs.Values.Where(r => r.Fault is { } f && faults.For(r.Deployment) != f))
                cluster.Queue.Add(new WorkItem(this, faulty.Key));
            return;
        }

        if (cluster.Get(key) is not { } pod)
            return;
        if (pod.Metadata("deletionTimestamp") is not null)
        {
            End(key, pod);
            return;
        }

        if (pod.Child("status")?.Text("phase") is "Succeeded" or "Failed")
            return;
        var run = RunOf(key, pod);
        Recover(run);
        if (string.IsNullOrEmpty(pod.Child("spec")?.Text("nodeName")))
        {
            if (run.Fault == PodFault.Unschedulable)
            {
                var unscheduled = PodStatus.Unscheduled(pod, events.SchedulingFailed(pod), cluster.Timestamp);
                if (!JsonNode.DeepEquals(unscheduled, pod["status"]))
                    cluster.Modify(key, p => p["status"] = unscheduled, "kube-scheduler", "status");
                return;
            }

            pod = cluster.Modify(key, p => p.ChildOrNew("spec")["nodeName"] = SandboxNode.Name, "kube-scheduler")!;
            events.Scheduled(pod);
        }

        var status = new PodStatus(pod, run, cluster.Timestamp) { Ready = run.Fault != PodFault.NeverReady };
        if (!run.Mounted)
            run.Mounted = Mount(key, pod);
        if (run is { Mounted: true, Fault: PodFault.ImagePull })
            status.Waiting = events.ImagePullFailed(pod);
        else if (run.Mounted)
            Start(key, pod, run);
        var built = status.Build();
        if (!JsonNode.DeepEquals(built, pod["status"]))
            cluster.Modify(key, p => p["status"] = built, "kubelet", "status");
    }

    // Most containers end as soon as they are asked to; what a finalizer holds is not the kubelet's.
    private void End(ObjectKey key, JsonObject pod)
    {
        var run = RunOf(key, pod);
        var wait = faults.Linger(run.Deployment) ?? flyte.Linger(pod.Metadata("uid") ?? "");
        var grace = TimeSpan.FromSeconds(pod.Child("metadata")?.Number("deletionGracePeriodSeconds") ?? 0);
        run.EndsAt ??= cluster.Now + (wait < grace ? wait : grace);
        if (run.EndsAt > cluster.Now)
            cluster.Queue.AddAfter(new WorkItem(this, key), run.EndsAt.Value - cluster.Now);
        else if (!flyte.TryEnd(pod.Metadata("uid") ?? ""))
            cluster.Queue.AddAfter(new WorkItem(this, key), LastRequests);
        else if (pod.Child("metadata")?.Texts("finalizers") is not { Length: > 0 })
            cluster.Delete(key, gracePeriodSeconds: 0);
    }

    private PodRun RunOf(ObjectKey key, JsonObject pod)
    {
        var uid = pod.Metadata("uid") ?? "";
        if (runs.TryGetValue(uid, out var run))
            return run;
        var deployment = DeploymentOf(key);
        run = new PodRun(key, deployment, SandboxNode.PodIp(addresses++)) { Fault = deployment.Length > 0 ? faults.For(deployment) : null };
        return runs[uid] = run;
    }

    private string DeploymentOf(ObjectKey pod) =>
        cluster.Cache.Get(pod)?.Controller is { Kind: "ReplicaSet" } set
        && cluster.Cache.Get(ObjectKey.App("replicasets", pod.Namespace, set.Name))?.Controller is { Kind: "Deployment" } deployment
            ? deployment.Name
            : "";

    private void Recover(PodRun run)
    {
        if (run.Fault is not { } fault || faults.For(run.Deployment) == fault)
            return;
        run.Fault = null;
        foreach (var container in run.Containers)
            container.ForgetBackOff();
    }

    private bool Mount(ObjectKey key, JsonObject pod)
    {
        var mounted = true;
        foreach (var source in PodVolumes.Of(pod))
        {
            if (source.Optional || cluster.Cache.Get(source.Key) is not null)
                continue;
            mounted = false;
            if (!missing.TryGetValue(source.Key, out var pods))
                missing[source.Key] = pods = [];
            pods.Add(key);
            events.MountFailed(pod, source);
        }

        return mounted;
    }

    private void Start(ObjectKey key, JsonObject pod, PodRun run)
    {
        var spec = pod.Child("spec") ?? [];
        foreach (var container in spec.Objects("initContainers"))
        {
            if (!Start(key, pod, run, container, init: true))
                return;
        }

        foreach (var container in spec.Objects("containers"))
            Start(key, pod, run, container, init: false);
    }

    /// <summary>Starts a container that is not started and may be; whether it has started.</summary>
    private bool Start(ObjectKey key, JsonObject pod, PodRun run, JsonObject container, bool init)
    {
        var c = run[container.Text("name") ?? ""];
        ContainerFailure? failure;
        if (c.Work is { } work)
        {
            if (!work.IsCompleted)
                return false;
            c.EndWork();
            failure = work.IsCompletedSuccessfully ? work.GetAwaiter().GetResult() : new ContainerFailure(1, "Ended with its cluster.");
        }
        else
        {
            if (c.Phase != ContainerPhase.Waiting)
                return c.Phase != ContainerPhase.Failed;
            if (c.RetryAt is { } at && at > cluster.Now)
            {
                cluster.Queue.AddAfter(new WorkItem(this, key), at - cluster.Now);
                return false;
            }

            var start =
                !init && run.Fault == PodFault.Crash
                    ? ContainerStart.Failed(1, "Ended by a fault of the sandbox.")
                    : flyte.Start(pod, run.Deployment, container);
            if (start.Work is { } first)
            {
                c.Begin(cluster.Timestamp, first);
                _ = first.ContinueWith(
                    _ => cluster.Queue.Add(new WorkItem(this, key)),
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default
                );
                return false;
            }

            failure = start.Failure;
        }

        if (failure is null)
        {
            c.Start(cluster.Timestamp, init || cluster.Cache.Get(key)?.Controller is { Kind: "Job" });
            events.Started(pod, container, init);
            if (!init && run.Fault == PodFault.NeverReady)
                events.ProbeFailed(pod, container);
            PodWebhook.Started(cluster, pod, run.Deployment, container);
            GeneratedSecrets.Started(cluster, pod, run.Deployment, container);
            return true;
        }

        c.Crash(cluster.Now, cluster.Timestamp, failure.ExitCode, failure.Message, again: pod.Child("spec")?.Text("restartPolicy") != "Never");
        if (c.Phase == ContainerPhase.Failed)
            return false;
        events.BackOff(pod, container, init);
        cluster.Queue.AddAfter(new WorkItem(this, key), c.BackOff);
        return false;
    }
}
