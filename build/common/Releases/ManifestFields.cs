using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Releases;

/// <summary>
/// The fields of a manifest that are held against the live object: those that the API server stores as they were sent. What the live object has
/// besides, be it a default or another's addition, is no difference, as an upgrade would leave it.
/// </summary>
internal static class ManifestFields
{
    private static readonly string[] Workloads = ["Deployment", "StatefulSet", "DaemonSet"];

    // A list's items are identified by these.
    private static readonly (string List, string Key)[] Keyed = [("env", "name"), ("volumeMounts", "mountPath")];

    // Quantities are stored in another form.
    private static readonly string[] Quantities = ["sizeLimit", "divisor", "requests", "limits"];

    /// <summary>The first field that differs, in words; null for none.</summary>
    public static string? Changed(JsonObject wanted, JsonObject live) =>
        (string?)wanted["kind"] switch
        {
            "ConfigMap" => (wanted["data"] as JsonObject ?? []).FirstOrDefault(entry => !JsonNode.DeepEquals(entry.Value, live["data"]?[entry.Key])).Key,
            "ServiceAccount" => (wanted["metadata"]?["annotations"] as JsonObject ?? [])
                .FirstOrDefault(entry => !Holds(entry.Value, live["metadata"]?["annotations"]?[entry.Key]))
                .Key
                is { } annotation
                ? $"annotation {annotation}"
                : null,
            "ClusterRole" or "Role" => Field(wanted, live, "rules"),
            "ClusterRoleBinding" or "RoleBinding" => Field(wanted, live, "subjects"),
            { } kind when Workloads.Contains(kind, StringComparer.Ordinal) => ChangedPod(Pod(wanted), Pod(live)),
            _ => null,
        };

    /// <summary>Whether a Deployment's or StatefulSet's number of replicas is not that of its manifest.</summary>
    public static bool HasOtherReplicas(JsonObject wanted, JsonObject live) => Replicas(wanted) is { } number && Replicas(live) is { } found && number != found;

    /// <summary>Whether a Deployment is scaled to 0 for which the manifest has no number.</summary>
    public static bool IsIdleWithoutNumber(JsonObject wanted, JsonObject live) =>
        (string?)wanted["kind"] == "Deployment" && wanted["spec"]?["replicas"] is null && Replicas(live) == 0;

    /// <summary>The number of replicas; null where there is none.</summary>
    public static int? Replicas(JsonObject workload) =>
        (string?)workload["kind"] is not "DaemonSet"
        && int.TryParse(workload["spec"]?["replicas"]?.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string? ChangedPod(JsonObject wanted, JsonObject live)
    {
        if (!Holds(wanted["serviceAccountName"], live["serviceAccountName"]))
            return "serviceAccountName";
        foreach (var volume in Items(wanted, "volumes"))
        {
            if (!Holds(volume, Item(live, "volumes", "name", volume)))
                return $"volume {(string?)volume["name"]}";
        }

        return ChangedContainer(wanted, live, "initContainers", "init container") ?? ChangedContainer(wanted, live, "containers", "container");
    }

    private static string? ChangedContainer(JsonObject wanted, JsonObject live, string list, string word)
    {
        foreach (var container in Items(wanted, list))
        {
            var name = $"{word} {(string?)container["name"]}";
            if (Item(live, list, "name", container) is not { } same)
                return name;
            foreach (var field in new[] { "image", "command", "args", "envFrom" })
            {
                if (!Holds(container[field], same[field]))
                    return $"{name} {field}";
            }

            foreach (var (items, key) in Keyed)
            {
                if (Items(container, items).FirstOrDefault(item => !Holds(item, Item(same, items, key, item))) is { } changed)
                    return $"{name} {items} {changed[key]}";
            }
        }

        return null;
    }

    private static string? Field(JsonObject wanted, JsonObject live, string field) => Holds(wanted[field], live[field]) ? null : field;

    private static JsonObject Pod(JsonObject workload) => workload["spec"]?["template"]?["spec"] as JsonObject ?? [];

    private static IEnumerable<JsonObject> Items(JsonObject holder, string list) => (holder[list] as JsonArray ?? []).OfType<JsonObject>();

    // Helm applies a list's doubled item by its last one.
    private static JsonObject? Item(JsonObject holder, string list, string key, JsonObject like) =>
        Items(holder, list).LastOrDefault(item => (string?)item[key] == (string?)like[key]);

    private static bool Holds(JsonNode? wanted, JsonNode? live) =>
        wanted switch
        {
            null => true,
            JsonObject fields => live is JsonObject found
                && fields.All(field =>
                    Quantities.Contains(field.Key, StringComparer.Ordinal)
                    || (found[field.Key] is null && IsEmpty(field.Value))
                    || Holds(field.Value, found[field.Key])
                ),
            JsonArray items => items.Count == 0
                || (live is JsonArray found && found.Count == items.Count && items.Zip(found).All(pair => Holds(pair.First, pair.Second))),
            _ => live is JsonValue && wanted.ToString() == live.ToString(),
        };

    // What the API server leaves out of what it stores.
    private static bool IsEmpty(JsonNode? value) =>
        value is null || value is JsonArray { Count: 0 } || (value is JsonValue scalar && scalar.ToString() is "" or "0" or "false" or "False");
}
