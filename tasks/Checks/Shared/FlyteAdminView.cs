using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>FlyteAdmin as the checks see it: each thing is read when it is first asked for, and once for all who ask.</summary>
internal sealed class FlyteAdminView
{
    private readonly CheckContext _context;
    private readonly Lazy<Task<(ClusterConfigs? Configs, Problem? Problem)>> _loaded;
    private readonly Lazy<Task<string>> _version;

    private FlyteAdminView(CheckContext context, bool mayComeUp)
    {
        (_context, MayComeUp) = (context, mayComeUp);
        _loaded = new(ReadLoadedAsync);
        _version = new(() => context.Run.Run.FlyteAdmin!.VersionAsync(context.Cancellation));
    }

    /// <summary>Whether this run may still bring FlyteAdmin up: then it is no problem that it does not answer.</summary>
    public bool MayComeUp { get; }

    /// <summary>FlyteAdmin's version, once it has answered; null before.</summary>
    public string? Answered => _version is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } version } ? version.Result : null;

    /// <summary>The view of a context.</summary>
    /// <param name="context">What the checks share.</param>
    /// <param name="mayComeUp">Whether this run may still bring FlyteAdmin up; who asks first decides.</param>
    public static FlyteAdminView Of(CheckContext context, bool mayComeUp = false)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Shared(() => new FlyteAdminView(context, mayComeUp));
    }

    /// <summary>FlyteAdmin's version.</summary>
    /// <exception cref="FlyteAdminException">It refused, or did not answer.</exception>
    public Task<string> VersionAsync() => _version.Value;

    /// <summary>What flyteadmin has loaded: null where there is none, with the problem where it cannot be read.</summary>
    public Task<(ClusterConfigs? Configs, Problem? Problem)> LoadedAsync() => _loaded.Value;

    /// <summary>Whether flyteadmin runs: then it is the address that is wrong, and nothing that this run does fixes it.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<bool> IsUpAsync()
    {
        var run = _context.Run.Run;
        var deployment = await run.ControlPlane.Api.GetAsync(KubernetesPaths.Deployment(run.Namespace, "flyteadmin"), _context.Cancellation);
        return (int?)deployment?["status"]?["availableReplicas"] is > 0;
    }

    private async Task<(ClusterConfigs? Configs, Problem? Problem)> ReadLoadedAsync()
    {
        var run = _context.Run.Run;
        try
        {
            return (await new LoadedClusterConfigs(run, _context.Services.Values).ReadAsync(_context.Cancellation), null);
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException)
        {
            return (null, new Problem(run.ControlPlane.Name, exception.Message, "flyteadmin's labelClusterMap must be readable: fix this first."));
        }
    }
}
