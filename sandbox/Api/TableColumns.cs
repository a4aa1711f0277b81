using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>The columns of each kind's Table, as Kubernetes' printers define them.</summary>
internal static class TableColumns
{
    private static readonly TableColumn[] Plain = [TableColumn.NameColumn, TableColumn.Age];

    private static readonly TableColumn[] Created = [TableColumn.NameColumn, new("Created At", "date", 0, (o, _) => o.Metadata("creationTimestamp"))];

    private static readonly Dictionary<string, TableColumn[]> ByKind = new(StringComparer.Ordinal)
    {
        ["Namespace"] = [TableColumn.NameColumn, Text("Status", o => At(o, "status", "phase")), TableColumn.Age],
        ["Secret"] = [TableColumn.NameColumn, Text("Type", o => o.Text("type")), Count("Data", o => (o["data"] as JsonObject)?.Count ?? 0), TableColumn.Age],
        ["ConfigMap"] =
        [
            TableColumn.NameColumn,
            Count("Data", o => ((o["data"] as JsonObject)?.Count ?? 0) + ((o["binaryData"] as JsonObject)?.Count ?? 0)),
            TableColumn.Age,
        ],
        ["ServiceAccount"] = [TableColumn.NameColumn, Count("Secrets", o => (o["secrets"] as JsonArray)?.Count ?? 0), TableColumn.Age],
        ["Pod"] =
        [
            TableColumn.NameColumn,
            Text("Ready", PodCells.Ready),
            Text("Status", PodCells.Status),
            new("Restarts", "string", 0, (o, now) => PodCells.Restarts(o, now)),
            TableColumn.Age,
            Text("IP", o => At(o, "status", "podIP"), 1),
            Text("Node", o => At(o, "spec", "nodeName"), 1),
            Text("Nominated Node", o => At(o, "status", "nominatedNodeName"), 1),
            Text("Readiness Gates", _ => null, 1),
        ],
        ["Deployment"] =
        [
            TableColumn.NameColumn,
            Text("Ready", o => $"{Number(o, "status", "readyReplicas")}/{Number(o, "spec", "replicas")}"),
            Count("Up-to-date", o => Number(o, "status", "updatedReplicas")),
            Count("Available", o => Number(o, "status", "availableReplicas")),
            TableColumn.Age,
            .. Template(selector: true),
        ],
        ["ReplicaSet"] =
        [
            TableColumn.NameColumn,
            Count("Desired", o => Number(o, "spec", "replicas")),
            Count("Current", o => Number(o, "status", "replicas")),
            Count("Ready", o => Number(o, "status", "readyReplicas")),
            TableColumn.Age,
            .. Template(selector: true),
        ],
        ["StatefulSet"] =
        [
            TableColumn.NameColumn,
            Text("Ready", o => $"{Number(o, "status", "readyReplicas")}/{Number(o, "spec", "replicas")}"),
            TableColumn.Age,
            .. Template(selector: false),
        ],
        ["DaemonSet"] =
        [
            TableColumn.NameColumn,
            Count("Desired", o => Number(o, "status", "desiredNumberScheduled")),
            Count("Current", o => Number(o, "status", "currentNumberScheduled")),
            Count("Ready", o => Number(o, "status", "numberReady")),
            Count("Up-to-date", o => Number(o, "status", "updatedNumberScheduled")),
            Count("Available", o => Number(o, "status", "numberAvailable")),
            Text("Node Selector", o => Selected(o.Child("spec", "template", "spec", "nodeSelector"))),
            TableColumn.Age,
            .. Template(selector: true),
        ],
        ["Job"] =
        [
            TableColumn.NameColumn,
            Text("Status", JobCells.Status),
            Text("Completions", JobCells.Completions),
            new("Duration", "string", 0, (o, now) => JobCells.Duration(o, now)),
            TableColumn.Age,
            .. Template(selector: true),
        ],
        ["CronJob"] =
        [
            TableColumn.NameColumn,
            Text("Schedule", o => At(o, "spec", "schedule")),
            Text("Timezone", o => At(o, "spec", "timeZone")),
            Text("Suspend", o => o.Child("spec")?.Flag("suspend") == true ? "True" : "False"),
            Count("Active", o => (o.Child("status")?["active"] as JsonArray)?.Count ?? 0),
            Text("Last Schedule", o => At(o, "status", "lastScheduleTime")),
            TableColumn.Age,
        ],
        ["Service"] =
        [
            TableColumn.NameColumn,
            Text("Type", o => At(o, "spec", "type")),
            Text("Cluster-IP", o => At(o, "spec", "clusterIP")),
            Text("External-IP", o => At(o, "spec", "externalName")),
            Text("Port(s)", ServicePorts),
            TableColumn.Age,
            Text("Selector", o => Selected(o.Child("spec", "selector")), 1),
        ],
        ["Ingress"] =
        [
            TableColumn.NameColumn,
            Text("Class", o => At(o, "spec", "ingressClassName") ?? o.Child("metadata", "annotations")?.Text("kubernetes.io/ingress.class")),
            Text("Hosts", IngressHosts),
            Text("Address", _ => ""),
            Text("Ports", o => o.Child("spec")?.Objects("tls").Any() == true ? "80, 443" : "80"),
            TableColumn.Age,
        ],
        ["Endpoints"] = [TableColumn.NameColumn, Text("Endpoints", _ => null), TableColumn.Age],
        ["Event"] =
        [
            new(
                "Last Seen",
                "string",
                0,
                (o, now) => TableColumn.Since(o.Text("lastTimestamp") ?? o.Text("eventTime") ?? o.Metadata("creationTimestamp"), now)
            ),
            Text("Type", o => o.Text("type")),
            Text("Reason", o => o.Text("reason")),
            Text("Object", o => $"{At(o, "involvedObject", "kind")?.ToLowerInvariant()}/{At(o, "involvedObject", "name")}"),
            Text("Subobject", o => At(o, "involvedObject", "fieldPath"), 1),
            Text("Source", o => At(o, "source", "component") ?? o.Text("reportingComponent"), 1),
            Text("Message", o => o.Text("message")),
            new("First Seen", "string", 1, (o, now) => TableColumn.Since(o.Text("firstTimestamp") ?? o.Metadata("creationTimestamp"), now)),
            new("Count", "integer", 1, (o, _) => o.Number("count") ?? 1),
            new("Name", "string", 1, (o, _) => o.Metadata("name")) { Format = "name" },
        ],
        ["Node"] =
        [
            TableColumn.NameColumn,
            Text("Status", NodeStatus),
            Text("Roles", _ => null),
            TableColumn.Age,
            Text("Version", o => o.Child("status", "nodeInfo")?.Text("kubeletVersion")),
            Text("Internal-IP", _ => null, 1),
        ],
        ["PersistentVolumeClaim"] =
        [
            TableColumn.NameColumn,
            Text("Status", o => At(o, "status", "phase")),
            Text("Volume", o => At(o, "spec", "volumeName") ?? ""),
            Text("Capacity", _ => ""),
            Text("Access Modes", _ => ""),
            Text("StorageClass", o => At(o, "spec", "storageClassName") ?? ""),
            TableColumn.Age,
            Text("VolumeMode", o => At(o, "spec", "volumeMode"), 1),
        ],
        ["RoleBinding"] = [TableColumn.NameColumn, Text("Role", RoleRef), TableColumn.Age, .. Subjects()],
        ["ClusterRoleBinding"] = [TableColumn.NameColumn, Text("Role", RoleRef), TableColumn.Age, .. Subjects()],
        ["Role"] = Created,
        ["ClusterRole"] = Created,
        ["CustomResourceDefinition"] = Created,
        ["HorizontalPodAutoscaler"] =
        [
            TableColumn.NameColumn,
            Text("Reference", o => $"{o.Child("spec", "scaleTargetRef")?.Text("kind")}/{o.Child("spec", "scaleTargetRef")?.Text("name")}"),
            Text("Targets", _ => "<none>"),
            Text("MinPods", o => Number(o, "spec", "minReplicas").ToString()),
            Count("MaxPods", o => Number(o, "spec", "maxReplicas")),
            Count("Replicas", o => Number(o, "status", "currentReplicas")),
            TableColumn.Age,
        ],
        ["PodDisruptionBudget"] =
        [
            TableColumn.NameColumn,
            Text("Min Available", o => o.Child("spec")?["minAvailable"]?.ToString() ?? "N/A"),
            Text("Max Unavailable", o => o.Child("spec")?["maxUnavailable"]?.ToString() ?? "N/A"),
            Count("Allowed Disruptions", o => Number(o, "status", "disruptionsAllowed")),
            TableColumn.Age,
        ],
        ["Lease"] = [TableColumn.NameColumn, Text("Holder", o => At(o, "spec", "holderIdentity")), TableColumn.Age],
        ["StorageClass"] =
        [
            TableColumn.NameColumn,
            Text("Provisioner", o => o.Text("provisioner")),
            Text("ReclaimPolicy", o => o.Text("reclaimPolicy")),
            Text("VolumeBindingMode", o => o.Text("volumeBindingMode")),
            new("AllowVolumeExpansion", "string", 0, (o, _) => o.Flag("allowVolumeExpansion")),
            TableColumn.Age,
        ],
        ["PriorityClass"] =
        [
            TableColumn.NameColumn,
            Count("Value", o => o.Number("value") ?? 0),
            new("Global-Default", "boolean", 0, (o, _) => o.Flag("globalDefault")),
            TableColumn.Age,
            Text("PreemptionPolicy", o => o.Text("preemptionPolicy")),
        ],
        ["IngressClass"] = [TableColumn.NameColumn, Text("Controller", o => At(o, "spec", "controller")), Text("Parameters", _ => null), TableColumn.Age],
        ["NetworkPolicy"] = [TableColumn.NameColumn, Text("Pod-Selector", o => Selected(o.Child("spec", "podSelector", "matchLabels"))), TableColumn.Age],
        ["MutatingWebhookConfiguration"] = [TableColumn.NameColumn, Count("Webhooks", o => o.Objects("webhooks").Count()), TableColumn.Age],
        ["ValidatingWebhookConfiguration"] = [TableColumn.NameColumn, Count("Webhooks", o => o.Objects("webhooks").Count()), TableColumn.Age],
    };

