using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>Writes answers as grpc-gateway does with flyteadmin's options: names as in the .proto, what is unset as null, "" or [].</summary>
internal static class Rendering
{
    public static JsonObject Error(AdminCode code, string message, JsonObject? detail = null) =>
        new()
        {
            ["code"] = (int)code,
            ["message"] = message,
            ["details"] = detail is null ? [] : new JsonArray(detail.DeepClone()),
        };

    public static JsonObject Id(ExecutionKey key) =>
        new()
        {
            ["project"] = key.Project,
            ["domain"] = key.Domain,
            ["name"] = key.Name,
            ["org"] = "",
        };

    public static JsonObject Domain(Named domain) => new() { ["id"] = domain.Id, ["name"] = domain.Name };

    public static JsonObject Project(Project project, IEnumerable<Named> domains) =>
        new()
        {
            ["id"] = project.Id,
            ["name"] = project.Name,
            ["domains"] = new JsonArray([.. domains.Select(Domain)]),
            ["description"] = project.Description,
            ["labels"] = null,
            ["state"] = project.Archived ? "ARCHIVED" : "ACTIVE",
            ["org"] = "",
        };

    public static JsonObject Plan(LaunchPlan plan)
    {
        JsonObject Inputs() => new() { ["parameters"] = new JsonObject(plan.Inputs.Select(i => KeyValuePair.Create(i.Name, (JsonNode?)Parameter(i)))) };
        return new JsonObject
        {
            ["id"] = Identifier("LAUNCH_PLAN", plan.Key),
            ["spec"] = new JsonObject
            {
                ["workflow_id"] = Identifier("WORKFLOW", plan.Key),
                ["entity_metadata"] = new JsonObject
                {
                    ["schedule"] = null,
                    ["notifications"] = new JsonArray(),
                    ["launch_conditions"] = null,
                },
                ["default_inputs"] = Inputs(),
                ["fixed_inputs"] = new JsonObject { ["literals"] = new JsonObject() },
                ["role"] = "",
                ["labels"] = new JsonObject { ["values"] = new JsonObject() },
                ["annotations"] = new JsonObject { ["values"] = new JsonObject() },
                ["auth"] = null,
                ["auth_role"] = null,
                ["security_context"] = null,
                ["quality_of_service"] = null,
                ["raw_output_data_config"] = new JsonObject { ["output_location_prefix"] = "" },
                ["max_parallelism"] = 0,
                ["interruptible"] = null,
                ["overwrite_cache"] = false,
                ["envs"] = null,
                ["execution_env_assignments"] = new JsonArray(),
                ["cluster_assignment"] = null,
                ["concurrency_policy"] = null,
            },
            ["closure"] = new JsonObject
            {
                ["state"] = plan.Active ? "ACTIVE" : "INACTIVE",
                ["expected_inputs"] = Inputs(),
                ["expected_outputs"] = new JsonObject { ["variables"] = new JsonObject() },
                ["created_at"] = Time(plan.CreatedAt),
                ["updated_at"] = Time(plan.CreatedAt),
            },
        };
    }

    public static JsonObject Execution(Execution execution)
    {
        var spec = new JsonObject
        {
            ["launch_plan"] = Identifier("LAUNCH_PLAN", execution.Plan.Key),
            ["inputs"] = null,
            ["labels"] = null,
            ["annotations"] = null,
            ["security_context"] = new JsonObject
            {
                ["run_as"] = new JsonObject
                {
                    ["iam_role"] = "",
                    ["k8s_service_account"] = "",
                    ["oauth2_client"] = null,
                    ["execution_identity"] = "",
                },
                ["secrets"] = new JsonArray(),
                ["tokens"] = new JsonArray(),
            },
            ["auth_role"] = null,
            ["quality_of_service"] = null,
            ["max_parallelism"] = 25,
            ["raw_output_data_config"] = null,
            ["cluster_assignment"] = null,
            ["interruptible"] = null,
            ["overwrite_cache"] = false,
            ["envs"] = null,
            ["tags"] = new JsonArray(),
            ["execution_cluster_label"] = null,
            ["execution_env_assignments"] = new JsonArray(),
        };
        foreach (var (name, value) in execution.Spec.Where(f => f.Key is not ("inputs" or "launch_plan" or "metadata")))
            spec[name] = value?.DeepClone();
        spec["metadata"] = new JsonObject
        {
            ["mode"] = "MANUAL",
            ["principal"] = execution.Principal,
            ["nesting"] = 0,
            ["scheduled_at"] = null,
            ["parent_node_execution"] = null,
            ["reference_execution"] = null,
            ["system_metadata"] = new JsonObject { ["execution_cluster"] = execution.Cluster, ["namespace"] = execution.Namespace },
            ["artifact_ids"] = new JsonArray(),
        };
        return new JsonObject
        {
            ["id"] = Id(execution.Key),
            ["spec"] = spec,
            ["closure"] = Closure(execution),
        };
    }

