using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>flyteidl's messages as grpc-gateway writes them: the names of the protos, 64-bit integers as text, enums by name.</summary>
internal static class FlyteAdminJson
{
    public const string LabelKind = "EXECUTION_CLUSTER_LABEL";

    /// <summary>The objects in a list; none where it is none.</summary>
    public static IEnumerable<JsonObject> List(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>A text on a path of fields; null where it is empty or none.</summary>
    public static string? Text(JsonObject message, params ReadOnlySpan<string> path)
    {
        JsonNode? node = message;
        foreach (var field in path)
            node = (node as JsonObject)?[field];
        return node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
    }

    /// <summary>The stored labels among <c>MatchableAttributesConfiguration</c>s; those without a project cannot be set by any call.</summary>
    public static IReadOnlyDictionary<LabelScope, string> Labels(JsonObject answer)
    {
        var labels = new Dictionary<LabelScope, string>();
        foreach (var row in List(answer["configurations"]))
        {
            if (row["attributes"]?["execution_cluster_label"] is JsonObject label && Text(row, "project") is { } project && Text(row, "launch_plan") is null)
                labels[new LabelScope(project, Text(row, "domain"), Text(row, "workflow"))] = Text(label, "value") ?? string.Empty;
        }

        return labels;
    }

    /// <summary><c>…AttributesUpdateRequest</c>.</summary>
    public static JsonObject LabelRequest(LabelScope scope, string label)
    {
        var attributes = new JsonObject { ["project"] = scope.Project };
        if (scope.Domain is not null)
            attributes["domain"] = scope.Domain;
        if (scope.Workflow is not null)
            attributes["workflow"] = scope.Workflow;
        attributes["matching_attributes"] = new JsonObject { ["execution_cluster_label"] = new JsonObject { ["value"] = label } };
        return new JsonObject { ["attributes"] = attributes };
    }

    /// <summary><c>LaunchPlan</c>.</summary>
    public static LaunchPlan LaunchPlan(JsonObject plan)
    {
        var inputs = new Dictionary<string, LaunchPlanInput>(StringComparer.Ordinal);
        foreach (var (name, parameter) in (plan["closure"]?["expected_inputs"]?["parameters"] as JsonObject) ?? [])
        {
            // A default may be the null of an optional input: that the field is there counts.
            if (parameter is JsonObject input)
                inputs[name] = new LaunchPlanInput(
                    input["var"]?["type"]?.DeepClone() as JsonObject ?? [],
                    input["required"] is JsonValue required && required.TryGetValue<bool>(out var needed) && needed
                );
        }

        return new LaunchPlan(
            Text(plan, "id", "project") ?? string.Empty,
            Text(plan, "id", "domain") ?? string.Empty,
            Text(plan, "id", "name") ?? string.Empty,
            Text(plan, "id", "version") ?? string.Empty,
            Text(plan, "spec", "workflow_id", "name") ?? string.Empty,
            inputs
        );
    }

    /// <summary><c>ExecutionCreateRequest</c>.</summary>
    public static JsonObject ExecutionRequest(ExecutionRequest request)
    {
        var spec = new JsonObject
        {
            ["launch_plan"] = new JsonObject
            {
                ["resource_type"] = "LAUNCH_PLAN",
                ["project"] = request.LaunchPlan.Project,
                ["domain"] = request.LaunchPlan.Domain,
                ["name"] = request.LaunchPlan.Name,
                ["version"] = request.LaunchPlan.Version,
            },
        };
        if (request.Label is not null)
            spec["execution_cluster_label"] = new JsonObject { ["value"] = request.Label };
        return new JsonObject
        {
            ["project"] = request.Id.Project,
            ["domain"] = request.Id.Domain,
            ["name"] = request.Id.Name,
            ["spec"] = spec,
            ["inputs"] = new JsonObject { ["literals"] = request.Inputs.DeepClone() },
        };
    }

    /// <summary><c>Execution</c>.</summary>
    public static Execution Execution(ExecutionId id, JsonObject execution) =>
        new(
            id,
            Phase(Text(execution, "closure", "phase")),
            Text(execution, "spec", "metadata", "system_metadata", "execution_cluster"),
            Text(execution, "closure", "error", "message") ?? Text(execution, "closure", "abort_metadata", "cause"),
            DateTimeOffset.TryParse(Text(execution, "closure", "created_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at
                : null
        )
        {
            Principal = Text(execution, "spec", "metadata", "principal"),
        };

    /// <summary>An execution's identity, <c>WorkflowExecutionIdentifier</c>; null where it is none.</summary>
    public static ExecutionId? Id(JsonObject execution) =>
        Text(execution, "id", "project") is { } project && Text(execution, "id", "domain") is { } domain && Text(execution, "id", "name") is { } name
            ? new ExecutionId(project, domain, name)
            : null;

    private static ExecutionPhase Phase(string? phase) =>
        phase switch
        {
            "QUEUED" => ExecutionPhase.Queued,
            "RUNNING" => ExecutionPhase.Running,
            "SUCCEEDING" => ExecutionPhase.Succeeding,
            "SUCCEEDED" => ExecutionPhase.Succeeded,
            "FAILING" => ExecutionPhase.Failing,
            "FAILED" => ExecutionPhase.Failed,
            "ABORTED" => ExecutionPhase.Aborted,
            "TIMED_OUT" => ExecutionPhase.TimedOut,
            "ABORTING" => ExecutionPhase.Aborting,
            _ => ExecutionPhase.Undefined,
        };
}
