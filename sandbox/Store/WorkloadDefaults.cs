using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The defaults of the kinds that make pods.</summary>
internal static class WorkloadDefaults
{
    /// <summary>Fills what is absent; other kinds are left alone.</summary>
    public static void Apply(string kind, JsonObject obj)
    {
        if (kind is not ("Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" or "Job" or "CronJob" or "ReplicationController"))
            return;
        JsonObject spec = obj.ChildOrNew("spec");
        switch (kind)
        {
            case "Deployment":
                spec.Default("replicas", 1);
                Strategy(spec, "strategy", "25%");
                spec.Default("revisionHistoryLimit", 10);
                spec.Default("progressDeadlineSeconds", 600);
                break;
            case "ReplicaSet" or "ReplicationController":
                spec.Default("replicas", 1);
                break;
            case "StatefulSet":
                spec.Default("replicas", 1);
                spec.Default("podManagementPolicy", "OrderedReady");
                spec.Default("revisionHistoryLimit", 10);
                spec.Default(
                    "updateStrategy",
                    new JsonObject
                    {
                        ["type"] = "RollingUpdate",
                        ["rollingUpdate"] = new JsonObject { ["partition"] = 0 },
                    }
                );
                spec.Default("persistentVolumeClaimRetentionPolicy", new JsonObject { ["whenDeleted"] = "Retain", ["whenScaled"] = "Retain" });
                break;
            case "DaemonSet":
                spec.Default("revisionHistoryLimit", 10);
                spec.Default(
                    "updateStrategy",
                    new JsonObject
                    {
                        ["type"] = "RollingUpdate",
                        ["rollingUpdate"] = new JsonObject { ["maxSurge"] = 0, ["maxUnavailable"] = 1 },
                    }
                );
                break;
            case "Job":
                Job(spec);
                Labels(obj, spec);
                break;
            case "CronJob":
                spec.Default("concurrencyPolicy", "Allow");
                spec.Default("suspend", false);
                spec.Default("successfulJobsHistoryLimit", 3);
                spec.Default("failedJobsHistoryLimit", 1);
                JsonObject job = spec.ChildOrNew("jobTemplate").ChildOrNew("spec");
                PodDefaults.Template(job.ChildOrNew("template"));
                return;
        }
        PodDefaults.Template(spec.ChildOrNew("template"));
    }

    private static void Strategy(JsonObject spec, string name, string share)
    {
        JsonObject strategy = spec.ChildOrNew(name);
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") != "RollingUpdate")
            return;
        JsonObject rolling = strategy.ChildOrNew("rollingUpdate");
        rolling.Default("maxUnavailable", share);
        rolling.Default("maxSurge", share);
    }

    private static void Job(JsonObject spec)
    {
        spec.Default("completions", 1);
        spec.Default("parallelism", 1);
        spec.Default("backoffLimit", 6);
        spec.Default("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("manualSelector", false);
        spec.Default("podReplacementPolicy", "TerminatingOrFailed");
    }

    private static void Labels(JsonObject job, JsonObject spec)
    {
        if (spec["selector"] is not null)
            return;
        string uid = Guid.NewGuid().ToString();
        spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid } };
        JsonObject labels = spec.ChildOrNew("template").ChildOrNew("metadata").ChildOrNew("labels");
        labels["batch.kubernetes.io/controller-uid"] = uid;
        labels["batch.kubernetes.io/job-name"] = job.Metadata("name");
    }
}
