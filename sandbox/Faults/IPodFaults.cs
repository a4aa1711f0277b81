namespace Flyte.MultiCluster.Sandbox.Faults;

/// <summary>What goes wrong with the pods that a fault names.</summary>
public enum PodFault
{
    /// <summary>The containers run and never become ready.</summary>
    NeverReady,

    /// <summary>The containers end at once: CrashLoopBackOff.</summary>
    Crash,

    /// <summary>The image cannot be pulled: ImagePullBackOff.</summary>
    ImagePull,

    /// <summary>They fit on no node: FailedScheduling.</summary>
    Unschedulable,
}

/// <summary>One cluster's faults as its controllers see them. All members are thread-safe.</summary>
public interface IPodFaults
{
    /// <summary>Raised when faults were added or removed; pods whose fault is gone recover.</summary>
    event EventHandler? Changed;

    /// <summary>Whether the token controller is stopped.</summary>
    bool TokenNeverFilled { get; }

    /// <summary>How long pods of a Deployment go on after their deletion, at most their grace period; null for as long as they do by themselves.</summary>
    /// <param name="deployment">The Deployment's name.</param>
    TimeSpan? Linger(string deployment);

    /// <summary>The fault of pods made for a Deployment; null for none.</summary>
    /// <param name="deployment">The Deployment's name.</param>
    PodFault? For(string deployment);
}
