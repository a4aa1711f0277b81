using Cake.Core;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>
/// What every task gets: the run's data, that is its options, the fleet as it is worked on, the gate and the journal. Tools are services of the
/// container.
/// </summary>
public sealed class FlyteContext : FrostingContext
{
    private readonly Interruption _interruption;
    private readonly RunTasks _tasks;
    private FleetRun? _run;

    /// <summary>Makes the context of a run.</summary>
    /// <param name="context">Cake's own.</param>
    /// <param name="options">The parsed options.</param>
    /// <param name="outcome">Where the run's end is noted.</param>
    /// <param name="journal">Where stages are noted.</param>
    /// <param name="gate">What every change passes.</param>
    /// <param name="tasks">The run's tasks.</param>
    /// <param name="interruption">Ctrl+C and SIGTERM.</param>
    public FlyteContext(
        ICakeContext context,
        RunOptions options,
        RunOutcome outcome,
        RunJournal journal,
        IChangeGate gate,
        RunTasks tasks,
        Interruption interruption
    )
        : base(context) => (Options, Outcome, Journal, Gate, _tasks, _interruption) = (options, outcome, journal, gate, tasks, interruption);

    /// <summary>The parsed options.</summary>
    public RunOptions Options { get; }

    /// <summary>What becomes of the run.</summary>
    public RunOutcome Outcome { get; }

    /// <summary>What happens in the run.</summary>
    public RunJournal Journal { get; }

    /// <summary>The one gate for every change.</summary>
    public IChangeGate Gate { get; }

    /// <summary>Ends everything when the run is interrupted.</summary>
    public CancellationToken Cancellation => _interruption.Token;

    /// <summary>The fleet as it is worked on; set by the lifetime for targets that use one.</summary>
    /// <exception cref="InvalidOperationException">The target uses no fleet.</exception>
    public FleetRun Run
    {
        get => _run ?? throw new InvalidOperationException("This target uses no fleet.");
        set => _run = value;
    }

    /// <summary>Whether a fleet was loaded.</summary>
    public bool HasRun => _run is not null;

    /// <summary>The names of the tasks that this run executes, set by the lifetime; empty before.</summary>
    public IReadOnlySet<string> Tasks
    {
        get => _tasks.Names;
        set => _tasks.Names = value;
    }

    /// <summary>Whether this run executes a task, or has already.</summary>
    /// <param name="task">The task's name.</param>
    public bool WillRun(string task) => _tasks.WillRun(task);

    /// <summary>Logs a line about a cluster.</summary>
    public void Report(string cluster, string line) => Log.Report(cluster, line);
}
