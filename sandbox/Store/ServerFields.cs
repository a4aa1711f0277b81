using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The fields that the API server and not the client decides.</summary>
internal static class ServerFields
{
    /// <summary>Fills what a new object gets after field tracking: status, cluster IPs, the namespace's finalizer.</summary>
    public static void OnCreate(ResourceInfo r, JsonObject obj, Func<string, bool> clusterIpTaken, DateTimeOffset now)
    {
        if (r.IsCustom)
            return;
        switch (r.Kind)
        {
            case "Namespace":
                obj["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
                obj["status"] = new JsonObject { ["phase"] = "Active" };
                break;
            case "Service":
                AssignClusterIp(obj, clusterIpTaken);
                obj["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
                break;
            case "Ingress":
                obj["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
                break;
            case "Pod":
                obj["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = PodQuality.Of(obj) };
                break;
            case "ReplicaSet" or "StatefulSet" or "ReplicationController":
                obj["status"] = new JsonObject { ["replicas"] = 0 };
                break;
            case "DaemonSet":
                obj["status"] = new JsonObject
                {
                    ["currentNumberScheduled"] = 0,
                    ["numberMisscheduled"] = 0,
                    ["desiredNumberScheduled"] = 0,
                    ["numberReady"] = 0,
                };
                break;
            case "PersistentVolumeClaim" or "PersistentVolume":
                obj["status"] = new JsonObject { ["phase"] = "Pending" };
                break;
            case "HorizontalPodAutoscaler":
                obj["status"] = new JsonObject { ["desiredReplicas"] = 0, ["currentMetrics"] = null };
                break;
            case "PodDisruptionBudget":
                obj["status"] = new JsonObject
                {
                    ["disruptionsAllowed"] = 0,
                    ["currentHealthy"] = 0,
                    ["desiredHealthy"] = 0,
                    ["expectedPods"] = 0,
                };
                break;
            case "CustomResourceDefinition":
                obj["status"] = NewDefinitionStatus(obj);
                break;
            case "Deployment" or "Job" or "CronJob" or "Node" or "ResourceQuota":
                obj["status"] = new JsonObject();
                break;
        }
    }

    /// <summary>A definition whose names are accepted and that serves.</summary>
    public static JsonObject Established(JsonObject definition, DateTimeOffset now)
    {
        JsonObject status = definition.ChildOrNew("status");
        string at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        status["conditions"] = new JsonArray(
            Condition("NamesAccepted", at, "NoConflicts", "no conflicts found"),
            Condition("Established", at, "InitialNamesAccepted", "the initial names have been accepted")
        );
        status["acceptedNames"] = definition["spec"]!["names"]!.DeepClone();
        return definition;
    }

    /// <summary>Says of a definition that its objects are about to be deleted.</summary>
    public static void Terminating(JsonObject definition, DateTimeOffset now)
    {
        if (definition.ChildOrNew("status")["conditions"] is JsonArray conditions && !conditions.OfType<JsonObject>().Any(c => c.Text("type") == "Terminating"))
            conditions.Add(
                Condition(
                    "Terminating",
                    now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
                    "InstanceDeletionPending",
                    "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
                )
            );
    }

    /// <summary>The object to be stored, from the stored one and the one sent, for a subresource or the main resource.</summary>
    public static JsonObject Merge(ResourceInfo r, JsonObject old, JsonObject sent, string? subresource)
    {
        JsonObject result = sent;
        if (subresource is "status" or "finalize")
        {
            result = old.Copy();
            result["apiVersion"] = r.ApiVersion;
            if (sent.Child("metadata")?["managedFields"] is JsonNode managed)
                result["metadata"]!["managedFields"] = managed.DeepClone();
            string part = subresource == "status" ? "status" : "spec";
            if (sent[part] is JsonNode given)
                result[part] = given.DeepClone();
            else if (subresource == "status")
                result.Remove(part);
            return result;
        }
        JsonObject oldMetadata = (JsonObject)old["metadata"]!;
        JsonObject metadata = (JsonObject)result["metadata"]!;
        foreach (
            string key in (ReadOnlySpan<string>)
                ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "namespace", "resourceVersion", "generateName"]
        )
            Keep(oldMetadata, metadata, key);
        if (metadata["managedFields"] is null)
            Keep(oldMetadata, metadata, "managedFields");
        if (r.HasStatusSubresource)
            Keep(old, result, "status");
        if (r is { Kind: "Namespace", IsCustom: false })
            Keep(old, result, "spec");
        if (
            r is { Kind: "Service", IsCustom: false }
            && old["spec"] is JsonObject oldSpec
            && result["spec"] is JsonObject spec
            && spec.Text("type") != "ExternalName"
        )
        {
            spec.Default("clusterIP", oldSpec["clusterIP"]?.DeepClone() ?? "");
            foreach (string allocated in (ReadOnlySpan<string>)["clusterIPs", "ipFamilies", "ipFamilyPolicy"])
            {
                if (oldSpec[allocated] is JsonNode value)
                    spec.Default(allocated, value.DeepClone());
            }
        }
        return result;
    }

    /// <summary>Raises metadata.generation when anything but metadata and status changed.</summary>
    public static void RaiseGeneration(ResourceInfo r, JsonObject old, JsonObject obj)
    {
        if (!r.HasGeneration)
            return;
        bool statusCounts = !r.HasStatusSubresource;
        bool same = old.All(p => Ignored(p.Key) || JsonNode.DeepEquals(p.Value, obj[p.Key])) && obj.All(p => Ignored(p.Key) || old.ContainsKey(p.Key));
        if (!same)
            obj["metadata"]!["generation"] = (old.Child("metadata")!.Number("generation") ?? 0) + 1;

        bool Ignored(string key) => key is "metadata" or "apiVersion" || (key == "status" && !statusCounts);
    }

    private static void Keep(JsonObject from, JsonObject to, string key)
    {
        if (from[key] is JsonNode value)
            to[key] = value.DeepClone();
        else
            to.Remove(key);
    }

    private static JsonObject NewDefinitionStatus(JsonObject definition) =>
        new()
        {
            ["conditions"] = null,
            ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
            ["storedVersions"] = new JsonArray([
                .. definition.ChildOrNew("spec").Objects("versions").Where(v => v.Flag("storage")).Select(v => (JsonNode)(v.Text("name") ?? "")),
            ]),
        };

    private static JsonObject Condition(string type, string at, string reason, string message) =>
        new()
        {
            ["type"] = type,
            ["status"] = "True",
            ["lastTransitionTime"] = at,
            ["reason"] = reason,
            ["message"] = message,
        };

    private static void AssignClusterIp(JsonObject service, Func<string, bool> taken)
    {
        JsonObject spec = service.ChildOrNew("spec");
        if (spec.Text("type") == "ExternalName")
            return;
        if (spec.Text("clusterIP") is not { Length: > 0 } ip)
        {
            uint start = BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(service.Metadata("namespace") + "/" + service.Metadata("name"))));
            do
            {
                start++;
                ip = $"10.96.{start / 250 % 256}.{(start % 250) + 2}";
            } while (taken(ip));
        }
        spec["clusterIP"] = ip;
        spec["clusterIPs"] = new JsonArray(ip);
        spec.Default("ipFamilies", new JsonArray("IPv4"));
        spec.Default("ipFamilyPolicy", "SingleStack");
    }
}
