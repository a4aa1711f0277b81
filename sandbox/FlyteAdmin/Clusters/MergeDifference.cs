using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>The patch that flyteadmin makes of a template and a live object: what the template says otherwise; nothing is taken away.</summary>
internal static class MergeDifference
{
    /// <summary>The patch; empty where the live object says all of it.</summary>
    public static JsonObject Of(JsonObject wanted, JsonObject? live)
    {
        var patch = new JsonObject();
        foreach (var (key, value) in wanted)
        {
            if (value is JsonObject map)
            {
                if (Of(map, live?[key] as JsonObject) is { Count: > 0 } inner)
                    patch[key] = inner;
            }
            else if (!JsonNode.DeepEquals(value, live?[key]))
            {
                patch[key] = value?.DeepClone();
            }
        }

        return patch;
    }

    /// <summary>Puts a patch of maps into an object.</summary>
    public static void Apply(JsonObject into, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is JsonObject map)
            {
                if (into[key] is not JsonObject child)
                    into[key] = child = [];
                Apply(child, map);
            }
            else
            {
                into[key] = value?.DeepClone();
            }
        }
    }
}
