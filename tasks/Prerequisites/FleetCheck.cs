using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tasks.NewClusters;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>
/// The preflight of a fleet. What is wrong with the fleet file, its contexts or its permissions refuses the run; a cluster that cannot be
/// reached or logged in to, is too old or has a pending release fails alone.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="overlays">The rendered overlays.</param>
public sealed class FleetCheck(FlyteContext context, RenderedOverlays overlays)
{
    /// <summary>The oldest Kubernetes that works: since 1.24 token Secrets are made by hand, which the runbook builds on.</summary>
    public static readonly Version OldestKubernetes = new(1, 24);

    private readonly ProblemList _problems = context.Run.NewProblemList();
    private readonly ConcurrentDictionary<string, string> _identities = new(StringComparer.Ordinal);

    /// <summary>Every context exists in the kubeconfig; takes the endpoints that the fleet leaves to it.</summary>
    /// <exception cref="RefusedException">A context is missing, or an endpoint would be of no use to flyteadmin.</exception>
    public async Task ContextsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, KubeContext> contexts;
        try
        {
            contexts = await context.Run.Contexts.WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is KubectlException or FormatException)
        {
            throw new RefusedException([new Problem("kubeconfig", exception.Message, "Correct it, or name another with --kubeconfig=PATH.")]);
        }

        foreach (var plane in context.Run.DataPlanes.Where(plane => !plane.Spec.Enabled && plane.Spec.Cluster?.Create is null && !contexts.ContainsKey(plane.Context)))
        {
            plane.LeaveOut($"the kubeconfig has no context '{plane.Context}'");
            context.Report(plane.Name, DisabledClusters.LeftOut(plane.Away!));
        }

        CheckContexts(contexts);
        foreach (var plane in context.Run.Active)
        {
            plane.Endpoint = plane.Spec.Endpoint ?? contexts.GetValueOrDefault(plane.Context)?.Server;
            if (plane.Spec.Endpoint is null && plane.Endpoint is { } endpoint && IsLocal(endpoint))
                _problems.Add(new Problem(plane.Name, $"The kubeconfig's API server {endpoint} is this machine's own address: flyteadmin cannot reach it there.", "Write the address that the control plane's pods can reach as the data plane's 'endpoint' in the fleet."));
        }

