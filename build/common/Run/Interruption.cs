using System.Runtime.InteropServices;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Turns Ctrl+C and SIGTERM into a cancelled token; the second one ends the program at once.</summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly RunOutcome _outcome;

    /// <summary>Begins to listen to the process's signals, where the run is the process's own.</summary>
    /// <param name="outcome">Where an interruption is noted.</param>
    public Interruption(RunOutcome outcome)
    {
        _outcome = outcome;
        if (ProcessEnvironment.Current != ProcessEnvironment.Own)
            return;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            _signals.Add(PosixSignalRegistration.Create(signal, On));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private void On(PosixSignalContext signal)
    {
        if (_outcome.Interrupted)
            Environment.Exit(ExitCode.Interrupted);
        signal.Cancel = true;
        ProcessEnvironment.Current.Error.WriteLine("Interrupted: stopping the child processes … (interrupt again to stop at once)");
        Interrupt();
    }

    /// <summary>Interrupts the run, as the first signal does.</summary>
    public void Interrupt()
    {
        _outcome.Interrupted = true;
        _source.Cancel();
    }
}
