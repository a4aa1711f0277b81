using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>An execution's identity.</summary>
/// <param name="Project">Its project.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Name">Its name, unique in them.</param>
public sealed record ExecutionId(string Project, string Domain, string Name)
{
    /// <summary>The identity as a path.</summary>
    public override string ToString() => $"{Project}/{Domain}/{Name}";
}

/// <summary>An execution to start.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="LaunchPlan">What it runs.</param>
/// <param name="Inputs">Its inputs as flyteidl literals, by name (<c>{"scalar": {"primitive": {"integer": "1"}}}</c>).</param>
/// <param name="Label">The execution cluster label to give with it; null for none.</param>
public sealed record ExecutionRequest(ExecutionId Id, LaunchPlan LaunchPlan, JsonObject Inputs, string? Label);

/// <summary>An execution as FlyteAdmin sees it.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Cluster">Where it runs (<c>system_metadata.execution_cluster</c>); null before it was dispatched, or where no cluster took it.</param>
/// <param name="Error">Why it failed, FlyteAdmin's own words; null where it did not.</param>
/// <param name="CreatedAt">When it was made; null where FlyteAdmin does not say.</param>
public sealed record Execution(ExecutionId Id, ExecutionPhase Phase, string? Cluster, string? Error, DateTimeOffset? CreatedAt)
{
    /// <summary>Who started it (<c>spec.metadata.principal</c>); null where FlyteAdmin does not say, as with login turned off.</summary>
    public string? Principal { get; init; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Phase is ExecutionPhase.Succeeded or ExecutionPhase.Failed or ExecutionPhase.Aborted or ExecutionPhase.TimedOut;
}

/// <summary>The executions of a project and domain that were made since a time.</summary>
/// <param name="Executions">They, the newest first.</param>
/// <param name="HasMore">Whether there are older ones too, which were not read.</param>
public sealed record RecentExecutions(IReadOnlyList<Execution> Executions, bool HasMore)
{
    /// <summary>How many are read of a project and domain at most: a busy one has more in a day than anybody wants to wait for.</summary>
    public const int Most = 1000;
}

/// <summary>The phases of an execution (flyteidl's <c>WorkflowExecution.Phase</c>).</summary>
public enum ExecutionPhase
{
    /// <summary>UNDEFINED, or one that this program does not know.</summary>
    Undefined,

    /// <summary>QUEUED.</summary>
    Queued,

    /// <summary>RUNNING.</summary>
    Running,

    /// <summary>SUCCEEDING.</summary>
    Succeeding,

    /// <summary>SUCCEEDED.</summary>
    Succeeded,

    /// <summary>FAILING.</summary>
    Failing,

    /// <summary>FAILED.</summary>
    Failed,

    /// <summary>ABORTED.</summary>
    Aborted,

    /// <summary>TIMED_OUT.</summary>
    TimedOut,

    /// <summary>ABORTING.</summary>
    Aborting,
}

/// <summary>A launch plan.</summary>
/// <param name="Project">Its project.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Workflow">The name of the workflow that it launches: what workflow attributes go by.</param>
/// <param name="Inputs">What it takes, by name.</param>
public sealed record LaunchPlan(
    string Project,
    string Domain,
    string Name,
    string Version,
    string Workflow,
    IReadOnlyDictionary<string, LaunchPlanInput> Inputs
);

/// <summary>An input of a launch plan (flyteidl's <c>Parameter</c>).</summary>
/// <param name="Type">Its flyteidl <c>LiteralType</c>, <c>{"simple": "INTEGER"}</c>.</param>
/// <param name="IsRequired">Whether it has no default.</param>
public sealed record LaunchPlanInput(JsonObject Type, bool IsRequired);
