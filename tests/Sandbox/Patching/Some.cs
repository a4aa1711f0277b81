using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

/// <summary>Generated objects.</summary>
internal static class Some
{
    private static readonly Gen<string> Name = Gen.Elements("a", "b", "c", "d");

    /// <summary>Custom resources of three levels: maps, lists and primitives, no nulls.</summary>
    public static Arbitrary<JsonObject> Documents { get; } = Map(3).ToArbitrary();

    /// <summary>ConfigMap configurations: an arbitrary part of a few data keys.</summary>
    public static Arbitrary<JsonObject> ConfigMaps { get; } =
        Name.Two().ListOf().Select(pairs => ConfigMap(pairs.Select(pair => (pair.Item1, pair.Item2)))).ToArbitrary();

    /// <summary>A ConfigMap named x; without data when there is none, as an empty map is itself a field.</summary>
    public static JsonObject ConfigMap(IEnumerable<(string Key, string Value)> pairs)
    {
        var data = new JsonObject();
        foreach (var (key, value) in pairs)
            data[key] = value;
        var map = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "x", ["namespace"] = "y" },
        };
        if (data.Count > 0)
            map["data"] = data;
        return map;
    }

    private static Gen<JsonObject> Map(int depth) =>
        Gen.Zip(Name, Value(depth - 1))
            .ListOf()
            .Select(fields =>
            {
                var map = new JsonObject();
                foreach (var (name, value) in fields)
                    map[name] = value.DeepClone();
                return map;
            });

    private static Gen<JsonNode> Value(int depth)
    {
        var leaf = Gen.OneOf(Name.Select(name => (JsonNode)name), Gen.Choose(0, 3).Select(number => (JsonNode)number), Name.ListOf().Select(List));
        return depth == 0 ? leaf : Gen.OneOf(leaf, Map(depth).Select(map => (JsonNode)map));
    }

    private static JsonNode List(IEnumerable<string> items) => new JsonArray([.. items.Select(item => (JsonNode)item)]);
}
