using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flyte.MultiCluster.Kubectl;

namespace Flyte.MultiCluster.Kubernetes;

/// <summary>
/// The ways to the clusters of a kubeconfig. A context whose credential stands whole in the kubeconfig is spoken to directly, without a child
/// process; any other one (exec plugins, proxies, impersonation) through kubectl's own proxy, which knows every way to log in.
/// </summary>
/// <param name="contexts">The kubeconfig's contexts.</param>
/// <param name="proxies">The run's proxies; owned by this object.</param>
public sealed class ClusterConnections(Task<IReadOnlyDictionary<string, KubeContext>> contexts, KubectlProxies proxies) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // kubectl sends requests through these too; what it makes of them is not repeated here.
    private static readonly string[] ProxyVariables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

    /// <summary>A handler whose requests reach a context's API server, whatever address they are for. Nothing is opened yet.</summary>
    /// <param name="context">The kubeconfig context.</param>
    public HttpMessageHandler Open(string context) => new ContextHandler(() => WayAsync(context));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => proxies.DisposeAsync();

    private async Task<Way> WayAsync(string context)
    {
        try
        {
            if ((await contexts).GetValueOrDefault(context) is { Credential: { } credential } found && !Array.Exists(ProxyVariables, IsSet))
                return Direct(found.Server, credential);
        }
        catch (Exception exception) when (exception is KubectlException or FormatException or CryptographicException or UriFormatException)
        {
            // kubectl says what is wrong with the kubeconfig, or takes what this program cannot.
        }

        return Proxied(context);
    }

    private static Way Direct(string server, KubeCredential credential)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(credential.Authority);
        var options = new SslClientAuthenticationOptions { CertificateChainPolicy = ClusterTrust.In(authorities) };
        if (credential.ClientCertificate is { } certificate)
            options.ClientCertificates = [ClientCertificate(certificate, credential.ClientKey!)];
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = ConnectTimeout, KeepAlivePingDelay = TimeSpan.FromSeconds(30), SslOptions = options };
        var authorization = credential.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
        return new Way(handler, new Uri(server.EndsWith('/') ? server : server + "/"), HttpVersion.Version20, authorization);
    }

    private Way Proxied(string context)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            MaxConnectionsPerServer = 48,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var path = await proxies.SocketAsync(context, cancellationToken);
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new Way(handler, new Uri("http://localhost/"), HttpVersion.Version11, null);
    }

    private static X509Certificate2 ClientCertificate(string certificate, string key)
    {
        var pair = X509Certificate2.CreateFromPem(certificate, key);
        if (!OperatingSystem.IsWindows())
            return pair;

        // Windows' TLS takes no key that is in memory alone.
        using (pair)
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    /// <summary>How a context's requests are sent.</summary>
    private sealed record Way(HttpMessageHandler Handler, Uri Server, Version HttpVersion, AuthenticationHeaderValue? Authorization)
    {
        public HttpMessageInvoker Invoker { get; } = new(Handler);
    }

    /// <summary>Finds the way with the first request.</summary>
    private sealed class ContextHandler(Func<Task<Way>> find) : HttpMessageHandler
    {
        private readonly Lazy<Task<Way>> _way = new(find);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var way = await _way.Value.WaitAsync(cancellationToken);
            request.RequestUri = new Uri(way.Server, request.RequestUri!.PathAndQuery.TrimStart('/'));
            (request.Version, request.VersionPolicy) = (way.HttpVersion, HttpVersionPolicy.RequestVersionOrLower);
            request.Headers.Authorization = way.Authorization;
            return await way.Invoker.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && _way is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
                _way.Value.Result.Invoker.Dispose();
            base.Dispose(disposing);
        }
    }
}