        RefuseProblems();
    }

    /// <summary>Checks one data plane.</summary>
    /// <exception cref="InvalidOperationException">The cluster is too old or has a pending release.</exception>
    /// <exception cref="KubernetesApiException">The cluster did not answer.</exception>
    public async Task<StageResult> DataPlaneAsync(DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plane);
        if (!plane.Spec.Enabled && await DisabledClusters.AwayAsync(plane.Api, cancellationToken) is { } why)
        {
            plane.LeaveOut(why);
            context.Report(plane.Name, DisabledClusters.LeftOut(why));
            return StageResult.Done;
        }

        return await ClusterAsync(plane, plane.Spec.Release, "dataPlanes[].release", NeededAccess.DataPlane(context.Run.Namespace), cancellationToken);
    }

    /// <summary>Checks the control plane; without it nothing can be done, so whatever is wrong refuses the run.</summary>
    public async Task<StageResult> ControlPlaneAsync(ControlPlaneRun control, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(control);
        var secret = new CredentialsSecret(context.Run).ReadAsync(cancellationToken);
        try
        {
            var result = await ClusterAsync(control, control.Spec.Release, "controlPlane.release", NeededAccess.ControlPlane(context.Run.Namespace), cancellationToken);
            await CheckSecretAsync(control, secret);
            return result;
        }
        catch (Exception exception) when (exception is KubernetesApiException or InvalidOperationException or FormatException)
        {
            control.Fail(nameof(CheckClusters), exception.Message);
            _problems.Add(new Problem(control.Name, exception.Message, "The control plane is needed for every data plane: fix this first."));
            return StageResult.Done;
        }
    }

    /// <summary>Refuses the run for everything that was found; also when no data plane is left at all.</summary>
    /// <exception cref="RefusedException">Something is wrong.</exception>
    public void RefuseProblems()
    {
        if (!context.Run.HasWork)
        {
            foreach (var plane in context.Run.DataPlanes)
                _problems.Add(new Problem(plane.Name, plane.Failure!, "No data plane is left to work on."));
        }

        CheckIdentities();
        _problems.Refuse();
    }

    private async Task<StageResult> ClusterAsync(ClusterRun cluster, string release, string field, IReadOnlyList<Access> needed, CancellationToken cancellationToken)
    {
        var version = cluster.Api.GetAsync("/version", cancellationToken);
        var system = cluster.Api.GetAsync("/api/v1/namespaces/kube-system", cancellationToken);
        var ns = cluster.Api.GetAsync($"/api/v1/namespaces/{context.Run.Namespace}", cancellationToken);
        var live = PendingRelease.SettleAsync(cluster.Api, context.Run.Namespace, release, cancellationToken, report: line => context.Report(cluster.Name, line));
        var missing = cluster.Api.MissingPermissionsUnlessAdministratorAsync(async () => context.Run.IsKustomize ? [.. needed.Union(await new OverlayAccess(context.Run, cluster, overlays).NeededAsync(cancellationToken))] : needed, cancellationToken);
        try
        {
            await Task.WhenAll(version, system, ns, missing);
        }
        catch (KubernetesApiException exception) when (exception.Status is HttpStatusCode.Forbidden)
        {
            throw new InvalidOperationException($"{exception.Message.TrimEnd('.')} (context '{cluster.Context}'). Use a context that has the permission, or have it granted.", exception);
        }

        CheckVersion(await version);
        if ((string?)(await system)?["metadata"]?["uid"] is { Length: > 0 } uid)
            _identities[cluster.Name] = uid;
        if ((await missing).Count > 0)
            _problems.Add(new Problem(cluster.Name, $"Context '{cluster.Context}' is missing permissions: {string.Join(", ", await missing)}.", "Use a context that has them, or have them granted."));
        else if (await ns is not null)
            await CheckReleaseAsync(cluster, await live, release, field, cancellationToken);
        if ((await missing).Count == 0)
            cluster.Planned.Found = (await ns is null ? null : await live, true);
        context.Report(cluster.Name, $"Kubernetes {(string?)(await version)?["gitVersion"]}, context {cluster.Context}");
        return StageResult.Done;
    }

    private async Task CheckSecretAsync(ControlPlaneRun control, Task<JsonObject?> read)
    {
        JsonObject? secret;
        try
        {
            secret = await read;
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Forbidden)
        {
            // Said with the other permissions.
            return;
        }

        if (SecretOwner.Of(secret) is { } owner)
            context.Journal.Add($"{SecretOwner.Warning(owner)} {SecretOwner.Remedy}");
        if (SecretOwner.IsImmutable(secret))
            _problems.Add(new Problem(control.Name, $"Secret {context.Run.Namespace}/{CredentialsSecret.Name} is immutable: no credential can be stored in it.", ImmutableRemedy(control)));
    }

    // A Secret cannot be made mutable again; what it holds goes into a new one before anything reads it.
    private string ImmutableRemedy(ControlPlaneRun control)
    {
        var kubectl = $"kubectl --context {control.Context} -n {context.Run.Namespace}";
        return $"Create it again without 'immutable: true' and with the same data, then run again: {kubectl} get secret {CredentialsSecret.Name} -o json | jq 'del(.immutable)' | {kubectl} replace --force -f -";
    }

    private static void CheckVersion(JsonObject? version)
    {
        var text = (string?)version?["gitVersion"] ?? string.Empty;
        if (IsTooOld(text))
            throw new InvalidOperationException($"Kubernetes {text} is too old; {OldestKubernetes} is the oldest that works.");
    }

    /// <summary>Whether a Kubernetes is too old to work with; one whose version could not be checked is not.</summary>
    /// <param name="gitVersion">Its version, <c>v1.36.3</c>.</param>
    public static bool IsTooOld(string gitVersion)
    {
        ArgumentNullException.ThrowIfNull(gitVersion);
        return Version.TryParse(gitVersion.TrimStart('v').Split('-', '+')[0], out var parsed) && parsed < OldestKubernetes;
    }

    // Of two names of one cluster, the later one of the fleet is wrong; the control plane is the first.
    private void CheckIdentities()
    {
        foreach (var same in context.Run.Clusters.Where(cluster => _identities.ContainsKey(cluster.Name)).GroupBy(cluster => _identities[cluster.Name], StringComparer.Ordinal))
        {
            var first = same.First();
            _problems.AddRange(same.Skip(1).Select(cluster => new Problem(cluster.Name, $"It is the same cluster as {first.Name} (kube-system namespace UID {same.Key}).", "Give each cluster of the fleet a context of its own.")));
        }
    }

    private async Task CheckReleaseAsync(ClusterRun cluster, HelmRelease? live, string release, string field, CancellationToken cancellationToken)
    {
        if (live is { IsPending: true } && !context.Options.Recover)
            throw new InvalidOperationException($"{PendingRelease.Explain(live)} {PendingRelease.Remedy}");
        if (await OtherFlyteAsync(live, cluster, cancellationToken) is not { } other)
            return;
        if (context.Run.IsKustomize)
            _problems.Add(new Problem(cluster.Name, $"Helm release '{other}' in namespace {context.Run.Namespace} is one of flyte-core, and the fleet installs with kustomize: both would write the same objects.", "Write flyte.install: helm; or hand the objects over to kustomize and remove the release's Secrets first."));
        else
            _problems.Add(new Problem(cluster.Name, $"There is no Helm release '{release}' in namespace {context.Run.Namespace}, but '{other}' is one of flyte-core: a second one would take its objects over.", $"Write {field}: {other} in the fleet."));
    }

    private async Task<string?> OtherFlyteAsync(HelmRelease? live, ClusterRun cluster, CancellationToken cancellationToken)
    {
        if (live is not null)
            return context.Run.IsKustomize && live.ChartName == "flyte-core" ? live.Name : null;
        foreach (var revision in await HelmReleases.NewestAsync(cluster.Api, context.Run.Namespace, cancellationToken))
        {
            var other = await HelmReleases.ReadAsync(cluster.Api, context.Run.Namespace, revision, cancellationToken);
            if (other?.ChartName == "flyte-core")
                return other.Name;
        }

        return null;
    }

    private void CheckContexts(IReadOnlyDictionary<string, KubeContext> contexts)
    {
        var files = MissingContext.OfFiles(context.Run.Kubeconfig).ToArray();
        var lost = context.Run.Clusters.Where(cluster => cluster is not DataPlaneRun { Away: not null } && !contexts.ContainsKey(cluster.Context)).ToArray();
        foreach (var file in files)
        {
            // kubectl passes over a file that is not there; so does a run that has all its contexts.
            if (lost.Length > 0)
                _problems.Add(file);
            else
                context.Journal.Add($"{file.Place}: {file.What}");
        }

        // Where there is no kubeconfig at all, its contexts are not what is wrong.
        foreach (var cluster in lost.Where(cluster => contexts.Count > 0 || files.Length == 0 || IsNew(cluster)))
            _problems.Add(new Problem(cluster.Name, $"The kubeconfig has no context '{cluster.Context}'.", Remedy(cluster, contexts.Keys)));
    }

    private static bool IsNew(ClusterRun cluster) => cluster is DataPlaneRun { Spec.Cluster.Create: not null };

    private string Remedy(ClusterRun cluster, IEnumerable<string> known)
        => IsNew(cluster)
            ? $"The fleet says how to create the cluster: {SuggestedCommand.Target(nameof(CreateNodeGroup), context.Options)} does, and writes this context; where the cluster is there, --target={nameof(CreateCluster)} in its place writes only the context."
            : MissingContext.Remedy(context.Run, cluster, known);

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
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && (IPAddress.IsLoopback(ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
    }
}
