using System.Collections.Concurrent;
using System.Net;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

/// <summary>FlyteAdmin in memory, with the real one's deletion of the labels below.</summary>
internal sealed class InMemoryFlyteAdmin : IFlyteAdmin
{
    private readonly ConcurrentQueue<string> _calls = new();

    public Uri Endpoint { get; } = new("https://flyte.example.com");

    public bool IsLoginOff { get; set; }

    public ConcurrentDictionary<LabelScope, string> Labels { get; } = new();

    public List<string> Projects { get; } = ["team1", "team2"];

    public List<string> Domains { get; } = ["development", "production"];

    public List<LaunchPlan> LaunchPlans { get; } = [];

    public ConcurrentDictionary<ExecutionId, Execution> Executions { get; } = new();

    public ConcurrentQueue<ExecutionRequest> Requests { get; } = new();

    /// <summary>What an execution looks like at each look, counted from 1.</summary>
    public Func<ExecutionRequest, int, Execution>? Happens { get; set; }

    /// <summary>Runs before each call, with its words: <c>PUT team1/development</c>; what it throws, the call throws.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>The calls, in order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>The calls that write, in order.</summary>
    public IReadOnlyList<string> Writes => [.. _calls.Where(call => !call.StartsWith("GET", StringComparison.Ordinal))];

    public static FlyteAdminException Unreachable { get; } = new("GET /api/v1/version", null, string.Empty, "connection refused");

    public static FlyteAdminException Unauthorized { get; } = new("GET /api/v1/version", HttpStatusCode.Unauthorized, "Unauthenticated", "no token");

    public InMemoryFlyteAdmin With(string scope, string label)
    {
        Labels[Scope(scope)] = label;
        return this;
    }

    /// <summary>A scope from its path.</summary>
    public static LabelScope Scope(string path) =>
        path.Split('/', 3) is var parts ? new LabelScope(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2)) : null!;

    /// <summary>The labels, as <c>team1/development=label1</c>.</summary>
    public IEnumerable<string> Rows => Labels.Select(row => $"{row.Key}={row.Value}");

    public Task<string> VersionAsync(CancellationToken cancellationToken) => Call("GET version", () => "v1.16.8", cancellationToken);

    public Task<IReadOnlyList<string>> ProjectsAsync(CancellationToken cancellationToken) =>
        Call("GET projects", () => (IReadOnlyList<string>)Projects, cancellationToken);

    public Task<IReadOnlyList<string>> DomainsAsync(CancellationToken cancellationToken) =>
        Call("GET domains", () => (IReadOnlyList<string>)Domains, cancellationToken);

    public Task<IReadOnlyDictionary<LabelScope, string>> ExecutionLabelsAsync(CancellationToken cancellationToken) =>
        Call("GET labels", () => (IReadOnlyDictionary<LabelScope, string>)Labels.ToDictionary(), cancellationToken);

    public Task PutExecutionLabelAsync(ChangePermit permit, LabelScope scope, string label, CancellationToken cancellationToken) =>
        Call($"PUT {scope} {label}", () => Labels[scope] = label, cancellationToken);

    public Task DeleteExecutionLabelAsync(ChangePermit permit, LabelScope scope, CancellationToken cancellationToken) =>
        Call(
            $"DELETE {scope}",
            () =>
            {
                foreach (var gone in Labels.Keys.Where(other => other == scope || scope.Covers(other)))
                    Labels.TryRemove(gone, out _);
                return true;
            },
            cancellationToken
        );

    public Task<LaunchPlan?> LaunchPlanAsync(string project, string domain, string name, string? version, CancellationToken cancellationToken) =>
        Call(
            $"GET launch plan {name}",
            () =>
                LaunchPlans.LastOrDefault(plan =>
                    (plan.Project, plan.Domain, plan.Name) == (project, domain, name) && (version is null || plan.Version == version)
                ),
            cancellationToken
        );

    public Task<bool> CreateExecutionAsync(ChangePermit permit, ExecutionRequest request, CancellationToken cancellationToken) =>
        Call(
            $"POST {request.Id} {request.Label}",
            () =>
            {
                if (Executions.ContainsKey(request.Id))
                    return false;
                Requests.Enqueue(request);
                Executions[request.Id] = new Execution(request.Id, ExecutionPhase.Queued, null, null, null);
                return true;
            },
            cancellationToken
        );

    public Task<RecentExecutions> ExecutionsSinceAsync(string project, string domain, DateTimeOffset since, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Execution>> UnfinishedExecutionsAsync(string project, string domain, string cluster, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Execution?> ExecutionAsync(ExecutionId id, CancellationToken cancellationToken) =>
        Call(
            $"GET {id}",
            () =>
            {
                if (!Executions.TryGetValue(id, out var live) || live.HasEnded || Requests.FirstOrDefault(request => request.Id == id) is not { } request)
                    return live;
                return Executions[id] = Happens!(request, Calls.Count(call => call == $"GET {id}"));
            },
            cancellationToken
        );

    public Task AbortExecutionAsync(ChangePermit permit, ExecutionId id, string cause, CancellationToken cancellationToken) =>
        Call(
            $"ABORT {id}",
            () => Executions.TryGetValue(id, out var live) ? Executions[id] = live with { Phase = ExecutionPhase.Aborted } : null,
            cancellationToken
        );

    public void Dispose() { }

    private async Task<T> Call<T>(string words, Func<T> answer, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        Before?.Invoke(words);
        _calls.Enqueue(words);
        return answer();
    }
}
