using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Tests.Fleets;

/// <summary>The part of JSON Schema that the project's schemas use. An unknown keyword is an error, so that nothing goes unchecked.</summary>
internal static class SchemaCheck
{
    public static void Check(JsonObject schema, JsonNode? node, string path, List<string> violations)
    {
        foreach (var (keyword, rule) in schema)
        {
            if (!Holds(schema, keyword, rule, node, path, violations))
            {
                violations.Add($"{path}: {keyword}");
            }
        }
    }

    private static bool Holds(JsonObject schema, string keyword, JsonNode? rule, JsonNode? node, string path, List<string> violations)
    {
        var map = node as JsonObject;
        var list = node as JsonArray;
        var text = node?.GetValueKind() == JsonValueKind.String ? (string)node! : null;
        double? number = node?.GetValueKind() == JsonValueKind.Number ? (double)node : null;
        switch (keyword)
        {
            case "$schema" or "title" or "description" or "default" or "examples" or "patternProperties":
                return true;
            case "type":
                return (rule is JsonArray kinds ? kinds.Select(kind => (string)kind!) : [(string)rule!]).Any(kind => IsKind(kind, node));
            case "enum":
                return rule!.AsArray().Any(value => JsonNode.DeepEquals(value, node));
            case "pattern":
                return text is null || Regex.IsMatch(text, (string)rule!);
            case "minLength":
                return text is null || text.Length >= (int)rule!;
            case "maxLength":
                return text is null || text.Length <= (int)rule!;
            case "minimum":
                return number is null || number >= (double)rule!;
            case "maximum":
                return number is null || number <= (double)rule!;
            case "minItems":
                return list is null || list.Count >= (int)rule!;
            case "maxItems":
                return list is null || list.Count <= (int)rule!;
            case "minProperties":
                return map is null || map.Count >= (int)rule!;
            case "required":
                return map is null || rule!.AsArray().All(name => map.ContainsKey((string)name!));
            case "oneOf":
                return rule!.AsArray().Count(option => IsValid(option!.AsObject(), node)) == 1;
            case "propertyNames":
                violations.AddRange((map ?? []).Where(entry => !IsValid(rule!.AsObject(), JsonValue.Create(entry.Key))).Select(entry => $"{path}/{entry.Key}: name"));
                return true;
            case "items":
                foreach (var (index, item) in (list ?? []).Index())
                {
                    Check(rule!.AsObject(), item, $"{path}/{index}", violations);
                }

                return true;
            case "properties":
                foreach (var (name, value) in (map ?? []).Where(entry => rule!.AsObject().ContainsKey(entry.Key)))
                {
                    Check(rule![name]!.AsObject(), value, $"{path}/{name}", violations);
                }

                return true;
            case "additionalProperties":
                foreach (var (name, value) in (map ?? []).Where(entry => !IsNamed(schema, entry.Key)))
                {
                    if (rule is JsonObject inner)
                    {
                        Check(inner, value, $"{path}/{name}", violations);
                    }
                    else
                    {
                        violations.Add($"{path}/{name}: unknown");
                    }
                }

                return true;
            default:
                throw new NotSupportedException($"The check does not know the keyword {keyword}.");
        }
    }

    private static bool IsValid(JsonObject schema, JsonNode? node)
    {
        var violations = new List<string>();
        Check(schema, node, "", violations);
        return violations.Count == 0;
    }

    private static bool IsNamed(JsonObject schema, string name) =>
        schema["properties"]?.AsObject().ContainsKey(name) == true
        || schema["patternProperties"]?.AsObject().Any(entry => Regex.IsMatch(name, entry.Key)) == true;

    private static bool IsKind(string kind, JsonNode? node) => kind switch
    {
        "null" => node is null,
        "object" => node is JsonObject,
        "array" => node is JsonArray,
        "string" => node?.GetValueKind() == JsonValueKind.String,
        "number" => node?.GetValueKind() == JsonValueKind.Number,
        "integer" => node?.GetValueKind() == JsonValueKind.Number && double.IsInteger((double)node),
        "boolean" => node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => throw new NotSupportedException($"The check does not know the type {kind}."),
    };
}
