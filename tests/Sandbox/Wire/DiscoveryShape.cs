using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Sandbox.Wire;

/// <summary>Compares discovery documents: the sandbox serves fewer resources, but those it serves as the recorded server did.</summary>
internal static class DiscoveryShape
{
    // pods and services have subresources here that nobody uses, and the sandbox leaves them out.
    private static readonly HashSet<string> Fewer = new(StringComparer.Ordinal) { "subresources" };

    public static List<string> Differences(JsonObject recorded, JsonObject answered)
    {
        List<string> differences = [];
        foreach (string key in new[] { "kind", "apiVersion", "groupVersion" })
        {
            if (recorded[key]?.ToJsonString() != answered[key]?.ToJsonString())
                differences.Add($"{key} is {answered[key]}, not {recorded[key]}");
        }
        Dictionary<string, JsonObject> known = Resources(recorded).ToDictionary(r => r.Key, r => r.Resource, StringComparer.Ordinal);
        int compared = 0;
        foreach ((string key, JsonObject resource) in Resources(answered))
        {
            if (!known.TryGetValue(key, out JsonObject? other))
                continue;
            compared++;
            differences.AddRange(Shape.Differences(Without(other), Without(resource)).Select(d => key + d));
        }
        if (compared < 5)
            differences.Add("hardly any resource is among the recorded ones");
        return differences;
    }

    private static JsonObject Without(JsonObject resource) =>
        [.. resource.Where(p => !Fewer.Contains(p.Key) && p.Key != "storageVersionHash").Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))];

    private static IEnumerable<(string Key, JsonObject Resource)> Resources(JsonObject document)
    {
        foreach (JsonObject r in document["resources"]?.AsArray().OfType<JsonObject>() ?? [])
            yield return (r["name"]!.GetValue<string>(), r);
        foreach (JsonObject group in document["items"]?.AsArray().OfType<JsonObject>() ?? [])
        {
            foreach (JsonObject version in group["versions"]!.AsArray().OfType<JsonObject>())
            {
                foreach (JsonObject r in version["resources"]!.AsArray().OfType<JsonObject>())
                    yield return ($"{group["metadata"]?["name"]}/{version["version"]}/{r["resource"]}", r);
            }
        }
    }
}
