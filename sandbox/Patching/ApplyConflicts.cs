using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>The fields that others own and an apply would change.</summary>
internal static class ApplyConflicts
{
    /// <summary>The 409 that the API server answers.</summary>
    public static ApiException ToException(IReadOnlyDictionary<ManagerKey, FieldSet> conflicts)
    {
        var found = conflicts
            .Select(conflict => (Manager: conflict.Key.Display, Paths: conflict.Value.Paths().ToList()))
            .OrderBy(conflict => conflict.Manager, StringComparer.Ordinal)
            .ToList();
        var causes = found.SelectMany(conflict =>
            conflict.Paths.Select(
                JsonNode? (path) =>
                    new JsonObject
                    {
                        ["reason"] = "FieldManagerConflict",
                        ["message"] = "conflict with " + conflict.Manager,
                        ["field"] = path,
                    }
            )
        );
        return new ApiException(409, "Conflict", Message(found), new JsonObject { ["causes"] = new JsonArray([.. causes]) });
    }

    private static string Message(List<(string Manager, List<string> Paths)> found)
    {
        var count = found.Sum(conflict => conflict.Paths.Count);
        if (count == 1)
            return $"Apply failed with 1 conflict: conflict with {found[0].Manager}: {found[0].Paths[0]}";
        var lines = found.SelectMany(conflict => conflict.Paths.Select(path => "- " + path).Prepend($"conflicts with {conflict.Manager}:"));
        return $"Apply failed with {count} conflicts: {string.Join('\n', lines)}";
    }
}
