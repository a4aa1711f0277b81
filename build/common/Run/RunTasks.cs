namespace Flyte.MultiCluster.Common.Run;

/// <summary>The tasks that a run executes.</summary>
public sealed class RunTasks
{
    /// <summary>Their names, set by the lifetime; empty before.</summary>
    public IReadOnlySet<string> Names { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether the run executes a task, or has already.</summary>
    /// <param name="task">The task's name.</param>
    public bool WillRun(string task) => Names.Contains(task);
}
