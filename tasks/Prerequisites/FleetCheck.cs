using System.Net;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>
/// The preflight of a fleet. What is wrong with the fleet file, its contexts or its permissions refuses the run; a cluster that cannot be
/// reached or logged in to, is too old or has a pending release fails alone.
/// </summary>
public sealed class FleetCheck
{
    private readonly FlyteContext _context;
    private readonly CheckContext _shared;
    private readonly ProblemList _problems;
    private readonly Preflight _preflight;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="context">The run.</param>
    /// <param name="services">What the checks look with.</param>
    public FleetCheck(FlyteContext context, CheckServices services)
    {
        ArgumentNullException.ThrowIfNull(context);
        (_context, _problems) = (context, context.Run.NewProblemList());
        _shared = new CheckContext(context, services, CheckTime.BeforeChange, context.Cancellation);
        _preflight = new Preflight(context.Journal, _problems);
    }

    private FleetRun Run => _context.Run;

    /// <summary>Every context exists in the kubeconfig; takes the endpoints that the fleet leaves to it.</summary>
    /// <exception cref="RefusedException">A context is missing, or an endpoint would be of no use to flyteadmin.</exception>
    public async Task ContextsAsync()
    {
        foreach (var finding in await ContextsCheck.OfKubeconfigAsync(_shared))
            _preflight.Take("kubeconfig", finding);
        var kubeconfig = await _shared.KubeconfigAsync();
        if (kubeconfig.Failure is not null)
            _problems.Refuse();
        foreach (var cluster in _shared.Clusters)
        {
            var finding = await ContextsCheck.OfClusterAsync(_shared, cluster);
            _preflight.Take(cluster.Name, finding);
            if (finding.Status == CheckStatus.Skipped && cluster is { IsDisabled: true, Cluster: DataPlaneRun plane })
                LeaveOut(plane, $"the kubeconfig has no context '{plane.Context}'");
        }

        foreach (var plane in Run.Active)
        {
            plane.Endpoint = plane.Spec.Endpoint ?? kubeconfig.Servers.GetValueOrDefault(plane.Context);
            if (Run.Drain is null && plane.Spec.Endpoint is null && plane.Endpoint is { } endpoint && IsLocal(endpoint))
                _problems.Add(OwnAddress(plane, endpoint));
        }

        AddIdle();
        _problems.Refuse();
    }

    /// <summary>Checks one data plane.</summary>
    /// <exception cref="InvalidOperationException">The cluster does not answer, is too old or has a pending release.</exception>
    /// <exception cref="KubernetesApiException">The cluster did not answer.</exception>
    public async Task<StageResult> DataPlaneAsync(DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plane);
        var cluster = _shared.Clusters.Single(cluster => cluster.Cluster == plane);
        if (cluster.IsDisabled && (await cluster.ReachAsync()).Failure is { } why)
        {
            LeaveOut(plane, why);
            return StageResult.Done;
        }

