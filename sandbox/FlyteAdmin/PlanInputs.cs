using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>Checks an execution's inputs: CheckAndFetchInputsForExecution of flyteadmin's execution_validator.go.</summary>
internal static class PlanInputs
{
    /// <summary>The simple types of flyteidl.</summary>
    public static readonly string[] Types = ["NONE", "INTEGER", "FLOAT", "STRING", "BOOLEAN", "DATETIME", "DURATION", "BINARY", "ERROR", "STRUCT"];

    /// <exception cref="AdminException">One is unknown, missing or of another type.</exception>
    public static void Check(IReadOnlyList<PlanInput> expected, JsonObject? given)
    {
        foreach (var (name, literal) in given ?? [])
        {
            if (literal is not JsonObject value || value.Count == 0)
                throw AdminException.Invalid($"missing valid literal in inputs {name}");
            if (expected.All(i => i.Name != name))
                throw AdminException.Invalid($"invalid input {name}");
        }

        foreach (var input in expected)
        {
            if (given?[input.Name] is not JsonObject literal)
            {
                if (input.Default is null)
                    throw AdminException.Invalid($"expected_inputs {input.Name} missing");
                continue;
            }

            if (TypeOf(literal) is { } type && type != input.Type)
                throw AdminException.Invalid($"invalid {input.Name} input wrong type. Expected simple:{input.Type}, but got simple:{type}");
        }
    }

    /// <summary>The simple type of a literal; null where it has none.</summary>
    private static string? TypeOf(JsonObject literal) =>
        literal.Child("scalar") switch
        {
            { } s when s.Child("primitive")?.FirstOrDefault().Key is { } field => field switch
            {
                "integer" => "INTEGER",
                "float_value" => "FLOAT",
                "string_value" => "STRING",
                "boolean" => "BOOLEAN",
                "datetime" => "DATETIME",
                _ => "DURATION",
            },
            { } s when s.ContainsKey("none_type") => "NONE",
            { } s when s.ContainsKey("binary") => "BINARY",
            { } s when s.ContainsKey("error") => "ERROR",
            { } s when s.ContainsKey("generic") => "STRUCT",
            _ => null,
        };
}
