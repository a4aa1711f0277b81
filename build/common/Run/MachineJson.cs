using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>What the program's JSON documents have in common.</summary>
public static class MachineJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A document as text, indented, with characters of all languages as they are.</summary>
    /// <param name="document">The document.</param>
    public static string Format(JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.ToJsonString(Indented);
    }

    /// <summary>Problems as a list of objects with <c>place</c>, <c>what</c> and <c>remedy</c>.</summary>
    /// <param name="problems">The problems.</param>
    public static JsonArray Of(IEnumerable<Problem> problems) =>
        [
            .. problems.Select(problem => new JsonObject
            {
                ["place"] = problem.Place,
                ["what"] = problem.What,
                ["remedy"] = problem.Remedy,
            }),
        ];

    /// <summary>Texts as a list.</summary>
    /// <param name="texts">The texts.</param>
    public static JsonArray Of(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