    /// <summary>A resource's columns.</summary>
    public static IReadOnlyList<TableColumn> Of(ResourceInfo r)
    {
        if (!r.IsCustom)
            return ByKind.GetValueOrDefault(r.Kind) ?? Plain;
        return r.PrinterColumns.Count == 0 ? Plain : [TableColumn.NameColumn, .. r.PrinterColumns.Select(Custom)];
    }

    private static TableColumn Custom(PrinterColumn c)
    {
        string[] path = c.JsonPath.TrimStart('.').Split('.');
        return new(
            c.Name,
            c.Type,
            c.Priority,
            (o, now) =>
            {
                JsonNode? at = o;
                foreach (string step in path)
                    at = (at as JsonObject)?[step];
                return c.Type == "date" ? TableColumn.Since((at as JsonValue)?.GetValue<string>(), now)
                    : at is JsonObject or JsonArray ? at.ToJsonString(JsonReading.Compact)
                    : at?.DeepClone();
            }
        )
        {
            Format = c.Format,
            Description = c.Description.Length > 0 ? c.Description : $"Custom resource definition column (in JSONPath format): {c.JsonPath}",
        };
    }

    private static TableColumn Text(string name, Func<JsonObject, string?> cell, int priority = 0) =>
        new(name, "string", priority, (o, _) => cell(o) ?? "<none>");

