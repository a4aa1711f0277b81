using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>Checks the lists of an applied configuration: items have their keys, and none is there twice.</summary>
internal static class AppliedLists
{
    /// <summary>Refuses a configuration that cannot be merged.</summary>
    /// <exception cref="ApiException">500 InternalError, which is what the API server answers.</exception>
    public static void Check(JsonObject applied, FieldSchema schema)
    {
        var errors = Errors(applied, schema, "").ToList();
        if (errors.Count == 0)
            return;
        var version = (string?)applied["apiVersion"] ?? "";
        // A GroupVersionKind of the core group starts with its empty group.
        var kind = $"{(version.Contains('/', StringComparison.Ordinal) ? "" : "/")}{version}, Kind={(string?)applied["kind"]}";
        var name = $"{(string?)applied["metadata"]?["namespace"]}/{(string?)applied["metadata"]?["name"]}; {kind}";
        var what = errors.Count == 1 ? errors[0] : "errors:\n  " + string.Join("\n  ", errors);
        throw new ApiException(500, "InternalError", $"failed to create typed patch object ({name}): {what}");
    }

    private static IEnumerable<string> Errors(JsonNode? value, FieldSchema schema, string path)
    {
        if (!TypedValue.IsGranular(value, schema))
            return [];
        return value is JsonArray list
            ? ListErrors(list, schema, path)
            : value!.AsObject().SelectMany(field => Errors(field.Value, schema.Field(field.Key), path + "." + field.Key));
    }

    private static IEnumerable<string> ListErrors(JsonArray list, FieldSchema schema, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < list.Count; index++)
        {
            var item = list[index];
            var missing = schema.Keys.FirstOrDefault(key => key.Default is null && (item as JsonObject)?[key.Name] is null);
            if (missing is not null)
            {
                yield return $"{path}: element {index}: associative list with keys has an element that omits key field \"{missing.Name}\" (and "
                    + "doesn't have default value)";
                continue;
            }
            var element = PathElement.Item(item, schema);
            var shown = PathElement.Display(element);
            if (!seen.Add(element))
                yield return $"{path}: duplicate entries for key {shown}";
            foreach (var error in Errors(item, schema.Item ?? FieldSchema.Plain, path + shown))
                yield return error;
        }
    }
}
