namespace Flyte.MultiCluster.Build;

/// <summary>What happened in a run; decides the exit code, whatever the host returns.</summary>
public sealed class RunOutcome
{
    /// <summary>The exit code that the run decided on; null leaves it to the host's success.</summary>
    public int? Decided { get; set; }

    /// <summary>The program's exit code.</summary>
    /// <param name="hostExitCode">What the host returned.</param>
    public int ExitCode(int hostExitCode) => Decided ?? (hostExitCode == 0 ? Build.ExitCode.Done : Build.ExitCode.Failed);
}
