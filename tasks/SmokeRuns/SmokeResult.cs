using Flyte.MultiCluster.Common.FlyteAdmin;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>What one execution of the smoke run proved.</summary>
public sealed record SmokeResult
{
    /// <summary>The label whose clusters were expected; null for an execution without one.</summary>
    public required string? Label { get; init; }

    /// <summary>The execution, <c>team1/development/s1f00…</c>; null where none was started, as it was clear before where it would land.</summary>
    public string? Execution { get; init; }

    /// <summary>Where it ran; null where no cluster took it.</summary>
    public string? Cluster { get; init; }

    /// <summary>Where it might run.</summary>
    public required IReadOnlyList<string> Allowed { get; init; }

    /// <summary>Where it stood at last.</summary>
    public ExecutionPhase Phase { get; init; }

    /// <summary>How long it took to know; zero where an earlier run has proven it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it failed, with the likely cause; null when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>What to do about the failure; null when there is none.</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether an earlier run started it and it proved this very configuration.</summary>
    public bool WasProven { get; init; }

    /// <summary>Whether it went to a cluster that failed earlier in this run, or may have: it proves nothing, and is no failure of its own.</summary>
    public bool IsOfFailedCluster { get; init; }

    /// <summary>A label in words.</summary>
    /// <param name="label">The label, or null for none.</param>
    public static string Format(string? label) => label is null ? "no label" : $"label {label}";

    /// <summary>A phase as FlyteAdmin writes it.</summary>
    /// <param name="phase">The phase.</param>
    public static string Format(ExecutionPhase phase) => phase == ExecutionPhase.TimedOut ? "TIMED_OUT" : phase.ToString().ToUpperInvariant();
}
