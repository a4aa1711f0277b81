using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>An execution that proves where work lands (an item of the fleet's <c>smoke</c>).</summary>
public sealed record SmokeExecution
{
    /// <summary>The project to run in.</summary>
    public required string Project { get; init; }

    /// <summary>The domain to run in.</summary>
    public required string Domain { get; init; }

    /// <summary>The launch plan's name; that of a workflow's default launch plan is the workflow's.</summary>
    public required string LaunchPlan { get; init; }

    /// <summary>The launch plan's version; null for the newest active one.</summary>
    public string? Version { get; init; }

    /// <summary>The inputs by name, as YAML has them; the launch plan's interface says what they become.</summary>
    public JsonObject Inputs { get; init; } = [];

    /// <summary>The label to give with the execution; null leaves it to FlyteAdmin's attributes, as for any other execution.</summary>
    public string? Label { get; init; }

    /// <summary>The cluster where it must run; null for any that its label allows.</summary>
    public string? Cluster { get; init; }

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>The fleet's <c>smoke</c>: one execution as a pattern for every label, or a list of them.</summary>
/// <param name="Executions">The executions; one where <paramref name="ForEveryLabel"/>.</param>
/// <param name="ForEveryLabel">Whether the one execution is started for every label of the fleet.</param>
public sealed record SmokeSettings(IReadOnlyList<SmokeExecution> Executions, bool ForEveryLabel);

/// <summary>The runbook's own trial run, <c>pyflyte run --remote … example.py training_workflow --hyperparameters …</c> (the fleet's <c>pyflyte</c>).</summary>
public sealed record PyflyteRun
{
    /// <summary>The Python file, an absolute path.</summary>
    public required string Script { get; init; }

    /// <summary>The workflow or task in it.</summary>
    public required string Workflow { get; init; }

    /// <summary>The project to run in.</summary>
    public required string Project { get; init; }

    /// <summary>The domain to run in.</summary>
    public required string Domain { get; init; }

    /// <summary>The inputs by name, each an option of its own: <c>--hyperparameters '{"C": 0.1}'</c>.</summary>
    public JsonObject Inputs { get; init; } = [];

    /// <summary>The cluster where it must run; null for any that its label allows.</summary>
    public string? Cluster { get; init; }

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
