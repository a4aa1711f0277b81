using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>What became of the run, and so the exit code: the program decides it, whichever host ran the tasks.</summary>
public sealed class RunOutcome
{
    /// <summary>Ctrl+C or SIGTERM ended the run.</summary>
    public bool Interrupted { get; set; }

    /// <summary>Why the run was refused before anything was touched; empty when it was not.</summary>
    public IReadOnlyList<Problem> Refusals { get; private set; } = [];

    /// <summary>Why the run failed as a whole; null when it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>How many of the chosen clusters failed.</summary>
    public int FailedClusters { get; set; }

    /// <summary>How many clusters were chosen.</summary>
    public int ChosenClusters { get; set; }

    /// <summary>Whether anything was changed: a run that is refused then has failed, as it is no longer one that touched nothing.</summary>
    public bool ChangesMade { get; set; }

    /// <summary>What else is known of the run, kept by those who know it.</summary>
    public RunState State { get; } = new();

    /// <summary>Whether checks have failed.</summary>
    public bool HasFailedChecks { get; set; }

    /// <summary><c>--plan --detailed-exitcode</c> found changes to make.</summary>
    public bool ChangesPlanned { get; set; }

    /// <summary>Whether the summary has said how the run ended.</summary>
    public bool IsReported { get; set; }

    /// <summary>Notes an exception that ended the run.</summary>
    public void Note(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        switch (exception)
        {
            case RefusedException refused:
                Refusals = [.. Refusals.Union(refused.Problems)];
                break;
            case OperationCanceledException when Interrupted:
                break;
            default:
                Failure ??= exception;
                break;
        }
    }

    /// <summary>The program's exit code.</summary>
    /// <param name="hostExitCode">What the host answered: 0 when all tasks ran.</param>
    public int Resolve(int hostExitCode)
    {
        if (Interrupted)
            return ExitCode.Interrupted;
        if (Refusals.Count > 0)
            return ChangesMade ? ExitCode.Failed : ExitCode.Refused;
        if (Failure is not null || hostExitCode != 0 || HasFailedChecks)
            return ExitCode.Failed;
        if (FailedClusters > 0)
            return FailedClusters == ChosenClusters ? ExitCode.Failed : ExitCode.SomeClustersFailed;
        return ChangesPlanned ? ExitCode.ChangesPlanned : ExitCode.Done;
    }
}
