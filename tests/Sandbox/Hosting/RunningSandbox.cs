using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Sandbox.Hosting;
using Flyte.MultiCluster.Tasks.Sandboxes;
using Microsoft.AspNetCore.Http;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

/// <summary>A sandbox in this process, over real sockets and TLS, whose clusters answer what the test says.</summary>
internal sealed class RunningSandbox : IAsyncDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("fmc-").FullName;
    private readonly StateFolder _folder;

    private RunningSandbox(int dataPlanes)
    {
        _folder = StateFolder.Take(Path.Combine(_parent, "state"))!;
        Host = new SandboxHost(
            new SandboxOptions { State = _folder.Root, DataPlanes = dataPlanes },
            _folder,
            (name, _, _) => new Backend(() => Started(name), context => Answer(context)),
            Clock
        );
        Control = new SandboxControl(_folder.SocketPath());
    }

    public InstantClock Clock { get; } = new();

    public List<string> Starts { get; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync(new string('x', 1000));

    public SandboxHost Host { get; }

    public SandboxControl Control { get; }

    public static async Task<RunningSandbox> StartAsync(int dataPlanes = 1)
    {
        var sandbox = new RunningSandbox(dataPlanes);
        await sandbox.Host.StartAsync();
        return sandbox;
    }

    public string File(string name) => _folder.In(name);

    /// <summary>A client of one cluster that trusts its authority alone.</summary>
    public HttpClient Client(string cluster, Version version, X509Certificate2? certificate = null)
    {
        var asked = Host.Clusters.Single(c => c.Name == cluster);
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { asked.Keys.Certificates.Authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler)
        {
            BaseAddress = new Uri(asked.Server),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
        Directory.Delete(_parent, recursive: true);
    }

    // Clusters start side by side.
    private void Started(string name)
    {
        lock (Starts)
        {
            Starts.Add(name);
        }
    }

    private sealed class Backend(Action start, Func<HttpContext, Task> answer) : IClusterBackend
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            start();
            return Task.CompletedTask;
        }

        public Task HandleAsync(HttpContext context) => answer(context);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>A clock on which waits of up to a minute take no time and are remembered; longer ones never end.</summary>
internal sealed class InstantClock : TimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_waits)
            {
                return [.. _waits];
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.FromMinutes(1) || dueTime < TimeSpan.Zero)
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        lock (_waits)
        {
            _waits.Add(dueTime);
        }

        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
