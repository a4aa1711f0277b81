using System.Net.Sockets;
using System.Security.Authentication;

namespace Flyte.MultiCluster.Common.Http;

/// <summary>Says why a server gave no answer, in the words of kubectl, helm and curl.</summary>
public static class ConnectionFailure
{
    /// <summary>The reason, without the address and without a full stop.</summary>
    /// <param name="exception">What the request ended with.</param>
    public static string Reason(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return (
            exception.GetBaseException() switch
            {
                SocketException socket => Reason(socket),
                AuthenticationException { Message: var message } when message.Contains("corrupted frame", StringComparison.Ordinal) =>
                    "the server does not speak TLS",
                HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError, StatusCode: { } status } => $"the proxy refused with {(int)status}",
                TimeoutException => "no connection within 10 s",
                var other => other.Message,
            }
        ).TrimEnd('.');
    }

    /// <summary>The reason with the address and, where one was used, the proxy.</summary>
    /// <param name="exception">What the request ended with.</param>
    /// <param name="address">The server's address.</param>
    public static string Explain(Exception exception, Uri address) => $"{Reason(exception)} at {Place(address)}";

    /// <summary>An address and, where one is used, the proxy, for messages.</summary>
    /// <param name="address">The server's address.</param>
    public static string Place(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + Via(address);
    }

    /// <summary>The proxy that is used, for messages: <c> through the proxy http://proxy:3128 (HTTPS_PROXY)</c>; empty for none.</summary>
    /// <param name="address">The server's address.</param>
    public static string Via(Uri address) => ProxySettings.OfRun.Describe(address) is { } proxy ? $" through the proxy {proxy}" : string.Empty;

    private static string Reason(SocketException exception) =>
        exception.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.ConnectionReset => "connection reset by peer",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "no such host",
            SocketError.TimedOut => "connection timed out",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route to host",
            _ => exception.Message,
        };
}
