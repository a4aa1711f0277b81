using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>What a container does.</summary>
internal enum ContainerPhase
{
    /// <summary>Has not started, or waits to start again.</summary>
    Waiting,

    /// <summary>Runs.</summary>
    Running,

    /// <summary>Ended as it should.</summary>
    Completed,

    /// <summary>Ended with an error and will not start again.</summary>
    Failed,
}

/// <summary>How a container starts.</summary>
/// <param name="Failure">How it ended at once; null when it did not.</param>
/// <param name="Work">What it has to do first, and how that ends; null for nothing.</param>
internal readonly record struct ContainerStart(ContainerFailure? Failure, Task<ContainerFailure?>? Work)
{
    /// <summary>It runs, or has done what it should.</summary>
    public static ContainerStart Done => default;

    public static ContainerStart Failed(int exitCode, string message) => new(new ContainerFailure(exitCode, message), null);

    public static ContainerStart Working(Task<ContainerFailure?> work) => new(null, work);
}

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Message">The last it said.</param>
internal sealed record ContainerFailure(int ExitCode, string Message);

/// <summary>One container of one pod over its starts, as the kubelet keeps it.</summary>
internal sealed class ContainerRun
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastBackOff = TimeSpan.FromMinutes(5);
    private readonly string id = "containerd://" + Guid.NewGuid().ToString("n") + Guid.NewGuid().ToString("n");

    public ContainerPhase Phase { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>When it may start again.</summary>
    public DateTimeOffset? RetryAt { get; private set; }

    /// <summary>How long it waits between the last end and the next start.</summary>
    public TimeSpan BackOff { get; private set; }

    /// <summary>When it last started.</summary>
    public string StartedAt { get; private set; } = "";

    /// <summary>How it last ended.</summary>
    public JsonObject? LastEnd { get; private set; }

    public string Id => id;

    /// <summary>What it is at before it is known how it starts; null for nothing.</summary>
    public Task<ContainerFailure?>? Work { get; private set; }

    /// <summary>Runs, and it is not known yet how that ends.</summary>
    public void Begin(string now, Task<ContainerFailure?> work)
    {
        (StartedAt, RetryAt, Phase, Work) = (now, null, ContainerPhase.Running, work);
    }

    /// <summary>What it was at has ended.</summary>
    public void EndWork() => (Phase, Work) = (ContainerPhase.Waiting, null);

    public void Start(string now, bool completes)
    {
        StartedAt = now;
        RetryAt = null;
        Phase = completes ? ContainerPhase.Completed : ContainerPhase.Running;
        if (completes)
            LastEnd = End(now, 0, "Completed", null);
    }

    /// <summary>Started and ended with an error. The first time it starts over at once, then after 10, 20, 40 … 300 seconds.</summary>
    public void Crash(DateTimeOffset at, string now, int exitCode, string message, bool again)
    {
        StartedAt = now;
        LastEnd = End(now, exitCode, "Error", message);
        if (!again)
        {
            Phase = ContainerPhase.Failed;
            return;
        }

        Restarts++;
        BackOff =
            BackOff == TimeSpan.Zero ? FirstBackOff
            : BackOff * 2 < LastBackOff ? BackOff * 2
            : LastBackOff;
        RetryAt = at + BackOff;
    }

    /// <summary>Lets it start at once.</summary>
    public void ForgetBackOff() => (RetryAt, BackOff) = (null, TimeSpan.Zero);

    private JsonObject End(string now, int exitCode, string reason, string? message)
    {
        var end = new JsonObject { ["exitCode"] = exitCode, ["reason"] = reason };
        if (message is not null)
            end["message"] = message;
        end["startedAt"] = StartedAt;
        end["finishedAt"] = now;
        end["containerID"] = id;
        return end;
    }
}
