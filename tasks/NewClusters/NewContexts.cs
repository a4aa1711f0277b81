using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Retries;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>
/// Writes new clusters' kubeconfig contexts, one after the other: entries under the context's name, whose login is <c>aws eks get-token</c>.
/// <c>aws eks update-kubeconfig</c> would switch the current-context too.
/// </summary>
internal sealed class NewContexts(FlyteContext context, KubectlTools kubectl, TimeProvider time) : IDisposable
{
    private static readonly string[] ProfileVariables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Reads the run's kubeconfig; one that <c>--kubeconfig</c> names and that is not there is empty.</summary>
    /// <exception cref="KubectlException">It cannot be read.</exception>
    /// <exception cref="FormatException">kubectl answered no JSON.</exception>
    public static async Task<Kubeconfig> ReadAsync(FleetRun run, KubectlTools kubectl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(kubectl);
        return new Kubeconfig(run.Kubeconfig is { } path && !File.Exists(path) ? null : await kubectl.ConfigView.ReadAsync(Settings(run), cancellationToken));
    }

    /// <summary>How kubectl logs in to an EKS cluster: as <c>aws eks update-kubeconfig</c> writes it, the profile's name included where one is set.</summary>
    public static ExecLogin Login(FlyteContext context, NewClusterState state)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(state);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (ProfileVariables.Select(context.Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) is { } profile)
            environment["AWS_PROFILE"] = profile;
        return new ExecLogin("aws", ["--region", state.Region, "eks", "get-token", "--cluster-name", state.Name, "--output", "json"], environment);
    }

    /// <summary>Writes a cluster's context, unless it is there.</summary>
    /// <param name="state">The cluster; with the gate open it has its endpoint.</param>
    /// <param name="name">The context's name.</param>
    /// <param name="cancellationToken">Cancels kubectl.</param>
    /// <exception cref="InvalidOperationException">The name has become another cluster's since the check.</exception>
    /// <exception cref="KubectlException">kubectl failed.</exception>
    public async Task EnsureAsync(NewClusterState state, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var kubeconfig = await ReadAsync(context.Run, kubectl, cancellationToken);
            var problems = kubeconfig.Check(context, state, name);
            if (problems.Count > 0)
                throw new InvalidOperationException(string.Join(' ', problems.Select(problem => $"{problem.What} {problem.Remedy}")));
            if (state.Cluster?.Endpoint is { } endpoint && kubeconfig.HasContext(name, endpoint))
                return;
            var change = new Change(
                state.Plane,
                "KubeconfigContext",
                null,
                name,
                ChangeAction.Create,
                $"in {context.Run.Kubeconfig ?? "kubectl's own kubeconfig"}, for EKS cluster {state.Name}; current-context stays"
            );
            await context.Gate.PassAsync(change, (permit, end) => WriteAsync(permit, state, name, end), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // The context last: without it the other two mean nothing to anybody, and the next run writes them again.
    private async Task WriteAsync(ChangePermit permit, NewClusterState state, string name, CancellationToken cancellationToken)
    {
        if (state.Cluster is not { Endpoint: { } endpoint, Authority: { } authority })
            throw new InvalidOperationException($"EKS cluster '{state.Name}' has no endpoint and no certificate yet. Run again in a moment.");
        var settings = Settings(context.Run);
        var file = Path.Combine(ProcessEnvironment.Current.TemporaryFolder, $"{Guid.NewGuid():N}.crt");
        try
        {
            await File.WriteAllBytesAsync(file, Convert.FromBase64String(authority), cancellationToken);
            await RetryAsync(() => kubectl.Config.SetClusterAsync(permit, name, endpoint, file, settings, cancellationToken), cancellationToken);
            await RetryAsync(() => kubectl.Config.SetCredentialsAsync(permit, name, Login(context, state), settings, cancellationToken), cancellationToken);
            await RetryAsync(() => kubectl.Config.SetContextAsync(permit, name, name, name, settings, cancellationToken), cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // kubectl fails at once where another kubectl holds the kubeconfig's lock file.
    private Task RetryAsync(Func<Task> write, CancellationToken cancellationToken) =>
        RetryPolicy.KubeconfigLock.RunAsync(
            write,
            static (KubectlException exception) => exception.Message.Contains(".lock: file exists", StringComparison.Ordinal),
            time,
            cancellationToken
        );

    private static KubectlSettings Settings(FleetRun run) => new() { Kubeconfig = run.Kubeconfig };
}
