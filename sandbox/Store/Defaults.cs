using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The defaults of the built-in kinds (Kubernetes' <c>SetDefaults_…</c> functions), as far as clients look at them.</summary>
internal static class Defaults
{
    /// <summary>Fills what is absent.</summary>
    public static void Apply(ResourceInfo r, JsonObject obj)
    {
        if (r.IsCustom)
            return;
        switch (r.Kind)
        {
            case "Namespace":
                obj["metadata"]!.AsObject().ChildOrNew("labels")["kubernetes.io/metadata.name"] = obj.Metadata("name");
                break;
            case "Secret":
                Secret(obj);
                break;
            case "Service":
                Service(obj.ChildOrNew("spec"));
                break;
            case "Pod":
                PodDefaults.Spec(obj.ChildOrNew("spec"));
                PodDefaults.Admission(obj);
                break;
            case "PodTemplate":
                PodDefaults.Template(obj.ChildOrNew("template"));
                break;
            case "PersistentVolumeClaim":
                obj.ChildOrNew("spec").Default("volumeMode", "Filesystem");
                break;
            case "Ingress":
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                Binding(obj);
                break;
            case "HorizontalPodAutoscaler":
                Autoscaler(obj.ChildOrNew("spec"));
                break;
            case "NetworkPolicy":
                NetworkPolicy(obj.ChildOrNew("spec"));
                break;
            case "CustomResourceDefinition":
                Definition(obj.ChildOrNew("spec"));
                break;
            case "MutatingWebhookConfiguration" or "ValidatingWebhookConfiguration":
                Webhooks(r, obj);
                break;
            case "StorageClass":
                obj.Default("reclaimPolicy", "Delete");
                obj.Default("volumeBindingMode", "Immediate");
                break;
            case "PriorityClass":
                obj.Default("preemptionPolicy", "PreemptLowerPriority");
                break;
            default:
                WorkloadDefaults.Apply(r.Kind, obj);
                break;
        }
    }

    private static void Secret(JsonObject obj)
    {
        obj.Default("type", "Opaque");
        if (obj["stringData"] is JsonObject text)
        {
            JsonObject data = obj.ChildOrNew("data");
            foreach ((string key, JsonNode? value) in text)
                data[key] = Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(value is JsonValue v && v.TryGetValue(out string? s) ? s : value?.ToJsonString() ?? "")
                );
        }
        obj.Remove("stringData");
        if (obj["data"] is JsonObject { Count: 0 })
            obj.Remove("data");
    }

    private static void Service(JsonObject spec)
    {
        string type = spec.Text("type") ?? "ClusterIP";
        spec["type"] = type;
        spec.Default("sessionAffinity", "None");
        foreach (JsonObject port in spec.Objects("ports"))
        {
            port.Default("protocol", "TCP");
            if (port["targetPort"] is null && port["port"] is JsonNode same)
                port["targetPort"] = same.DeepClone();
        }
        if (type == "ExternalName")
            return;
        spec.Default("internalTrafficPolicy", "Cluster");
        if (type is "NodePort" or "LoadBalancer")
            spec.Default("externalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer")
            spec.Default("allocateLoadBalancerNodePorts", true);
    }

    // autoscaling/v1 knows the CPU only; it is kept as v2 says it.
    private static void Autoscaler(JsonObject spec)
    {
        spec.Default("minReplicas", 1);
        if (spec.Number("targetCPUUtilizationPercentage") is not long percent)
            return;
        spec.Remove("targetCPUUtilizationPercentage");
        JsonObject target = new() { ["type"] = "Utilization", ["averageUtilization"] = percent };
        spec["metrics"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject { ["name"] = "cpu", ["target"] = target },
            }
        );
    }

    private static void Binding(JsonObject obj)
    {
        const string Group = "rbac.authorization.k8s.io";
        if (obj["roleRef"] is JsonObject role)
            role.Default("apiGroup", Group);
        foreach (JsonObject subject in obj.Objects("subjects"))
        {
            if (subject.Text("kind") is "User" or "Group")
                subject.Default("apiGroup", Group);
        }
    }

    private static void NetworkPolicy(JsonObject spec)
    {
        spec.Default("podSelector", new JsonObject());
        if (spec["policyTypes"] is null)
            spec["policyTypes"] = spec["egress"] is null ? new JsonArray("Ingress") : new JsonArray("Ingress", "Egress");
        foreach (JsonObject rule in spec.Objects("ingress").Concat(spec.Objects("egress")))
        {
            foreach (JsonObject port in rule.Objects("ports"))
                port.Default("protocol", "TCP");
        }
    }

    private static void Definition(JsonObject spec)
    {
        spec.Default("conversion", new JsonObject { ["strategy"] = "None" });
        if (spec["names"] is not JsonObject names || names.Text("kind") is not { } kind)
            return;
        names.Default("singular", kind.ToLowerInvariant());
        names.Default("listKind", kind + "List");
    }

    private static void Webhooks(ResourceInfo r, JsonObject obj)
    {
        foreach (JsonObject hook in obj.Objects("webhooks"))
        {
            hook.Default("failurePolicy", "Fail");
            hook.Default("matchPolicy", "Equivalent");
            hook.Default("namespaceSelector", new JsonObject());
            hook.Default("objectSelector", new JsonObject());
            hook.Default("timeoutSeconds", 10);
            if (r.Kind == "MutatingWebhookConfiguration")
                hook.Default("reinvocationPolicy", "Never");
            if (hook.Child("clientConfig", "service") is { } service)
                service.Default("port", 443);
            foreach (JsonObject rule in hook.Objects("rules"))
                rule.Default("scope", "*");
        }
    }
}
