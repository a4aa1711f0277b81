using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using static Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway.FieldType;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>The messages of requests, after flyteidl's admin, core and event protos at 1.16.8. Parts that the sandbox has no use for are taken as they
/// are.</summary>
internal static class Requests
{
    /// <summary>MatchableResource.</summary>
    public static readonly Enumeration Kind = new(MatchableResource.All);

    private static readonly Message Identifier = new(
        ("resource_type", new Enumeration("UNSPECIFIED", "TASK", "WORKFLOW", "LAUNCH_PLAN", "DATASET")),
        ("project", Text),
        ("domain", Text),
        ("name", Text),
        ("version", Text),
        ("org", Text)
    );

    private static readonly Message ExecutionIdentifier = new(("project", Text), ("domain", Text), ("name", Text), ("org", Text));

    private static readonly Message Primitive = new(
        ("integer", FieldType.Int64),
        ("float_value", FieldType.Double),
        ("string_value", Text),
        ("boolean", Bool),
        ("datetime", Text),
        ("duration", Text)
    );

    private static readonly Message Literal = new(
        (
            "scalar",
            new Message(
                ("primitive", Primitive),
                ("blob", Any),
                ("binary", Any),
                ("schema", Any),
                ("none_type", Any),
                ("error", Any),
                ("generic", Any),
                ("structured_dataset", Any),
                ("union", Any)
            )
        ),
        ("collection", Any),
        ("map", Any),
        ("hash", Text),
        ("metadata", Any),
        ("offloaded_metadata", Any)
    );

    private static readonly Message LiteralMap = new(("literals", new Map(Literal)));

    private static readonly Message ClusterLabel = new(("value", Text));

    private static readonly Message Spec = new(
        ("launch_plan", Identifier),
        ("inputs", LiteralMap),
        ("metadata", Any),
        ("notifications", Any),
        ("disable_all", Bool),
        ("labels", Any),
        ("annotations", Any),
        ("security_context", Any),
        ("auth_role", Any),
        ("quality_of_service", Any),
        ("max_parallelism", FieldType.Int32),
        ("raw_output_data_config", Any),
        ("cluster_assignment", Any),
        ("interruptible", Any),
        ("overwrite_cache", Bool),
        ("envs", Any),
        ("tags", new FieldType.List(Text)),
        ("execution_cluster_label", ClusterLabel),
        ("execution_env_assignments", Any)
    );

    private static readonly Message Matching = new(
        ("task_resource_attributes", Any),
        ("cluster_resource_attributes", new Message(("attributes", new Map(Text)))),
        ("execution_queue_attributes", new Message(("tags", new FieldType.List(Text)))),
        ("execution_cluster_label", ClusterLabel),
        ("quality_of_service", Any),
        ("plugin_overrides", Any),
        ("workflow_execution_config", Any),
        ("cluster_assignment", Any)
    );

    private static readonly Message ProjectMessage = new(
        ("id", Text),
        ("name", Text),
        ("domains", new FieldType.List(new Message(("id", Text), ("name", Text)))),
        ("description", Text),
        ("labels", Any),
        ("state", new Enumeration("ACTIVE", "ARCHIVED", "SYSTEM_GENERATED", "SYSTEM_ARCHIVED")),
        ("org", Text)
    );

    /// <summary>ExecutionCreateRequest.</summary>
    public static readonly Message Create = new(("project", Text), ("domain", Text), ("name", Text), ("spec", Spec), ("inputs", LiteralMap), ("org", Text));

    /// <summary>ExecutionTerminateRequest.</summary>
    public static readonly Message Terminate = new(("id", ExecutionIdentifier), ("cause", Text));

    /// <summary>ProjectRegisterRequest.</summary>
    public static readonly Message Register = new(("project", ProjectMessage));

    /// <summary>A Project.</summary>
    public static readonly Message Update = ProjectMessage;

    /// <summary>The three requests that set attributes: those of a project have neither domain nor workflow.</summary>
    public static readonly Message[] PutAttributes =
    [
        .. Enumerable
            .Range(1, 3)
            .Select(parts => new Message(("attributes", new Message([.. Parts(parts), ("matching_attributes", Matching), ("org", Text)])))),
    ];

    /// <summary>The three requests that delete attributes.</summary>
    public static readonly Message[] DeleteAttributes =
    [
        .. Enumerable.Range(1, 3).Select(parts => new Message([.. Parts(parts), ("resource_type", Kind), ("org", Text)])),
    ];

    /// <summary>WorkflowExecutionEventRequest.</summary>
    public static readonly Message Event = new(
        ("request_id", Text),
        (
            "event",
            new Message(
                ("execution_id", ExecutionIdentifier),
                ("producer_id", Text),
                ("phase", new Enumeration(Phases.All)),
                ("occurred_at", Text),
                ("output_uri", Text),
                ("error", new Message(("code", Text), ("message", Text), ("error_uri", Text), ("kind", Any))),
                ("output_data", Any)
            )
        )
    );

    private static (string, FieldType)[] Parts(int count) =>
        [.. new (string, FieldType)[] { ("project", Text), ("domain", Text), ("workflow", Text) }.Take(count)];
}
