namespace Flyte.MultiCluster.Common.Run;

/// <summary>The program's exit codes: a contract with scripts and CI, listed in the README.</summary>
public static class ExitCode
{
    /// <summary>Everything is as requested.</summary>
    public const int Done = 0;

    /// <summary>The run failed.</summary>
    public const int Failed = 1;

    /// <summary><c>--plan --detailed-exitcode</c> found changes to make.</summary>
    public const int ChangesPlanned = 2;

    /// <summary>Refused before anything was touched: fleet, options, tools, reachability or permissions.</summary>
    public const int Refused = 3;

    /// <summary>Some clusters failed, the others are done.</summary>
    public const int SomeClustersFailed = 4;

    /// <summary>Interrupted by Ctrl+C or SIGTERM.</summary>
    public const int Interrupted = 130;
}
