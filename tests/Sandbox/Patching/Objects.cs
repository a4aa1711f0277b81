using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

/// <summary>The objects of these tests, and who owns what in them.</summary>
internal static class Objects
{
    public static JsonObject Config(params (string, string)[] pairs) => Some.ConfigMap(pairs);

    public static JsonObject Deployment(params string[] containers)
    {
        var deployment = Json.Object("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"template":{"spec":{}}}}""");
        deployment["spec"]!["template"]!["spec"]!["containers"] = new JsonArray([.. containers.Select(container => JsonNode.Parse(container))]);
        return deployment;
    }

    public static JsonObject With(JsonObject live, (string Key, string Value) pair)
    {
        var after = live.DeepClone().AsObject();
        after["data"]![pair.Key] = pair.Value;
        return after;
    }

    public static IEnumerable<string> Times(JsonObject live) =>
        live["metadata"]!["managedFields"]!.AsArray().Select(entry => $"{entry!["manager"]} {entry["time"]}");

    public static IEnumerable<string> Owners(JsonObject live, string map, string key) =>
        from entry in live["metadata"]?["managedFields"] as JsonArray ?? []
        where entry!["fieldsV1"]?["f:" + map]?["f:" + key] is not null
        select (string)entry!["manager"]!;
}
