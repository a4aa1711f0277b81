using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The defaults of pods and pod templates.</summary>
internal static class PodDefaults
{
    /// <summary>A pod template's defaults.</summary>
    public static void Template(JsonObject template)
    {
        template.ChildOrNew("metadata");
        Spec(template.ChildOrNew("spec"));
    }

    /// <summary>A pod spec's defaults.</summary>
    public static void Spec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("securityContext", new JsonObject());
        spec.Default("schedulerName", "default-scheduler");
        if (spec.Text("serviceAccountName") is { Length: > 0 } account)
            spec.Default("serviceAccount", account);
        else if (spec.Text("serviceAccount") is { Length: > 0 } old)
            spec["serviceAccountName"] = old;
        foreach (JsonObject container in spec.Objects("initContainers").Concat(spec.Objects("containers")))
            Container(container);
        foreach (JsonObject volume in spec.Objects("volumes"))
            Volume(volume);
    }

    /// <summary>What admission adds to a pod itself.</summary>
    public static void Admission(JsonObject pod)
    {
        JsonObject spec = pod.ChildOrNew("spec");
        spec.Default("serviceAccountName", "default");
        spec.Default("serviceAccount", spec.Text("serviceAccountName")!);
        spec.Default("enableServiceLinks", true);
        spec.Default("preemptionPolicy", "PreemptLowerPriority");
        spec.Default(
            "priority",
            spec.Text("priorityClassName") switch
            {
                "system-cluster-critical" => 2000000000,
                "system-node-critical" => 2000001000,
                _ => 0,
            }
        );
        spec.Default("tolerations", new JsonArray(Toleration("not-ready"), Toleration("unreachable")));
    }

    private static JsonObject Toleration(string taint) =>
        new()
        {
            ["key"] = "node.kubernetes.io/" + taint,
            ["operator"] = "Exists",
            ["effect"] = "NoExecute",
            ["tolerationSeconds"] = 300,
        };

    private static void Container(JsonObject container)
    {
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        container.Default("imagePullPolicy", PullPolicy(container.Text("image") ?? ""));
        JsonObject resources = container.ChildOrNew("resources");
        Quantities(resources["limits"] as JsonObject);
        Quantities(resources["requests"] as JsonObject);
        foreach (JsonObject port in container.Objects("ports"))
            port.Default("protocol", "TCP");
        foreach (JsonObject env in container.Objects("env"))
            env.Child("valueFrom", "fieldRef")?.Default("apiVersion", "v1");
        foreach (string probe in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container[probe] is JsonObject p)
                Probe(p);
        }
    }

    private static void Probe(JsonObject probe)
    {
        probe.Default("timeoutSeconds", 1);
        probe.Default("periodSeconds", 10);
        probe.Default("successThreshold", 1);
        probe.Default("failureThreshold", 3);
        if (probe["httpGet"] is JsonObject http)
        {
            http.Default("path", "/");
            http.Default("scheme", "HTTP");
        }
    }

    private static void Volume(JsonObject volume)
    {
        foreach (string source in (ReadOnlySpan<string>)["configMap", "secret", "projected", "downwardAPI"])
            (volume[source] as JsonObject)?.Default("defaultMode", 420);
        (volume["hostPath"] as JsonObject)?.Default("type", "");
        if (volume.Child("projected") is not { } projected)
            return;
        foreach (JsonObject source in projected.Objects("sources"))
            source.Child("serviceAccountToken")?.Default("expirationSeconds", 3600);
    }

    private static void Quantities(JsonObject? quantities)
    {
        if (quantities is null)
            return;
        foreach ((string key, JsonNode? value) in quantities.ToList())
        {
            if (value is not null && value.GetValueKind() == System.Text.Json.JsonValueKind.Number)
                quantities[key] = value.ToJsonString();
        }
    }

    private static string PullPolicy(string image)
    {
        int slash = image.LastIndexOf('/');
        string name = image[(slash + 1)..];
        bool pinned =
            name.Contains('@', StringComparison.Ordinal)
            || (name.Contains(':', StringComparison.Ordinal) && !name.EndsWith(":latest", StringComparison.Ordinal));
        return pinned ? "IfNotPresent" : "Always";
    }
}
