using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>A field that a server-side apply would change and that another field manager owns.</summary>
/// <param name="Field">Its path as the API server writes it, <c>.spec.template.spec.containers[name="main"].image</c>.</param>
/// <param name="Manager">The manager, <c>kubectl</c>.</param>
public sealed record FieldConflict(string Field, string Manager)
{
    private const string Beginning = "conflict with \"";

    /// <summary>The conflicts in the details of a Status; none in any other Status.</summary>
    public static IReadOnlyList<FieldConflict> Of(JsonObject status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return
        [
            .. (status["details"]?["causes"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Where(cause => (string?)cause["reason"] == "FieldManagerConflict")
                .Select(cause => new FieldConflict((string?)cause["field"] ?? string.Empty, Named((string?)cause["message"] ?? string.Empty))),
        ];
    }

    // conflict with "kubectl" with subresource "scale" using apps/v1
    private static string Named(string message) =>
        message.StartsWith(Beginning, StringComparison.Ordinal) && message.IndexOf('"', Beginning.Length) is > 0 and var end
            ? message[Beginning.Length..end]
            : message;
}
