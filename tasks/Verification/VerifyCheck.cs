using System.Diagnostics;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>The base of the checks: times what is looked at, and makes a result of whatever goes wrong while looking.</summary>
/// <param name="name">The check's name.</param>
internal abstract class VerifyCheck(string name) : IVerifyCheck
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public abstract Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken);

    internal static CheckResult Stopped(string check, string? cluster, Exception exception, TimeSpan duration)
        => new(
            check,
            cluster,
            CheckStatus.Failed,
            $"could not be checked: {exception.Message}",
            exception is KubernetesApiException { Status: System.Net.HttpStatusCode.Forbidden or System.Net.HttpStatusCode.Unauthorized } ? "Have the permission granted, or use a context that has it." : "Run again; if it stays so, look at what the message names.",
            duration);

    /// <summary>Looks, with a result for each finding.</summary>
    /// <param name="cluster">The cluster that the findings are about; null for none.</param>
    /// <param name="look">Looks.</param>
    protected async Task<IReadOnlyList<CheckResult>> LookAsync(string? cluster, Func<Task<IReadOnlyList<Finding>>> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        var watch = Stopwatch.StartNew();
        try
        {
            var findings = await look();
            return [.. findings.Select(finding => new CheckResult(Name, cluster, finding.Status, finding.Found, finding.Remedy, watch.Elapsed))];
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException or InvalidOperationException or IOException or AwsException)
        {
            return [Stopped(Name, cluster, exception, watch.Elapsed)];
        }
    }
}

/// <summary>A check of each cluster by itself. One that does not answer, or is another cluster than its name says, is skipped: other checks say so.</summary>
/// <param name="name">The check's name.</param>
internal abstract class ClusterCheck(string name) : VerifyCheck(name)
{
    /// <inheritdoc/>
    public sealed override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await SkippedAsync(context) is { } why)
            return await LookAsync(null, () => Task.FromResult<IReadOnlyList<Finding>>([Finding.Skipped(why)]));
        var results = await Task.WhenAll(Of(context).Select(cluster => OfClusterAsync(context, cluster, cancellationToken)));
        return [.. results.SelectMany(result => result)];
    }

    /// <summary>Why no cluster is looked at; null where they are.</summary>
    protected virtual Task<string?> SkippedAsync(VerifyContext context) => Task.FromResult<string?>(null);

    /// <summary>The clusters that it is about.</summary>
    protected virtual IEnumerable<ClusterSnapshot> Of(VerifyContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Clusters;
    }

    /// <summary>Looks at one cluster.</summary>
    protected abstract Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken);

    private async Task<IReadOnlyList<CheckResult>> OfClusterAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        var results = await LookAsync(cluster.Name, async () => (await cluster.ReachAsync()).Failure is null
            ? await LookAsync(context, cluster, cancellationToken)
            : [Finding.Skipped("the cluster does not answer")]);

        // Asked last: the identities wait for the slowest cluster.
        return await context.BlockedByAsync(cluster.Name, CheckCatalog.Identity) is null || results.All(result => result.Status == CheckStatus.Skipped)
            ? results
            : [new CheckResult(Name, cluster.Name, CheckStatus.Skipped, $"{CheckCatalog.Identity} comes first", null, results.Max(result => result.Duration))];
    }
}

/// <summary>A check of each entry of clusterConfigs that flyteadmin reads a credential for, whether the fleet names it or not.</summary>
/// <param name="name">The check's name.</param>
/// <param name="first">The checks without which this one has no ground, for the same entry.</param>
internal abstract class EntryCheck(string name, params IReadOnlyList<string> first) : VerifyCheck(name)
{
    /// <inheritdoc/>
    public sealed override async Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var control = context.Control;
        if ((await control.ReachAsync()).Failure is not null)
            return await LookAsync(control.Name, () => Of(Finding.Skipped("the control plane does not answer")));
        var loaded = await LookAsync(control.Name, async () => (await context.LoadedAsync()).Admin is null ? [Finding.Skipped("flyteadmin has loaded no clusters: see configuration")] : []);
        if (loaded.Count > 0)
            return loaded;
        var entries = (await context.LoadedAsync()).Admin!.Clusters.Where(entry => !entry.InCluster).DistinctBy(entry => entry.Name);
        var results = await Task.WhenAll(entries.Select(entry => LookAsync(entry.Name, async () =>
            await context.BlockedByAsync(entry.Name, first) is { } blocker ? [Finding.Skipped($"{blocker} comes first")] : await LookAsync(context, entry, cancellationToken))));
        return [.. results.SelectMany(result => result)];
    }

    /// <summary>Looks at one entry.</summary>
    protected abstract Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken);

    private static Task<IReadOnlyList<Finding>> Of(Finding finding) => Task.FromResult<IReadOnlyList<Finding>>([finding]);
}
