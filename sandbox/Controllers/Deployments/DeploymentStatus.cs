using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Deployments;

/// <summary>A Deployment's status, its conditions in the Deployment controller's words.</summary>
internal static class DeploymentStatus
{
    private const string Done = "NewReplicaSetAvailable";
    private const string Late = "ProgressDeadlineExceeded";

    public static JsonObject Of(Rollout rollout, DateTimeOffset now)
    {
        var before = rollout.Deployment.Child("status");
        var sets = rollout.Sets;
        var current = rollout.New;
        var available = sets.Sum(s => ReplicaSets.Status(s, "availableReplicas"));
        var status = new JsonObject { ["observedGeneration"] = rollout.Deployment.Child("metadata")?.Number("generation") ?? 1 };
        Set(status, "replicas", sets.Sum(s => ReplicaSets.Status(s, "replicas")));
        Set(status, "updatedReplicas", current is null ? 0 : ReplicaSets.Status(current, "replicas"));
        Set(status, "readyReplicas", sets.Sum(s => ReplicaSets.Status(s, "readyReplicas")));
        Set(status, "availableReplicas", available);
        Set(status, "unavailableReplicas", Math.Max(0, sets.Sum(ReplicaSets.Wanted) - available));
        if (rollout.Collisions > 0)
            status["collisionCount"] = rollout.Collisions;
        var conditions = new JsonArray();
        status["conditions"] = conditions;
        var enough = available >= rollout.Counts.MinAvailable;
        var availableCondition = enough
            ? Condition(before, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now, false)
            : Condition(before, "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now, false);
        conditions.Add(availableCondition);
        if (Progressing(rollout, before, status, current, now) is { } progressing)
            conditions.Add(progressing);
        return status;
    }

    /// <summary>How long until the progress deadline has to be looked at; null when there is nothing to wait for.</summary>
    public static TimeSpan? Deadline(JsonObject status, JsonObject deployment, DateTimeOffset now)
    {
        if (Conditions.Find(status, "Progressing") is not { } condition || condition.Text("reason") is Done or Late || condition.Text("status") != "True")
            return null;
        var wait = Started(condition) + Allowed(deployment) - now;
        return wait > TimeSpan.Zero ? wait + TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(1);
    }

    private static JsonObject? Progressing(Rollout rollout, JsonObject? before, JsonObject status, CachedObject? current, DateTimeOffset now)
    {
        var known = Conditions.Find(before, "Progressing");
        var reason = known?.Text("reason");
        if (rollout.Paused)
            return Condition(before, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", now, false);
        if (reason == "DeploymentPaused")
            known = Condition(before, "Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed", now, false);
        if (rollout.Created)
            return Condition(before, "Progressing", "True", "NewReplicaSetCreated", $"Created new replica set \"{current?.Key.Name}\"", now, true);
        if (current is null)
            return known?.Copy();
        if (reason == Done && Number(status, "replicas") == Number(status, "updatedReplicas"))
            return known!.Copy();
        if (IsComplete(status, rollout.Counts.Desired))
            return Condition(before, "Progressing", "True", Done, $"ReplicaSet \"{current.Key.Name}\" has successfully progressed.", now, true);
        if (IsProgress(before, status) || known is null)
            return Condition(before, "Progressing", "True", "ReplicaSetUpdated", $"ReplicaSet \"{current.Key.Name}\" is progressing.", now, true);
        if (reason != Done && now >= Started(known) + Allowed(rollout.Deployment))
            return Condition(before, "Progressing", "False", Late, $"ReplicaSet \"{current.Key.Name}\" has timed out progressing.", now, false);
        return known.Copy();
    }

    private static bool IsComplete(JsonObject status, int desired) =>
        Number(status, "updatedReplicas") == desired && Number(status, "replicas") == desired && Number(status, "availableReplicas") == desired;

    private static bool IsProgress(JsonObject? before, JsonObject status)
    {
        var old = before ?? [];
        return Number(status, "updatedReplicas") > Number(old, "updatedReplicas")
            || Number(status, "replicas") - Number(status, "updatedReplicas") < Number(old, "replicas") - Number(old, "updatedReplicas")
            || Number(status, "readyReplicas") > Number(old, "readyReplicas")
            || Number(status, "availableReplicas") > Number(old, "availableReplicas");
    }

    private static JsonObject Condition(JsonObject? before, string type, string value, string reason, string message, DateTimeOffset now, bool moves)
    {
        var known = Conditions.Find(before, type);
        if (!moves && known?.Text("status") == value && known.Text("reason") == reason)
            return known.Copy();
        var made = Conditions.Make(before, type, value, reason, message, Cluster.Format(now));
        made["lastUpdateTime"] = Cluster.Format(now);
        return made;
    }

    private static DateTimeOffset Started(JsonObject condition) =>
        DateTimeOffset.Parse(
            condition.Text("lastUpdateTime") ?? condition.Text("lastTransitionTime")!,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal
        );

    private static TimeSpan Allowed(JsonObject deployment) => TimeSpan.FromSeconds(deployment.Child("spec")?.Number("progressDeadlineSeconds") ?? 600);

    private static long Number(JsonObject status, string field) => status.Number(field) ?? 0;

    private static void Set(JsonObject status, string field, int value)
    {
        if (value != 0)
            status[field] = value;
    }
}
