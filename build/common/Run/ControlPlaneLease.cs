using System.Net;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>
/// One run at a time changes a control plane: the Lease <c>flyte-multicluster</c> in Flyte's namespace (coordination.k8s.io/v1), taken before the first
/// change, renewed while the run works, given back at its end. A run that changes nothing never takes it.
/// </summary>
/// <param name="options">The run's options.</param>
/// <param name="journal">Gets notes.</param>
/// <param name="log">Gets lines about the wait.</param>
public sealed class ControlPlaneLease(RunOptions options, RunJournal journal, ICakeLog log) : IChangeGuard, IDisposable
{
    /// <summary>The Lease's name.</summary>
    public const string Name = "flyte-multicluster";

    /// <summary>How long a holder that does not renew it keeps the Lease.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    // Executions are many runs' at once; the others are no objects of the control plane, or come before its namespace.
    private static readonly string[] Free = ["Execution", "Namespace", "OidcProvider", "KubeconfigContext", "EksCluster", "NodeGroup"];

    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _end = new();
    private ControlPlaneRun? _control;
    private LeaseObject? _lease;
    private LeaseHolder? _own;
    private string? _target;
    private DateTimeOffset _began;
    private DateTimeOffset _renewed;
    private ChangePermit? _permit;
    private string? _lost;
    private bool _isOff;
    private Task _renewing = Task.CompletedTask;

    private TimeProvider Time => _control!.Api.Time;

    private DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Begins to guard a run's control plane; nothing is read or taken yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="target">Its target.</param>
    public void Guard(FleetRun run, string? target)
    {
        ArgumentNullException.ThrowIfNull(run);
        (_control, _target) = (run.ControlPlane, target);
        (_lease, _began) = (new LeaseObject(run.ControlPlane.Api, run.Namespace, Name), Now);
    }

    /// <inheritdoc/>
    /// <exception cref="RefusedException">Another run still holds the Lease after <c>--lock-timeout</c>.</exception>
    /// <exception cref="InvalidOperationException">Another run took the Lease from this one.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task BeforeAsync(Change change, ChangePermit permit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(permit);
        if (_lease is not { } lease || change.Cluster != _control!.Name || Free.Contains(change.Kind, StringComparer.Ordinal))
            return;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_isOff)
                return;
            if (_permit is null)
            {
                await TakeAsync(lease, permit, cancellationToken);
                return;
            }

            if (_lost is null && Now - _renewed > Fresh)
                await RenewAsync(lease, _permit, cancellationToken);
            if (_lost is { } lost)
                throw new InvalidOperationException(lost);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Dispose();
        _one.Dispose();
    }

    /// <summary>Gives the Lease back, if this run holds it.</summary>
    public async Task ReleaseAsync()
    {
        await _end.CancelAsync();
        await _renewing;
        if (_permit is not { } permit || _lost is not null)
            return;
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _lease!.ReleaseAsync(permit, soon.Token);
        }
        catch (Exception exception) when (exception is KubernetesApiException or OperationCanceledException)
        {
            // It expires.
        }
    }

    private async Task TakeAsync(LeaseObject lease, ChangePermit permit, CancellationToken cancellationToken)
    {
        bool isStale;
        try
        {
            isStale = await WaitAndTakeAsync(lease, permit, cancellationToken);
        }
        catch (KubernetesApiException exception) when (exception.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            _isOff = true;
            journal.Add(
                $"Two runs at once are not kept apart: {lease} cannot be used ({exception.ServerMessage.TrimEnd('.')}). Have get, create and patch of "
                    + "leases.coordination.k8s.io granted."
            );
            return;
        }

        _permit = permit;
        _renewing = RenewLoopAsync(lease, permit);
        if (isStale)
            throw new StaleReadException();
    }

    // Whether another run may have changed what this one has read.
    private async Task<bool> WaitAndTakeAsync(LeaseObject lease, ChangePermit permit, CancellationToken cancellationToken)
    {
        var (hasWaited, seen, until) = (false, (Version: (string?)null, At: Now), Now + options.LockTimeout);
        while (true)
        {
            await lease.ReadAsync(cancellationToken);
            var holder = lease.Holder;
            if (holder is null || options.ForceUnlock || holder.HasEnded() || IsExpired(lease, seen))
            {
                // Given back after this run had begun to read counts too.
                var isStale = hasWaited || lease.RenewedAt >= _began;
                if (await TryTakeAsync(lease, holder, permit, cancellationToken))
                    return isStale;
                continue;
            }

            if (!hasWaited)
                log.Report(_control!.Name, $"waiting for {holder}, which is changing this control plane ({lease})");
            hasWaited = true;
            if (Now >= until)
                throw new RefusedException([
                    new Problem(
                        _control!.Name,
                        $"{holder} is changing this control plane: it holds {lease}.",
                        "Run again when it has ended, or wait longer (--lock-timeout=30m). If it is gone for good: --force-unlock."
                    ),
                ]);
            if (lease.Version != seen.Version)
                seen = (lease.Version, Now);
            await Task.Delay(Pause, Time, cancellationToken);
        }
    }

    // False where somebody else was quicker.
    private async Task<bool> TryTakeAsync(LeaseObject lease, LeaseHolder? from, ChangePermit permit, CancellationToken cancellationToken)
    {
        if (from is not null)
            log.Report(
                _control!.Name,
                $"taking {lease} from {from}"
                    + (options.ForceUnlock ? ", which makes no further change (--force-unlock)" : ", which has ended without giving it back")
            );
        try
        {
            var now = Now;
            await lease.TakeAsync(permit, _own ??= LeaseHolder.Own(_target), Duration, cancellationToken);
            _renewed = now;
            return true;
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    // A holder's clock may be another: what counts is how long its Lease has not changed here. One that is long past was left behind.
    private bool IsExpired(LeaseObject lease, (string? Version, DateTimeOffset At) seen)
    {
        var duration = lease.Duration ?? Duration;
        return lease.RenewedAt + (4 * duration) < Now || (seen.Version == lease.Version && Now - seen.At > duration);
    }

    private async Task RenewLoopAsync(LeaseObject lease, ChangePermit permit)
    {
        try
        {
            while (_lost is null)
            {
                await Task.Delay(RenewEvery, Time, _end.Token);
                await _one.WaitAsync(_end.Token);
                try
                {
                    await RenewAsync(lease, permit, _end.Token);
                }
                finally
                {
                    _one.Release();
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The run ends.
        }
    }

    private async Task RenewAsync(LeaseObject lease, ChangePermit permit, CancellationToken cancellationToken)
    {
        try
        {
            await lease.RenewAsync(permit, cancellationToken);
            _renewed = Now;
        }
        catch (KubernetesApiException exception) when (exception.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            await lease.ReadAsync(cancellationToken);
            if (lease.Holder?.Identity != _own!.Identity)
                _lost =
                    $"{lease.Holder?.ToString() ?? "somebody"} has taken {lease} from this run, which stops before its next change of the control plane. Run "
                    + "again when the other one has ended.";
        }
        catch (KubernetesApiException)
        {
            if (Now - _renewed > Duration)
                _lost =
                    $"{lease} could not be renewed for {Duration.TotalSeconds:0} s, so another run may have taken it: this run stops before its next change "
                    + "of the control plane. Run again.";
        }
    }
}
