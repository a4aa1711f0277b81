using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>
/// Where flyteadmin's <c>clusters</c> section is in an overlay, whose ConfigMaps may have any name: in one that a Deployment mounts, under
/// <c>clusters.yaml</c> or another key whose text has that section.
/// </summary>
public static class MountedClusterConfigs
{
    private const string Section = "clusters";

    /// <summary>Which ConfigMaps a Deployment's pods use.</summary>
    /// <param name="deployment">The Deployment; null for none.</param>
    /// <returns>Their names, each once.</returns>
    public static IReadOnlyList<string> ConfigMaps(JsonObject? deployment)
    {
        var names = new List<string>();
        Collect(deployment?["spec"]?["template"]?["spec"], names);
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The key of a ConfigMap that has the section.</summary>
    /// <param name="configMap">The ConfigMap; null for none.</param>
    /// <param name="values">Parses YAML.</param>
    /// <returns>The key, and the section; null where there is none.</returns>
    /// <exception cref="FormatException">What seems to hold it is not YAML.</exception>
    public static (string Key, JsonObject Section)? Find(JsonObject? configMap, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var entries = (configMap?["data"] as JsonObject ?? []).Where(entry => Has(entry.Key, (string?)entry.Value, Section));
        foreach (var (key, text) in entries.OrderBy(entry => entry.Key != ClusterConfigs.Key))
        {
            var document = values.Parse((string)text!, key);
            if (!document.TryGetPropertyValue(Section, out var section))
                continue;

            // The guide's text writes the list where flyteadmin reads a mapping.
            return (key, section as JsonObject ?? (section is JsonArray list ? new JsonObject { ["clusterConfigs"] = list.DeepClone() } : []));
        }

        return null;
    }

    /// <summary>Whether a ConfigMap's entry is a YAML file with a section of that name; scripts and templates are not parsed for it.</summary>
    internal static bool Has(string key, string? text, string section) =>
        (key.EndsWith(".yaml", StringComparison.Ordinal) || key.EndsWith(".yml", StringComparison.Ordinal))
        && (text ?? string.Empty).Split('\n').Any(line => line.StartsWith(section + ":", StringComparison.Ordinal));

    /// <summary>Writes the section.</summary>
    /// <param name="configMap">The ConfigMap; changed.</param>
    /// <param name="key">Its key.</param>
    /// <param name="section">The section.</param>
    /// <param name="values">Parses and writes YAML.</param>
    public static void Write(JsonObject configMap, string key, JsonObject section, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(configMap);
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(values);
        var document = values.Parse((string)configMap["data"]![key]!, key);
        document[Section] = section.DeepClone();
        configMap["data"]![key] = values.Write(document);
    }

    /// <summary>The configuration that a live Deployment has mounted.</summary>
    /// <param name="deployment">The Deployment; null for none.</param>
    /// <param name="read">Reads a ConfigMap by its name.</param>
    /// <param name="values">Parses YAML.</param>
    /// <returns>The configuration; null where there is none.</returns>
    public static async Task<ClusterConfigs?> LiveAsync(JsonObject? deployment, Func<string, Task<JsonObject?>> read, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(read);
        foreach (var name in ConfigMaps(deployment))
        {
            if (Find(await read(name), values) is var (_, section))
                return ClusterConfigs.Of(section);
        }

        return null;
    }

    private static void Collect(JsonNode? node, List<string> names)
    {
        foreach (var (key, value) in node as JsonObject ?? [])
        {
            if (key is "configMap" or "configMapRef" or "configMapKeyRef" && (string?)(value as JsonObject)?["name"] is { } name)
                names.Add(name);
            else
                Collect(value, names);
        }

        foreach (var item in node as JsonArray ?? [])
            Collect(item, names);
    }
}
