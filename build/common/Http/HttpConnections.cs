using System.Net.Sockets;

namespace Flyte.MultiCluster.Common.Http;

/// <summary>The one place where the program's HTTP connections are made: every one keeps the environment's proxies as Go's programs do.</summary>
public static class HttpConnections
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections over the network. Redirects are not followed: a token would go along.</summary>
    /// <param name="proxies">The proxies; null for those that this process's environment names.</param>
    public static SocketsHttpHandler OverNetwork(ProxySettings? proxies = null) =>
        new()
        {
            Proxy = proxies ?? ProxySettings.OfRun,
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
            UseCookies = false,
        };

    /// <summary>Connections to a Unix socket, whatever a request's address is.</summary>
    /// <param name="socket">The socket's path, asked for with every new connection.</param>
    public static SocketsHttpHandler ToSocket(Func<CancellationToken, Task<string>> socket) =>
        new()
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var path = await socket(cancellationToken);
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
}