    private static TableColumn Count(string name, Func<JsonObject, long> cell) =>
        new(name, name == "Data" || name == "Secrets" ? "string" : "integer", 0, (o, _) => cell(o));

    private static string? At(JsonObject o, string a, string b) => o.Child(a)?.Text(b);

    private static long Number(JsonObject o, string a, string b) => o.Child(a)?.Number(b) ?? 0;

    private static IEnumerable<TableColumn> Template(bool selector)
    {
        yield return Text("Containers", o => string.Join(",", Containers(o).Select(c => c.Text("name"))), 1);
        yield return Text("Images", o => string.Join(",", Containers(o).Select(c => c.Text("image"))), 1);
        if (selector)
            yield return Text("Selector", o => Selected(o.Child("spec", "selector", "matchLabels")), 1);
    }

    private static IEnumerable<JsonObject> Containers(JsonObject o) => o.Child("spec", "template", "spec")?.Objects("containers") ?? [];

    private static string? Selected(JsonObject? labels) =>
        labels is null || labels.Count == 0 ? null : string.Join(",", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    private static string ServicePorts(JsonObject o) =>
        string.Join(
            ",",
            o.Child("spec")?.Objects("ports").Select(p => $"{p.Number("port")}{(p.Number("nodePort") is long n ? $":{n}" : "")}/{p.Text("protocol")}") ?? []
        );

    private static string IngressHosts(JsonObject o)
    {
        string hosts = string.Join(",", o.Child("spec")?.Objects("rules").Select(r => r.Text("host")).Where(h => !string.IsNullOrEmpty(h)) ?? []);
        return hosts.Length == 0 ? "*" : hosts;
    }

    private static string NodeStatus(JsonObject o) =>
        o.Child("status")?.Objects("conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True") == true ? "Ready" : "NotReady";

    private static string RoleRef(JsonObject o) => $"{At(o, "roleRef", "kind")}/{At(o, "roleRef", "name")}";

    private static IEnumerable<TableColumn> Subjects()
    {
        foreach ((string name, string kind) in new[] { ("Users", "User"), ("Groups", "Group"), ("ServiceAccounts", "ServiceAccount") })
            yield return Text(
                name,
                o =>
                    string.Join(
                        ", ",
                        o.Objects("subjects")
                            .Where(s => s.Text("kind") == kind)
                            .Select(s => kind == "ServiceAccount" ? $"{s.Text("namespace")}/{s.Text("name")}" : s.Text("name"))
                    ),
                1
            );
    }
}
