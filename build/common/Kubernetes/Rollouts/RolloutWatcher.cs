using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Problems;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Kubernetes.Rollouts;

/// <summary>Waits until a Helm release's Deployments are Available and reports what blocks them meanwhile.</summary>
/// <param name="api">The cluster.</param>
/// <param name="ns">The namespace.</param>
/// <param name="release">The release; its Deployments carry its name in Helm's annotation.</param>
/// <param name="report">Gets a line whenever the state or a blocker changes.</param>
/// <param name="isOwn">Which Deployments to wait for instead of the release's.</param>
/// <param name="logs">Keeps the logs of containers that have ended; null to keep none.</param>
/// <param name="wanted">Reads how many replicas each Deployment should have; asked only where one has 0. Null where 0 is what is wanted.</param>
public sealed class RolloutWatcher(
    ClusterApi api,
    string ns,
    string release,
    Action<string> report,
    Func<V1Deployment, bool>? isOwn = null,
    PodLogs? logs = null,
    Func<CancellationToken, Task<IReadOnlyDictionary<string, int>>>? wanted = null
)
{
    private static readonly TimeSpan PodInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(100);

    // The server ends a watch after a minute; a connection that died unnoticed reports nothing at all.
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(65);

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly PodReasons _reasons = new(api, ns, logs, report);
    private DateTimeOffset _begun;
    private DateTimeOffset _said;

    /// <summary>Waits for the Deployments.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The Deployments' names.</returns>
    /// <exception cref="RolloutException">They did not become available in time; the message says what blocks them.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<string>> UntilAvailableAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        _begun = _said = api.Time.GetUtcNow();
        var states = new ConcurrentDictionary<string, DeploymentState>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                var list = await api.GetAsync<V1DeploymentList>($"/apis/apps/v1/namespaces/{ns}/deployments", patience.Token);
                states.Clear();
                foreach (var deployment in list?.Items ?? [])
                    Note(deployment, states);
                if (AreAvailable(states) && await IdleAsync(list, states, patience.Token) is { Count: > 0 } idle)
                    throw new RolloutException(idle);
                if (AreAvailable(states))
                    return [.. states.Keys.Order(StringComparer.Ordinal)];
                await FollowAsync(list?.Metadata?.ResourceVersion, states, patience.Token);
                if (!AreAvailable(states))
                    await Task.Delay(BetweenRounds, api.Time, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RolloutException(timeout, await BlockersAsync(states, cancellationToken));
        }
    }

    // To kubectl's rollout status none of none is complete, and no waiting brings one.
    private async Task<IReadOnlyList<string>> IdleAsync(
        V1DeploymentList? list,
        ConcurrentDictionary<string, DeploymentState> states,
        CancellationToken cancellationToken
    )
    {
        string[] idle =
        [
            .. (list?.Items ?? []).Where(deployment => deployment.Spec?.Replicas == 0).Select(deployment => deployment.Metadata.Name).Where(states.ContainsKey),
        ];
        if (idle.Length == 0 || wanted is null)
            return [];
        var numbers = await wanted(cancellationToken);
        return [.. idle.Where(name => numbers.GetValueOrDefault(name, 1) > 0)];
    }

    // Watches, and looks at the pods every second; when the watch ends, a new list begins the next round.
    private async Task FollowAsync(string? version, ConcurrentDictionary<string, DeploymentState> states, CancellationToken cancellationToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        round.CancelAfter(LongestRound);
        var watching = WatchAsync(version, states, round.Token);
        var looking = ReportBlockersAsync(states, round.Token);
        await Task.WhenAny(watching, looking);
        await round.CancelAsync();
        try
        {
            await Task.WhenAll(watching, looking);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The round is over.
        }
    }

    private async Task WatchAsync(string? version, ConcurrentDictionary<string, DeploymentState> states, CancellationToken cancellationToken)
    {
        await foreach (
            var happened in api.WatchAsync($"/apis/apps/v1/namespaces/{ns}/deployments?resourceVersion={version}&timeoutSeconds=60", cancellationToken)
        )
        {
            if ((string?)happened["type"] is not ("ADDED" or "MODIFIED") || happened["object"] is not JsonObject deployment)
                return;
            Note(deployment.As<V1Deployment>(), states);
            if (AreAvailable(states))
                return;
        }
    }

    private async Task ReportBlockersAsync(ConcurrentDictionary<string, DeploymentState> states, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(PodInterval, api.Time, cancellationToken);
            foreach (var line in await BlockersAsync(states, cancellationToken))
            {
                if (_reported.Add(line))
                    report(line);
            }

            ReportProgress(states);
        }
    }

    private void ReportProgress(ConcurrentDictionary<string, DeploymentState> states)
    {
        var now = api.Time.GetUtcNow();
        if (now - _said < ProgressInterval)
            return;
        _said = now;
        var names = states.Values.Where(state => !state.IsAvailable).Select(state => state.Name).Order(StringComparer.Ordinal).ToArray();
        report($"waiting for {(names.Length > 0 ? $"Deployment {string.Join(", ", names)}" : "a Deployment")} for {(now - _begun).TotalSeconds:0} s");
    }

    private async Task<IReadOnlyList<string>> BlockersAsync(ConcurrentDictionary<string, DeploymentState> states, CancellationToken cancellationToken)
    {
        if (states.IsEmpty)
            return [$"{(isOwn is null ? $"release {release}" : "the overlay")} has no Deployment in namespace {ns}"];
        var pods = await api.PodsAsync(ns, cancellationToken);
        DeploymentState[] waiting = [.. states.Values.Where(state => !state.IsAvailable).OrderBy(state => state.Name, StringComparer.Ordinal)];
        var reasons = await _reasons.OfAsync(pods, [.. waiting.Select(state => state.Name)], cancellationToken);
        return [.. waiting.SelectMany(state => reasons[state.Name].Prepend($"Deployment {state.Name}: {state.Summary}"))];
    }

    private void Note(V1Deployment deployment, ConcurrentDictionary<string, DeploymentState> states)
    {
        if (!(isOwn?.Invoke(deployment) ?? deployment.GetAnnotation("meta.helm.sh/release-name") == release))
            return;
        var state = DeploymentState.Of(deployment);
        states[state.Name] = state;
    }

    private static bool AreAvailable(ConcurrentDictionary<string, DeploymentState> states) => !states.IsEmpty && states.Values.All(state => state.IsAvailable);
}

/// <summary>Deployments did not become available in time.</summary>
public sealed class RolloutException : Exception
{
    /// <summary>Describes what blocks them.</summary>
    /// <param name="timeout">How long was waited.</param>
    /// <param name="blockers">What blocks them, a line each.</param>
    public RolloutException(TimeSpan timeout, IReadOnlyList<string> blockers)
        : base($"not available within {timeout.TotalSeconds:0} s: {string.Join("; ", blockers)}") => Blockers = blockers;

    /// <summary>Names those that are scaled to 0.</summary>
    /// <param name="idle">Their names.</param>
    public RolloutException(IReadOnlyList<string> idle)
        : base(
            $"Deployment {string.Join(", ", idle)} {(idle.Count == 1 ? "is" : "are")} scaled to 0 replicas. Run {TargetNames.AddDataPlane}, which "
                + "restores the number, or kubectl scale."
        ) => Blockers = idle;

    /// <summary>What blocks them, a line each.</summary>
    public IReadOnlyList<string> Blockers { get; }
}
