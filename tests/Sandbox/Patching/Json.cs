using System.Text.Json.Nodes;
using NUnit.Framework.Constraints;

namespace Flyte.MultiCluster.Tests.Sandbox.Patching;

/// <summary>JSON in tests.</summary>
internal static class Json
{
    public static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    /// <summary>Equal as JSON, whatever the order of fields.</summary>
    public static Constraint Is(string expected) => Is(JsonNode.Parse(expected)!);

    /// <summary>Equal as JSON, whatever the order of fields.</summary>
    public static Constraint Is(JsonNode expected) => new Equality(expected);

    private sealed class Equality(JsonNode expected) : Constraint
    {
        public override string Description => expected.ToJsonString();

        public override ConstraintResult ApplyTo<TActual>(TActual actual) =>
            new(this, (actual as JsonNode)?.ToJsonString(), JsonNode.DeepEquals(actual as JsonNode, expected));
    }
}
