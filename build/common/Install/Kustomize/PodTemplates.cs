using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>What is patched into the pod templates of an overlay's Deployments.</summary>
public static class PodTemplates
{
    /// <summary>The annotation whose change restarts pods after their ConfigMaps changed, as the chart's configChecksum does.</summary>
    public const string Checksum = $"{FieldManagers.Tool}/config-checksum";

    private static readonly string[] Lists = ["initContainers", "containers"];

    /// <summary>The Deployment of a name; null where there is none.</summary>
    public static JsonObject? Deployment(IEnumerable<JsonObject> objects, string name) =>
        objects.FirstOrDefault(found => (string?)found["kind"] == "Deployment" && (string?)found["metadata"]?["name"] == name);

    /// <summary>A Deployment's containers, init containers too.</summary>
    public static IEnumerable<JsonObject> Containers(JsonObject deployment) =>
        Lists.SelectMany(list => deployment["spec"]?["template"]?["spec"]?[list] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>Writes the checksum of the overlay's ConfigMaps into each Deployment that uses some.</summary>
    public static void Stamp(IReadOnlyList<JsonObject> objects)
    {
        foreach (var deployment in objects.Where(found => (string?)found["kind"] == "Deployment"))
        {
            var used = MountedClusterConfigs.ConfigMaps(deployment);
            JsonObject[] maps =
            [
                .. objects
                    .Where(found =>
                        (string?)found["kind"] == "ConfigMap" && used.Contains((string?)found["metadata"]?["name"] ?? string.Empty, StringComparer.Ordinal)
                    )
                    .Select(map => map["data"])
                    .OfType<JsonObject>(),
            ];
            if (maps.Length == 0 || deployment["spec"]?["template"] is not JsonObject template)
                continue;
            Child(Child(template, "metadata"), "annotations")[Checksum] = Overlay.DigestOf(maps);
        }
    }

    /// <summary>A child object, made where it is not there.</summary>
    public static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
            parent[name] = child = [];
        return child;
    }

    /// <summary>A child list, made where it is not there.</summary>
    public static JsonArray List(JsonObject parent, string name)
    {
        if (parent[name] is not JsonArray list)
            parent[name] = list = [];
        return list;
    }
}