        return await ClusterAsync(cluster, cancellationToken);
    }

    /// <summary>Checks the control plane; without it nothing can be done, so whatever is wrong refuses the run.</summary>
    public async Task<StageResult> ControlPlaneAsync(ControlPlaneRun control, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(control);
        try
        {
            return await ClusterAsync(_shared.Control, cancellationToken);
        }
        catch (Exception exception) when (exception is KubernetesApiException or InvalidOperationException or FormatException)
        {
            control.Fail(nameof(CheckClusters), exception.Message);
            _problems.Add(new Problem(control.Name, exception.Message, "The control plane is needed for every data plane: fix this first."));
            return StageResult.Done;
        }
    }

    /// <summary>Refuses the run for everything that was found; also for two names of one cluster, and when no data plane is left at all.</summary>
    /// <exception cref="RefusedException">Something is wrong.</exception>
    public async Task RefuseProblemsAsync(CancellationToken cancellationToken)
    {
        AddIdle();
        foreach (var cluster in _shared.Clusters)
        {
            if (await IdentityCheck.IsKnownAsync(_shared, cluster))
            {
                foreach (var finding in await PreflightChecks.Identity.FindAsync(_shared, cluster, cancellationToken))
                    _preflight.Take(cluster.Name, finding);
            }
        }

        _problems.Refuse();
    }

    private void AddIdle()
    {
        if (!Run.HasWork)
            _problems.AddRange(Run.DataPlanes.Select(plane => new Problem(plane.Name, plane.Failure!, "No data plane is left to work on.")));
    }

    private void LeaveOut(DataPlaneRun plane, string why)
    {
        plane.LeaveOut(why);
        _context.Report(plane.Name, DisabledClusters.LeftOut(why));
    }

    private static Problem OwnAddress(DataPlaneRun plane, string endpoint) =>
        new(
            plane.Name,
            $"The kubeconfig's API server {endpoint} is this machine's own address: flyteadmin cannot reach it there.",
            "Write the address that the control plane's pods can reach as the data plane's 'endpoint' in the fleet."
        );

    // All begin at once; what they find is taken in their order.
    private async Task<StageResult> ClusterAsync(ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        var reachable = PreflightChecks.Reachable.FindAsync(_shared, cluster, cancellationToken);
        var (uid, ns) = (cluster.UidAsync(), cluster.NamespaceAsync());
        var begun = PreflightChecks
            .OfCluster.Where(check => check.Of(_shared).Contains(cluster))
            .Select(check => (Check: check, Findings: check.FindAsync(_shared, cluster, cancellationToken)))
            .ToArray();

        // The others' requests to a server that does not answer are not left behind.
        await Task.WhenAll(reachable, uid, ns).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var finding in await reachable)
            _preflight.Take(cluster.Name, finding);
        await AllowedAsync(cluster, Task.WhenAll(uid, ns));
        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (check, findings) in begun)
        {
            if (check.BlockedBy.Any(failed.Contains) || (failed.Contains(CheckNames.Permissions) && await IsForbiddenAsync(findings)))
                continue;
            await AllowedAsync(cluster, findings);
            foreach (var finding in await findings)
                _preflight.Take(cluster.Name, finding);
            if ((await findings).Any(finding => finding.Status == CheckStatus.Failed))
                failed.Add(check.Name);
        }

        if (!failed.Contains(CheckNames.Permissions))
            cluster.Cluster.Planned.Found = (await ns is null ? null : await cluster.ReleaseAsync(), true);
        _context.Report(cluster.Name, $"Kubernetes {(await cluster.ReachAsync()).Version}, context {cluster.Cluster.Context}");
        return StageResult.Done;
    }

    private static async Task AllowedAsync(ClusterSnapshot cluster, Task read)
    {
        try
        {
            await read;
        }
        catch (KubernetesApiException exception) when (exception.Status is HttpStatusCode.Forbidden)
        {
            throw new InvalidOperationException(
                $"{exception.Message.TrimEnd('.')} (context '{cluster.Cluster.Context}'). {StoppedCheck.ForbiddenRemedy}",
                exception
            );
        }
    }

    // Said with the other permissions.
    private static async Task<bool> IsForbiddenAsync(Task read)
    {
        try
        {
            await read;
            return false;
        }
        catch (KubernetesApiException exception)
        {
            return exception.Status is HttpStatusCode.Forbidden;
        }
    }

    /// <summary>Whether an API server's address is this machine's own.</summary>
    /// <param name="endpoint">A URL, or a host and port.</param>
    public static bool IsLocal(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!Uri.TryCreate(endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}", UriKind.Absolute, out var address))
            return false;
        return address.IsLoopback
            || address.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || address.Host.Equals("kubernetes.docker.internal", StringComparison.OrdinalIgnoreCase)
            || (
                IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)
                && (IPAddress.IsLoopback(ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            );
    }
}
