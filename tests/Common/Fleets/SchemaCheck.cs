using System.Text.Json.Nodes;
using Json.Schema;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

/// <summary>The project's schemas, as a validator of the field reads them.</summary>
internal static class SchemaCheck
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    /// <summary>What a document violates: its place and the keyword, <c>/labels/Label: minItems</c>; nothing where it fits.</summary>
    public static IReadOnlyList<string> Violations(JsonNode schema, JsonNode? document)
    {
        // Each of them has the identity that its text gives it; a registry of all would refuse the second reading.
        var read = JsonSchema.FromText(schema.ToJsonString(), new BuildOptions { SchemaRegistry = new SchemaRegistry() });
        using var instance = System.Text.Json.JsonDocument.Parse(document?.ToJsonString() ?? "null");
        var result = read.Evaluate(instance.RootElement, Options);

        // Of a choice that fits, the list also holds what the other alternatives miss.
        if (result.IsValid)
            return [];
        return
        [
            .. (result.Details ?? [])
                .Append(result)
                .SelectMany(detail => (detail.Errors ?? new Dictionary<string, string>()).Select(error => $"{detail.InstanceLocation}: {error.Key}"))
                .Distinct(StringComparer.Ordinal),
        ];
    }
}
