using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using Flyte.MultiCluster.Sandbox.Hosting;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>A launch plan as the control interface registers it, instead of pyflyte.</summary>
internal static class LaunchPlanBody
{
    /// <summary>Registers one.</summary>
    /// <exception cref="FormatException">It is wrong.</exception>
    public static void Register(AdminDatabase database, JsonObject json)
    {
        var body = new ControlBody(json, "the launch plan", "project", "domain", "name", "version", "active", "inputs", "behaviour");
        var inputs = body.Node("inputs") switch
        {
            null => [],
            JsonObject map => map.Select(i => Input(i.Key, i.Value)).ToList(),
            _ => throw new FormatException("\"inputs\" must be a JSON object"),
        };
        var behaviours = Enum.GetNames<PlanBehaviour>().Select(b => b.ToLowerInvariant()).ToList();
        var behaviour = behaviours.IndexOf(body.Text("behaviour", "succeeds"));
        if (behaviour < 0)
            throw new FormatException($"\"behaviour\" must be one of {string.Join(", ", behaviours)}");
        database.PutPlan(
            new PlanKey(body.Text("project"), body.Text("domain"), body.Text("name"), body.Text("version")),
            body.Flag("active", true),
            inputs,
            (PlanBehaviour)behaviour
        );
    }

    private static PlanInput Input(string name, JsonNode? node)
    {
        var body = new ControlBody(node, name, "type", "required");
        var type = body.Text("type");
        if (!PlanInputs.Types.Contains(type, StringComparer.Ordinal))
            throw new FormatException($"\"type\" must be one of {string.Join(", ", PlanInputs.Types)}");
        return new PlanInput(name, type, body.Flag("required", false) ? null : new JsonObject { ["scalar"] = Default(type) });
    }

    // As flytekit writes a default: an integer is a text.
    private static JsonObject Default(string type) =>
        type switch
        {
            "INTEGER" => Primitive("integer", "0"),
            "FLOAT" => Primitive("float_value", 0.0),
            "STRING" => Primitive("string_value", ""),
            "BOOLEAN" => Primitive("boolean", false),
            _ => new JsonObject { ["none_type"] = new JsonObject() },
        };

    private static JsonObject Primitive(string field, JsonNode value) => new() { ["primitive"] = new JsonObject { [field] = value } };
}
