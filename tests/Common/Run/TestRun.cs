using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Frosting;
using Flyte.MultiCluster.Common;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Values;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>A run over API servers in memory: a control plane and data planes dp1, dp2, …</summary>
internal sealed class TestRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, FakeApiServer> _servers = new(StringComparer.Ordinal);
    private readonly List<string> _lines = [];
    private readonly Lazy<ServiceProvider> _provider;
    private (string? Line, TaskCompletionSource Logged) _awaited = (null, new TaskCompletionSource());

    public TestRun(RunOptions? options = null, int dataPlanes = 1, Fleet? fleet = null, IFlyteAdmin? admin = null, int planes = 0)
    {
        var cake = Substitute.For<ICakeContext>();
        var log = Substitute.For<ICakeLog>();
        log.Verbosity.Returns(Verbosity.Normal);
        log.When(to => to.Write(Arg.Any<Verbosity>(), Arg.Any<LogLevel>(), Arg.Any<string>(), Arg.Any<object[]>()))
            .Do(call =>
            {
                var line = string.Format(System.Globalization.CultureInfo.InvariantCulture, call.ArgAt<string>(2), call.ArgAt<object[]>(3));
                lock (_lines)
                {
                    _lines.Add(line);
                    if (line == _awaited.Line)
                        _awaited.Logged.TrySetResult();
                }
            });
        cake.Log.Returns(log);
        Outcome = new RunOutcome();
        Interruption = new Interruption(Outcome);
        Fleet = fleet ?? SomeFleet.Of(dataPlanes);
        var (given, journal, tasks) = (options ?? new RunOptions(), new RunJournal(), new RunTasks());
        var gate = new ChangeGate(log, !given.Plan);
        Services = new ServiceCollection()
            .AddTools()
            .AddRun()
            .AddTasks()
            .AddSingleton(cake.FileSystem)
            .AddSingleton(cake.Environment)
            .AddSingleton(cake.Tools)
            .AddSingleton(log)
            .AddSingleton(Processes)
            .AddSingleton<IProcessRunner>(Processes)
            .AddSingleton(given)
            .AddSingleton(journal)
            .AddSingleton(tasks)
            .AddSingleton<IChangeGate>(gate)
            .AddSingleton(Interruption);
        _provider = new Lazy<ServiceProvider>(() => Services.BuildServiceProvider());
        Context = new FlyteContext(cake, given, Outcome, journal, gate, tasks, Interruption)
        {
            Run = new FleetRun
            {
                Fleet = Fleet,
                ControlPlane = new ControlPlaneRun(Fleet.ControlPlane, Server("controlplane").Api("controlplane")),
                DataPlanes =
                [
                    .. Fleet
                        .DataPlanes.Take(planes > 0 ? planes : int.MaxValue)
                        .Select(plane => new DataPlaneRun(plane, Server(plane.Name).Api(plane.Name))
                        {
                            Endpoint = plane.Endpoint ?? $"https://{plane.Name}.example.com",
                        }),
                ],
                Artifacts = _folder.Path,
                Kubeconfig = options?.Kubeconfig,
                FlyteAdmin = admin,
                Contexts = Task.FromResult<IReadOnlyDictionary<string, KubeContext>>(new Dictionary<string, KubeContext>(StringComparer.Ordinal)),
            },
        };
    }

    public FlyteContext Context { get; }

    /// <summary>The container's services, to be replaced before the first is asked for.</summary>
    public IServiceCollection Services { get; }

    public ChildProcessRunner Processes { get; } = new();

    public IHelmValues Values => Get<IHelmValues>();

    public RunOutcome Outcome { get; }

    public Interruption Interruption { get; }

    public Fleet Fleet { get; }

    public TemporaryFolder Folder => _folder;

    public ControlPlaneRun Control => Context.Run.ControlPlane;

    public DataPlaneRun Plane => Context.Run.DataPlanes[0];

    /// <summary>What was logged, a line each.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Ends when a line is logged; one at a time.</summary>
    public Task LoggedAsync(string line)
    {
        lock (_lines)
        {
            _awaited = (line, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (_lines.Contains(line, StringComparer.Ordinal))
                _awaited.Logged.SetResult();
            return _awaited.Logged.Task;
        }
    }

    /// <summary>A service of the container.</summary>
    public T Get<T>()
        where T : notnull => _provider.Value.GetRequiredService<T>();

    /// <summary>Runs a task, with its services from the container.</summary>
    public Task RunAsync<T>()
        where T : AsyncFrostingTask<FlyteContext> => ActivatorUtilities.CreateInstance<T>(_provider.Value).RunAsync(Context);

    public FakeApiServer ControlServer => Server("controlplane");

    public FakeApiServer PlaneServer => Server(Plane.Name);

    public FakeApiServer Server(string cluster)
    {
        if (!_servers.TryGetValue(cluster, out var server))
            _servers.Add(cluster, server = new FakeApiServer());
        return server;
    }

    public void Dispose()
    {
        foreach (var cluster in Context.Run.Clusters)
            cluster.Api.Dispose();
        foreach (var server in _servers.Values)
            server.Dispose();
        if (_provider.IsValueCreated)
            _provider.Value.Dispose();
        Interruption.Dispose();
        _folder.Dispose();
    }
}

/// <summary>Fleets for tests.</summary>
internal static class SomeFleet
{
    /// <summary>Data planes dp1, dp2, … with a label of its own each: label1, label2, …</summary>
    public static Fleet Of(int dataPlanes) =>
        new()
        {
            Path = "/fleet.yaml",
            Flyte = new FlyteSettings
            {
                Chart = new ChartReference { Path = "/chart" },
                Endpoint = "dns:///flyte.example.com:443",
            },
            ControlPlane = new ControlPlane { Context = "control" },
            DataPlanes = [.. Enumerable.Range(1, dataPlanes).Select(number => new DataPlane { Name = $"dp{number}", Context = $"context{number}" })],
            Labels = [.. Enumerable.Range(1, dataPlanes).Select(number => new ClusterLabel($"label{number}", [new WeightedCluster($"dp{number}", 1)]))],
        };
}
