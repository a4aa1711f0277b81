using System.Diagnostics;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>The base of the checks: times what is looked at, and makes a result of whatever goes wrong while looking.</summary>
/// <typeparam name="TContext">What the check needs of what checks share.</typeparam>
/// <param name="name">The check's name.</param>
/// <param name="what">What it checks.</param>
/// <param name="when">When it runs.</param>
/// <param name="severity">The most that it does to who is wrong.</param>
/// <param name="blockedBy">The checks without which it has no ground.</param>
internal abstract class Check<TContext>(string name, string what, CheckTime when, CheckSeverity severity, params IReadOnlyList<string> blockedBy)
    : ICheck<TContext>
    where TContext : CheckContext
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public string What { get; } = what;

    /// <inheritdoc/>
    public CheckTime When { get; } = when;

    /// <inheritdoc/>
    public CheckSeverity Severity { get; } = severity;

    /// <inheritdoc/>
    public IReadOnlyList<string> BlockedBy { get; } = blockedBy;

    /// <inheritdoc/>
    public abstract Task<IReadOnlyList<CheckResult>> RunAsync(TContext context, CancellationToken cancellationToken);

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
            return [.. findings.Select(finding => new CheckResult(Name, cluster, finding.Status, finding.Text, finding.Remedy, watch.Elapsed))];
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException or InvalidOperationException or IOException or AwsException)
        {
            return [StoppedCheck.Of(Name, cluster, exception, watch.Elapsed)];
        }
    }
}
