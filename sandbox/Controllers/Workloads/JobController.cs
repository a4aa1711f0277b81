using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Workloads;

/// <summary>Runs a Job's pods until enough of them succeeded or too many failed.</summary>
internal sealed class JobController(Cluster cluster) : IController
{
    private readonly EventRecorder events = new(cluster, "job-controller");

    public void Observe(Change change)
    {
        if (change.Key.Is("batch", "jobs"))
        {
            if (change.Now is { Deleting: false } && change.IsMoreThanStatus)
                cluster.Queue.Add(new WorkItem(this, change.Key));
        }
        else if (change.Key.Is("", "pods") && (change.Now ?? change.Old)!.Controller is { Kind: "Job" } owner && PodFactory.MattersToOwner(change))
        {
            cluster.Queue.Add(new WorkItem(this, ObjectKey.Job(change.Key.Namespace, owner.Name)));
        }
    }

    public void Reconcile(ObjectKey key)
    {
        if (cluster.Get(key) is not { } job || job.Metadata("deletionTimestamp") is not null)
            return;
        var before = job.Child("status");
        if (Conditions.IsTrue(before, "Complete") || Conditions.IsTrue(before, "Failed"))
            return;
        var spec = job.Child("spec") ?? [];
        var completions = (int)(spec.Number("completions") ?? 1);
        var limit = (int)(spec.Number("backoffLimit") ?? 6);
        var (active, succeeded, failed) = Count(job);
        var over = failed > limit;
        if (!over && !spec.Flag("suspend"))
        {
            var room = Math.Min(completions - succeeded, (int)(spec.Number("parallelism") ?? 1)) - active;
            for (; room > 0; room--)
                Start(key, job, spec.Child("template") ?? []);
            (active, succeeded, failed) = Count(job);
        }

        var status = new JsonObject { ["startTime"] = before?.Text("startTime") ?? cluster.Timestamp };
        Set(status, "active", active);
        Set(status, "succeeded", succeeded);
        Set(status, "failed", failed);
        status["ready"] = 0;
        if (succeeded >= completions)
            Complete(job, status);
        else if (over)
            status["conditions"] = new JsonArray(Condition("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"));
        if (!JsonNode.DeepEquals(status, before))
            cluster.Modify(key, j => j["status"] = status, subresource: "status");
    }

    private void Start(ObjectKey key, JsonObject job, JsonObject template)
    {
        var pod = cluster.Create("", "pods", key.Namespace, PodFactory.For("batch/v1", "Job", job, template));
        events.Normal(job, "SuccessfulCreate", $"Created pod: {pod.Metadata("name")}");
    }

    private void Complete(JsonObject job, JsonObject status)
    {
        status["completionTime"] = cluster.Timestamp;
        status["conditions"] = new JsonArray(
            Condition("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods"),
            Condition("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
        );
        events.Normal(job, "Completed", "Job completed");
    }

    private JsonObject Condition(string type, string reason, string message)
    {
        var condition = Conditions.Make(null, type, "True", reason, message, cluster.Timestamp);
        condition["lastProbeTime"] = cluster.Timestamp;
        return condition;
    }

    private (int Active, int Succeeded, int Failed) Count(JsonObject job)
    {
        var pods = cluster.Cache.ManagedBy(job.Metadata("uid") ?? "", "pods").ToList();
        return (pods.Count(PodFactory.IsActive), pods.Count(p => PodFactory.Phase(p) == "Succeeded"), pods.Count(p => PodFactory.Phase(p) == "Failed"));
    }

    private static void Set(JsonObject status, string field, int value)
    {
        if (value != 0)
            status[field] = value;
    }
}
