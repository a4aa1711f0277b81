using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>
/// The executions of a data plane that have not ended: by FlyteAdmin's list of each project and domain, and by the cluster's own FlyteWorkflows. It is
/// drained when both are empty.
/// </summary>
/// <param name="admin">FlyteAdmin's API.</param>
/// <param name="plane">The data plane.</param>
internal sealed class UnfinishedExecutions(IFlyteAdmin admin, DataPlaneRun plane)
{
    private const int Most = 10;

    private readonly Once<(IReadOnlyList<string> Projects, IReadOnlyList<string> Domains)> _scopes = new();

    /// <summary>Lists them, the oldest first.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    /// <exception cref="KubernetesApiException">The data plane refused, or did not answer, and takes part in the run.</exception>
    public async Task<IReadOnlyList<UnfinishedExecution>> ListAsync(CancellationToken cancellationToken)
    {
        var workflows = plane.LeftOutReason is null ? WorkflowsAsync(cancellationToken) : Task.FromResult<IReadOnlyList<JsonObject>?>(null);
        var executions = ExecutionsAsync(cancellationToken);
        await Task.WhenAll(workflows, executions);
        var left = (await workflows)?.ToList();
        var unfinished = new List<UnfinishedExecution>();
        foreach (var execution in await executions)
        {
            var at = left?.FindIndex(workflow => IsOf(workflow, execution.Id)) ?? -1;
            if (at >= 0)
                left!.RemoveAt(at);
            unfinished.Add(new UnfinishedExecution(execution.Id.ToString(), execution, execution.CreatedAt, left is null ? null : at >= 0));
        }

        unfinished.AddRange(
            (left ?? []).Select(workflow => new UnfinishedExecution(
                $"{(string?)workflow["metadata"]?["namespace"]}/{(string?)workflow["metadata"]?["name"]}",
                null,
                KubernetesTime.Of(workflow["metadata"]?["creationTimestamp"]),
                true
            ))
        );
        return [.. unfinished.OrderBy(one => one.CreatedAt ?? DateTimeOffset.MaxValue).ThenBy(one => one.Name, StringComparer.Ordinal)];
    }

    /// <summary>Some of them in words, and how many there are.</summary>
    /// <param name="all">All of them.</param>
    /// <param name="now">The time.</param>
    public static string Describe(IReadOnlyList<UnfinishedExecution> all, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(all);
        return $"{all.Count} unfinished {(all.Count == 1 ? "execution" : "executions")}: " + $"{ShortList.Of([.. all.Select(one => one.Describe(now))], Most)}";
    }

    private async Task<IReadOnlyList<JsonObject>?> WorkflowsAsync(CancellationToken cancellationToken) =>
        await UnfinishedWorkflows.ReadAsync(plane.Api, cancellationToken);

    private async Task<IReadOnlyList<Execution>> ExecutionsAsync(CancellationToken cancellationToken)
    {
        var (projects, domains) = await _scopes.GetAsync(() => ScopesAsync(cancellationToken));
        var found = await DomainSweep.OfAsync(
            projects,
            domains,
            (project, domain) => admin.UnfinishedExecutionsAsync(project, domain, plane.Name, cancellationToken),
            cancellationToken
        );
        return [.. found.SelectMany(one => one)];
    }

    private async Task<(IReadOnlyList<string> Projects, IReadOnlyList<string> Domains)> ScopesAsync(CancellationToken cancellationToken)
    {
        var projects = admin.ProjectsAsync(cancellationToken);
        var domains = admin.DomainsAsync(cancellationToken);
        await Task.WhenAll(projects, domains);
        return (await projects, await domains);
    }

    // flyteadmin labels the FlyteWorkflow with its execution's project and domain, and names it as the execution.
    private static bool IsOf(JsonObject workflow, ExecutionId id)
    {
        var metadata = workflow["metadata"];
        return (string?)metadata?["name"] == id.Name && Is("project", id.Project) && Is("domain", id.Domain);

        bool Is(string label, string value) => (string?)metadata?["labels"]?[label] is not { } found || found == value;
    }
}
