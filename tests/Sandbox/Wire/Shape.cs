using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Sandbox.Wire;

/// <summary>Compares an answer with the recorded one: keys, kinds and values, but for what differs from cluster to cluster.</summary>
internal static class Shape
{
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal)
    {
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "deletionTimestamp",
        "time",
        "lastTransitionTime",
        "clusterIP",
        "storageVersionHash",
        "description",
        "gitCommit",
        "buildDate",
        "goVersion",
        "compiler",
        "platform",
    };

    /// <summary>The differences, none when the answer fits.</summary>
    public static List<string> Differences(JsonNode? recorded, JsonNode? answered)
    {
        List<string> differences = [];
        Compare("", recorded, answered, differences);
        return differences;
    }

    private static void Compare(string path, JsonNode? a, JsonNode? b, List<string> differences)
    {
        switch (a)
        {
            case JsonObject recorded when b is JsonObject answered:
                foreach ((string key, JsonNode? value) in recorded)
                {
                    if (!answered.TryGetPropertyValue(key, out JsonNode? other))
                        differences.Add($"{path}.{key} is missing: {Short(value)}");
                    else if (!Ignored.Contains(key))
                        Compare($"{path}.{key}", value, other, differences);
                    else if (Kind(value) != Kind(other))
                        differences.Add($"{path}.{key} is {Kind(other)}, not {Kind(value)}");
                }
                foreach ((string key, JsonNode? value) in answered)
                {
                    if (!recorded.ContainsKey(key))
                        differences.Add($"{path}.{key} is too much: {Short(value)}");
                }
                break;
            case JsonArray recorded when b is JsonArray answered:
                if (path.EndsWith("clusterIPs", StringComparison.Ordinal) && recorded.Count == answered.Count)
                    break;
                if (recorded.Count != answered.Count)
                    differences.Add($"{path} has {answered.Count} items, not {recorded.Count}: {Short(answered)} instead of {Short(recorded)}");
                for (int i = 0; i < Math.Min(recorded.Count, answered.Count); i++)
                    Compare($"{path}[{i}]", recorded[i], answered[i], differences);
                break;
            default:
                if (Age(path, a, b))
                    break;
                if (!JsonNode.DeepEquals(a, b))
                    differences.Add($"{path} is {Short(b)}, not {Short(a)}");
                break;
        }
    }

    private static bool Age(string path, JsonNode? a, JsonNode? b) =>
        path.Contains("cells[", StringComparison.Ordinal)
        && Kind(a) == JsonValueKind.String
        && Kind(b) == JsonValueKind.String
        && a!.GetValue<string>() is { Length: > 1 } age
        && char.IsAsciiDigit(age[0])
        && char.IsAsciiLetterLower(age[^1]);

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    private static string Short(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length > 160 ? text[..160] + "…" : text;
    }
}
