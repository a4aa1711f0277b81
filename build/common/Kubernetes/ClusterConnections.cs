using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>
/// The ways to the clusters of a kubeconfig. A context whose credential stands whole in the kubeconfig is spoken to directly, without a child
/// process; any other one (exec plugins, proxies, impersonation) through kubectl's own proxy, which knows every way to log in.
/// </summary>
/// <param name="contexts">The kubeconfig's contexts.</param>
/// <param name="proxies">The run's proxies; owned by this object.</param>
public sealed class ClusterConnections(Task<IReadOnlyDictionary<string, KubeContext>> contexts, KubectlProxies proxies) : IAsyncDisposable
{
    /// <summary>A handler whose requests reach a context's API server, whatever address they are for. Nothing is opened yet.</summary>
    /// <param name="context">The kubeconfig context.</param>
    public ContextRoute Open(string context) => new(context, proxies, route => ConnectAsync(context, route));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => proxies.DisposeAsync();

    private async Task<ApiConnection> ConnectAsync(string context, ContextRoute route)
    {
        KubeContext? found = null;
        try
        {
            found = (await contexts).GetValueOrDefault(context);
            if (found is { Credential: { } credential })
            {
                var way = Direct(found.Server, credential);
                route.Found(found, isProxied: false);
                return way;
            }
        }
        catch (Exception exception) when (exception is KubectlException or FormatException or CryptographicException or UriFormatException)
        {
            // kubectl says what is wrong with the kubeconfig, or takes what this program cannot.
        }

        route.Found(found, isProxied: true);
        return Proxied(context, found?.Login);
    }

    private static ApiConnection Direct(string server, KubeCredential credential)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(credential.Authority);
        var options = ServerCertificate.Checked(ClusterTrust.In(authorities));
        if (credential.ClientCertificate is { } certificate)
            options.ClientCertificates = [ClientCertificate(certificate, credential.ClientKey!)];
        var handler = HttpConnections.OverNetwork();
        (handler.KeepAlivePingDelay, handler.SslOptions) = (TimeSpan.FromSeconds(30), options);
        return new ApiConnection(handler, new Uri(server.EndsWith('/') ? server : server + "/"), HttpVersion.Version20, Authorization(credential));
    }

    private static Func<AuthenticationHeaderValue>? Authorization(KubeCredential credential)
    {
        if (credential is { Token: { } first, TokenFile: { } path })
        {
            var file = new TokenFile(path, first, TimeProvider.System);
            return () => new AuthenticationHeaderValue("Bearer", file.Token);
        }

        var written = credential switch
        {
            { Token: { } token } => new AuthenticationHeaderValue("Bearer", token),
            { UserName: { } name } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{credential.Password}"))),
            _ => null,
        };
        return written is null ? null : () => written;
    }

    private ApiConnection Proxied(string context, KubeLogin? login)
    {
        var handler = HttpConnections.ToSocket(cancellationToken => proxies.SocketAsync(context, login?.TakesTerminal == true, cancellationToken));
        handler.MaxConnectionsPerServer = 48;
        return new ApiConnection(handler, new Uri("http://localhost/"), HttpVersion.Version11, null);
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
}