    public static JsonObject Attributes(AttributeRow row, params ReadOnlySpan<(string Name, string Value)> of)
    {
        JsonObject attributes = [];
        foreach (var (name, value) in of)
            attributes[name] = value;
        attributes["matching_attributes"] = row.Attributes.DeepClone();
        attributes["org"] = "";
        return new JsonObject { ["attributes"] = attributes };
    }

    public static JsonObject Row(AttributeRow row) =>
        new()
        {
            ["attributes"] = row.Attributes.DeepClone(),
            ["domain"] = row.Key.Domain,
            ["project"] = row.Key.Project,
            ["workflow"] = row.Key.Workflow,
            ["launch_plan"] = "",
            ["org"] = "",
        };

    private static JsonObject Closure(Execution execution)
    {
        JsonObject closure = [];
        if (execution.Phase == "SUCCEEDED")
            closure["outputs"] = new JsonObject
            {
                ["uri"] =
                    $"s3://my-s3-bucket/metadata/propeller/{execution.Key.Project}-{execution.Key.Domain}-{execution.Key.Name}/end-node/data/0/outputs.pb",
            };
        if (execution.Error is { } error)
            closure["error"] = new JsonObject
            {
                ["code"] = error.Code,
                ["message"] = error.Message,
                ["error_uri"] = "",
                ["kind"] = error.Kind,
            };
        else if (execution.Abort is { } abort)
            closure["abort_metadata"] = new JsonObject { ["cause"] = abort.Cause, ["principal"] = abort.Principal };
        closure["computed_inputs"] = null;
        closure["phase"] = execution.Phase;
        closure["started_at"] = execution.StartedAt is { } started ? Time(started) : null;
        closure["duration"] = execution.Duration is { } duration ? Seconds(duration) : null;
        closure["created_at"] = Time(execution.CreatedAt);
        closure["updated_at"] = Time(execution.UpdatedAt);
        closure["notifications"] = new JsonArray();
        closure["workflow_id"] = Identifier("WORKFLOW", execution.Plan.Key);
        closure["state_change_details"] = new JsonObject
        {
            ["state"] = "EXECUTION_ACTIVE",
            ["occurred_at"] = Time(execution.CreatedAt),
            ["principal"] = execution.Principal,
        };
        return closure;
    }

    private static JsonObject Identifier(string type, PlanKey key) =>
        new()
        {
            ["resource_type"] = type,
            ["project"] = key.Project,
            ["domain"] = key.Domain,
            ["name"] = key.Name,
            ["version"] = key.Version,
            ["org"] = "",
        };

    private static JsonObject Parameter(PlanInput input)
    {
        var parameter = new JsonObject
        {
            ["var"] = new JsonObject
            {
                ["type"] = new JsonObject
                {
                    ["simple"] = input.Type,
                    ["metadata"] = null,
                    ["annotation"] = null,
                    ["structure"] = null,
                },
                ["description"] = input.Name,
                ["artifact_partial_id"] = null,
                ["artifact_tag"] = null,
            },
        };
        if (input.Default is { } value)
            parameter["default"] = new JsonObject
            {
                ["scalar"] = value["scalar"]?.DeepClone(),
                ["hash"] = "",
                ["metadata"] = new JsonObject(),
            };
        else
            parameter["required"] = true;
        return parameter;
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture) + "s";
}
