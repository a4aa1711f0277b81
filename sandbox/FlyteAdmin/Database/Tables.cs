using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;

/// <summary>A project or domain.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
internal sealed record Named(string Id, string Name);

/// <summary>A project.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">Its description.</param>
/// <param name="Archived">Whether it is closed for new work.</param>
internal sealed record Project(string Id, string Name, string Description, bool Archived);

/// <summary>An input of a launch plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its simple type, <c>INTEGER</c>.</param>
/// <param name="Default">The literal it has without being given; null where it is required.</param>
internal sealed record PlanInput(string Name, string Type, JsonObject? Default);

/// <summary>What the workflow of a launch plan does.</summary>
internal enum PlanBehaviour
{
    Succeeds,
    Fails,

    /// <summary>Runs until it is aborted.</summary>
    Runs,
}

/// <summary>Which launch plan.</summary>
internal readonly record struct PlanKey(string Project, string Domain, string Name, string Version);

/// <summary>A launch plan; its workflow has its name and version.</summary>
internal sealed record LaunchPlan(PlanKey Key, bool Active, IReadOnlyList<PlanInput> Inputs, PlanBehaviour Behaviour, DateTimeOffset CreatedAt);

/// <summary>Which execution.</summary>
internal readonly record struct ExecutionKey(string Project, string Domain, string Name)
{
    /// <summary>As a message of protobuf in text.</summary>
    public override string ToString() => $"project:\"{Project}\" domain:\"{Domain}\" name:\"{Name}\"";
}

/// <summary>An execution; changed under the database's lock.</summary>
internal sealed class Execution
{
    public required ExecutionKey Key { get; init; }

    public required LaunchPlan Plan { get; init; }

    /// <summary>The ExecutionSpec as asked for.</summary>
    public required JsonObject Spec { get; init; }

    /// <summary>The namespace of its workflow.</summary>
    public required string Namespace { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who asked for it; empty without authentication.</summary>
    public string Principal { get; init; } = "";

    /// <summary>Where it runs; empty where no cluster took it.</summary>
    public string Cluster { get; set; } = "";

    /// <summary>A phase of WorkflowExecution; UNDEFINED until the first event.</summary>
    public string Phase { get; set; } = "UNDEFINED";

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public TimeSpan? Duration { get; set; }

    /// <summary>code, message, kind.</summary>
    public (string Code, string Message, string Kind)? Error { get; set; }

    /// <summary>Why it was aborted, by whom; null when it was not.</summary>
    public (string Cause, string Principal)? Abort { get; set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsTerminal => Phases.IsTerminal(Phase);
}

/// <summary>The phases of WorkflowExecution.</summary>
internal static class Phases
{
    public static readonly string[] All =
    [
        "UNDEFINED",
        "QUEUED",
        "RUNNING",
        "SUCCEEDING",
        "SUCCEEDED",
        "FAILING",
        "FAILED",
        "ABORTED",
        "TIMED_OUT",
        "ABORTING",
    ];

    public static bool IsTerminal(string phase) => phase is "SUCCEEDED" or "FAILED" or "ABORTED" or "TIMED_OUT";
}

/// <summary>The kinds of attributes, in the order of their numbers.</summary>
internal static class MatchableResource
{
    public const string ExecutionClusterLabel = "EXECUTION_CLUSTER_LABEL";

    public static readonly string[] All =
    [
        "TASK_RESOURCE",
        "CLUSTER_RESOURCE",
        "EXECUTION_QUEUE",
        ExecutionClusterLabel,
        "QUALITY_OF_SERVICE_SPECIFICATION",
        "PLUGIN_OVERRIDE",
        "WORKFLOW_EXECUTION_CONFIG",
        "CLUSTER_ASSIGNMENT",
    ];

    /// <summary>The kind of MatchingAttributes by its field; null for one that flyteadmin does not take.</summary>
    public static string? OfField(string field) =>
        field switch
        {
            "task_resource_attributes" => "TASK_RESOURCE",
            "cluster_resource_attributes" => "CLUSTER_RESOURCE",
            "execution_queue_attributes" => "EXECUTION_QUEUE",
            "execution_cluster_label" => ExecutionClusterLabel,
            "plugin_overrides" => "PLUGIN_OVERRIDE",
            "workflow_execution_config" => "WORKFLOW_EXECUTION_CONFIG",
            "cluster_assignment" => "CLUSTER_ASSIGNMENT",
            _ => null,
        };
}
