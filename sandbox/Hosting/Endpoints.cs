using System.Net;
using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Faults;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>Listeners on loopback, one TLS port a cluster, and one Unix socket for the control interface.</summary>
public sealed class Endpoints : IAsyncDisposable
{
    // Long enough for an answer that is being written, short enough for somebody who waits for the end.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _application;

    private Endpoints(WebApplication application) => _application = application;

    /// <summary>Listens for clusters on ports that the system chooses, and tells each cluster its port.</summary>
    /// <param name="clusters">The clusters.</param>
    /// <param name="handle">Answers their requests.</param>
    public static async Task<Endpoints> ListenAsync(IReadOnlyCollection<Cluster> clusters, Func<Cluster, HttpContext, Task> handle)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        var listeners = new List<(Cluster Cluster, ListenOptions Listener)>();
        var endpoints = await StartAsync(
            kestrel =>
            {
                foreach (var cluster in clusters)
                {
                    kestrel.Listen(
                        IPAddress.Loopback,
                        0,
                        listener =>
                        {
                            listener.Protocols = HttpProtocols.Http1AndHttp2;
                            listener.Use(next =>
                                connection =>
                                {
                                    connection.Features.Set<ITransport>(new Transport(connection));
                                    connection.Features.Set(cluster);
                                    return next(connection);
                                }
                            );
                            listener.UseHttps(Tls(cluster.Keys.Certificates));
                            listeners.Add((cluster, listener));
                        }
                    );
                }
            },
            context => handle(context.Features.GetRequiredFeature<Cluster>(), context)
        );
        foreach (var (cluster, listener) in listeners)
        {
            cluster.Port = listener.IPEndPoint!.Port;
        }

        return endpoints;
    }

    /// <summary>Listens on a Unix socket that the user alone can use.</summary>
    /// <param name="socket">Its path.</param>
    /// <param name="handle">Answers its requests.</param>
    public static async Task<Endpoints> ListenAsync(string socket, RequestDelegate handle)
    {
        var endpoints = await StartAsync(kestrel => kestrel.ListenUnixSocket(socket), handle);
        StateFolder.Protect(socket);
        return endpoints;
    }

    /// <summary>Stops listening and closes all connections, after a moment for the answers under way.</summary>
    public async ValueTask DisposeAsync()
    {
        using var grace = new CancellationTokenSource(Grace);
        await _application.StopAsync(grace.Token);
        await _application.DisposeAsync();
    }

    private static async Task<Endpoints> StartAsync(Action<KestrelServerOptions> listen, RequestDelegate handle)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                // A watch may be silent for as long as it likes.
                kestrel.Limits.MinRequestBodyDataRate = null;
                kestrel.Limits.MinResponseDataRate = null;
                kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
                listen(kestrel);
            });
        var application = builder.Build();
        application.Run(handle);
        await application.StartAsync();
        return new Endpoints(application);
    }

    private static HttpsConnectionAdapterOptions Tls(ClusterCertificates certificates) =>
        new()
        {
            ServerCertificate = certificates.Server,
            // Whose certificate it is, the authenticator decides: a foreign one is 401, not a failed handshake.
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
            OnAuthenticate = (_, options) =>
                options.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { certificates.Authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
        };

    private sealed record Transport(ConnectionContext Connection) : ITransport;
}
