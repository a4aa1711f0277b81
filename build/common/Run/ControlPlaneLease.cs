using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
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
    private FleetRun? _run;
    private LeaseHolder _own = LeaseHolder.Own(null);
    private DateTimeOffset _began;
    private DateTimeOffset _renewed;
    private ChangePermit? _permit;
    private string? _version;
    private string? _lost;
    private bool _isOff;
    private bool _isStale;
    private Task _renewing = Task.CompletedTask;

    private ClusterApi Api => _run!.ControlPlane.Api;

    private string Collection => $"/apis/coordination.k8s.io/v1/namespaces/{_run!.Namespace}/leases";

    private string Path => $"{Collection}/{Name}";

    private DateTimeOffset Now => Api.Time.GetUtcNow();

    /// <summary>Begins to guard a run's control plane; nothing is read or taken yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="target">Its target.</param>
    public void Guard(FleetRun run, string? target)
    {
        ArgumentNullException.ThrowIfNull(run);
        (_run, _own, _began) = (run, LeaseHolder.Own(target), run.ControlPlane.Api.Time.GetUtcNow());
    }

    /// <inheritdoc/>
    /// <exception cref="RefusedException">Another run still holds the Lease after <c>--lock-timeout</c>.</exception>
    /// <exception cref="InvalidOperationException">Another run took the Lease from this one.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task BeforeAsync(Change change, ChangePermit permit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(permit);
        if (_run is null || _isOff || change.Cluster != _run.ControlPlane.Name || Free.Contains(change.Kind, StringComparer.Ordinal))
            return;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_permit is null && !_isOff)
            {
                await TakeAsync(permit, cancellationToken);
                return;
            }

            if (_lost is null && !_isOff && Now - _renewed > Fresh)
                await RenewAsync(cancellationToken);
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
        if (_permit is { } permit && _lost is null)
        {
            try
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await PatchAsync(permit, new JsonObject { ["holderIdentity"] = null, ["renewTime"] = Written(Now) }, null, soon.Token);
            }
            catch (Exception exception) when (exception is KubernetesApiException or OperationCanceledException)
            {
                // It expires.
            }
        }
    }

    private async Task TakeAsync(ChangePermit permit, CancellationToken cancellationToken)
    {
        var (isStale, seen, until) = (false, (Version: (string?)null, At: Now), Now + options.LockTimeout);
        try
        {
            while (!await TryTakeAsync(permit, seen, cancellationToken))
            {
                if (await Api.GetAsync(Path, cancellationToken) is not { } lease || LeaseHolder.Of(lease) is not { } holder)
                    continue;
                if (!isStale)
                    log.Report(_run!.ControlPlane.Name, $"waiting for {holder}, which is changing this control plane (Lease {_run.Namespace}/{Name})");
                isStale = true;
                if (Now >= until)
                    throw new RefusedException([Held(holder)]);
                if (Version(lease) is var version && version != seen.Version)
                    seen = (version, Now);
                await Task.Delay(Pause, Api.Time, cancellationToken);
            }
        }
        catch (KubernetesApiException exception) when (exception.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            _isOff = true;
            journal.Add(
                $"Two runs at once are not kept apart: Lease {_run!.Namespace}/{Name} cannot be used ({exception.ServerMessage.TrimEnd('.')}). Have get, "
                    + "create and patch of leases.coordination.k8s.io granted."
            );
            return;
        }

        _permit = permit;
        _renewing = RenewLoopAsync();
        if (isStale || _isStale)
            throw new StaleReadException();
    }

    private async Task<bool> TryTakeAsync(ChangePermit permit, (string? Version, DateTimeOffset At) seen, CancellationToken cancellationToken)
    {
        var lease = await Api.GetAsync(Path, cancellationToken);
        var now = Now;
        var spec = new JsonObject
        {
            ["holderIdentity"] = _own.Identity,
            ["leaseDurationSeconds"] = (int)Duration.TotalSeconds,
            ["acquireTime"] = Written(now),
            ["renewTime"] = Written(now),
        };
        try
        {
            if (lease is null)
            {
                spec["leaseTransitions"] = 0;
                var made = new JsonObject
                {
                    ["apiVersion"] = "coordination.k8s.io/v1",
                    ["kind"] = "Lease",
                    ["metadata"] = new JsonObject { ["name"] = Name, ["annotations"] = _own.Annotations() },
                    ["spec"] = spec,
                };
                _version = Version(await Api.CreateAsync(permit, Collection, made, FieldManagers.Tool, cancellationToken));
                _renewed = now;
                return true;
            }

            if (LeaseHolder.Of(lease) is { } holder)
            {
                if (!options.ForceUnlock && !holder.HasEnded() && !IsExpired(lease, seen))
                    return false;
                log.Report(
                    _run!.ControlPlane.Name,
                    $"taking Lease {_run.Namespace}/{Name} from {holder}"
                        + (options.ForceUnlock ? ", which makes no further change (--force-unlock)" : ", which has ended without giving it back")
                );
            }

            // Somebody gave it back after this run had begun to read.
            _isStale = KubernetesTime.Of(lease["spec"]?["renewTime"]) >= _began;
            _version = Version(lease);
            spec["leaseTransitions"] = ((int?)lease["spec"]?["leaseTransitions"] ?? 0) + 1;
            await PatchAsync(permit, spec, _own.Annotations(), cancellationToken);
            _renewed = now;
            return true;
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    // A holder's clock may be another: what counts is how long its Lease has not changed here. One that is long past was left behind.
    private bool IsExpired(JsonObject lease, (string? Version, DateTimeOffset At) seen)
    {
        var duration = TimeSpan.FromSeconds((int?)lease["spec"]?["leaseDurationSeconds"] ?? (int)Duration.TotalSeconds);
        return KubernetesTime.Of(lease["spec"]?["renewTime"]) + (4 * duration) < Now || (seen.Version == Version(lease) && Now - seen.At > duration);
    }

    private async Task RenewLoopAsync()
    {
        try
        {
            while (_lost is null)
            {
                await Task.Delay(RenewEvery, Api.Time, _end.Token);
                await _one.WaitAsync(_end.Token);
                try
                {
                    await RenewAsync(_end.Token);
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

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PatchAsync(_permit!, new JsonObject { ["renewTime"] = Written(Now) }, null, cancellationToken);
            _renewed = Now;
        }
        catch (KubernetesApiException exception) when (exception.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            var lease = await Api.GetAsync(Path, cancellationToken);
            var holder = lease is null ? null : LeaseHolder.Of(lease);
            if (holder?.Identity == _own.Identity)
                _version = Version(lease!);
            else
                _lost = Lost(holder?.ToString() ?? "somebody");
        }
        catch (KubernetesApiException)
        {
            if (Now - _renewed > Duration)
                _lost =
                    $"Lease {_run!.Namespace}/{Name} could not be renewed for {Duration.TotalSeconds:0} s, so another run may have taken it: this run stops "
                    + "before its next change of the control plane. Run again.";
        }
    }

    private string Lost(string holder) =>
        $"{holder} has taken Lease {_run!.Namespace}/{Name} from this run, which stops before its next change of the control plane. Run again when "
        + "the other one has ended.";

    private Problem Held(LeaseHolder holder) =>
        new(
            _run!.ControlPlane.Name,
            $"{holder} is changing this control plane: it holds Lease {_run.Namespace}/{Name}.",
            "Run again when it has ended, or wait longer (--lock-timeout=30m). If it is gone for good: --force-unlock."
        );

    private async Task PatchAsync(ChangePermit permit, JsonObject spec, JsonObject? annotations, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["resourceVersion"] = _version };
        if (annotations is not null)
            metadata["annotations"] = annotations;
        var patch = new JsonObject { ["metadata"] = metadata, ["spec"] = spec };
        _version = Version(await Api.MergePatchAsync(permit, Path, patch, FieldManagers.Tool, cancellationToken));
    }

    private static string? Version(JsonObject lease) => (string?)lease["metadata"]?["resourceVersion"];

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
