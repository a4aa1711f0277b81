using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>
/// A configured cluster with the credential that flyteadmin loaded: every request goes over HTTPS to the configured endpoint, with
/// that token, trusting that CA alone. Only loopback is ever dialled: a sandbox sends its tokens nowhere else.
/// </summary>
internal sealed class TargetCluster : ITargetCluster, IDisposable
{
    /// <summary>The group of FlyteWorkflow.</summary>
    public const string Group = "flyte.lyft.com";

    /// <summary>The plural of FlyteWorkflow.</summary>
    public const string Resource = "flyteworkflows";

    /// <summary>How flyteadmin names itself in its requests.</summary>
    public const string UserAgent = "flyteadmin";

    private const int Attempts = 5;

    private readonly string _endpoint;
    private readonly string _token;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <summary>Makes the client; no request is sent.</summary>
    /// <param name="endpoint">The API server.</param>
    /// <param name="token">The token file's content, as it is.</param>
    /// <param name="authority">The CA file's content, PEM.</param>
    /// <param name="time">The clock.</param>
    public TargetCluster(string endpoint, string token, string authority, TimeProvider time)
    {
        (_endpoint, _token, _time) = (endpoint.TrimEnd('/'), token, time);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AllowAutoRedirect = false,
        };
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(Certificates(authority));
        handler.SslOptions.CertificateChainPolicy = policy;
        _http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
    }

    public Task CreateNamespaceAsync(string name, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post,
            "/api/v1/namespaces",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Namespace",
                ["metadata"] = new JsonObject { ["name"] = name },
            },
            HttpStatusCode.Conflict,
            cancellationToken
        );

    public async Task PutServiceAccountAsync(string ns, JsonObject account, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/namespaces/{Uri.EscapeDataString(ns)}/serviceaccounts";
        if ((await SendAsync(HttpMethod.Post, path, account, HttpStatusCode.Conflict, cancellationToken)).Status != HttpStatusCode.Conflict)
            return;
        var one = $"{path}/{Uri.EscapeDataString(account.Metadata("name") ?? "")}";
        var (_, live) = await SendAsync(HttpMethod.Get, one, null, HttpStatusCode.OK, cancellationToken);
        if (MergeDifference.Of(account, live) is { Count: > 0 } patch)
            await SendAsync(HttpMethod.Patch, one, patch, HttpStatusCode.OK, cancellationToken);
    }

    public Task CreateWorkflowAsync(string ns, JsonObject workflow, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, Workflows(ns), workflow, HttpStatusCode.Conflict, cancellationToken);

    public Task DeleteWorkflowAsync(string ns, string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"{Workflows(ns)}/{Uri.EscapeDataString(name)}", null, HttpStatusCode.NotFound, cancellationToken);

    public void Dispose() => _http.Dispose();

    /// <summary>The certificates of a CA file; those that cannot be read are left out.</summary>
    public static X509Certificate2Collection Certificates(string pem)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            // Nothing is trusted then.
        }

        return found;
    }

    private static string Workflows(string ns) => $"/apis/{Group}/v1alpha1/namespaces/{Uri.EscapeDataString(ns)}/{Resource}";

    private async Task<(HttpStatusCode Status, JsonObject? Answer)> SendAsync(
        HttpMethod method,
        string path,
        JsonObject? body,
        HttpStatusCode fine,
        CancellationToken cancellationToken
    )
    {
        var at = $"{char.ToUpperInvariant(method.Method[0])}{method.Method[1..].ToLowerInvariant()} \"{_endpoint}{path}\": ";
        if (!Uri.TryCreate(_endpoint + path, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw new TargetException($"{at}unsupported protocol scheme");
        if (!uri.IsLoopback)
            throw new TargetException($"{at}dial tcp: lookup {uri.Host}: no such host");
        if (_token.Any(char.IsControl))
            throw new TargetException($"{at}net/http: invalid header field value for \"Authorization\"");
        for (var attempt = 1; ; attempt++)
        {
            using var response = await SendOnceAsync(at, method, uri, body, cancellationToken);
            if (response.IsSuccessStatusCode || response.StatusCode == fine)
                return (
                    response.StatusCode,
                    method == HttpMethod.Get ? JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) as JsonObject : null
                );
            if (attempt < Attempts && response.Headers.RetryAfter?.Delta is { } wait)
            {
                await Task.Delay(wait, _time, cancellationToken);
                continue;
            }

            throw new TargetException(await MessageAsync(response, cancellationToken)) { Answered = true };
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(string at, HttpMethod method, Uri uri, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, uri);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (_token.Length > 0)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_token}");
        if (body is not null)
            request.Content = new StringContent(
                body.ToJsonString(),
                Encoding.UTF8,
                method == HttpMethod.Patch ? "application/strategic-merge-patch+json" : "application/json"
            );
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new TargetException(at + Reason(e, uri), e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TargetException($"{at}context deadline exceeded (Client.Timeout exceeded while awaiting headers)", e);
        }
    }

    private static string Reason(HttpRequestException e, Uri uri) =>
        e.HttpRequestError switch
        {
            HttpRequestError.ConnectionError => $"dial tcp {uri.Host}:{uri.Port}: connect: connection refused",
            HttpRequestError.SecureConnectionError when e.InnerException is System.Security.Authentication.AuthenticationException a => a.Message.Contains(
                nameof(SslPolicyErrors.RemoteCertificateNameMismatch),
                StringComparison.Ordinal
            )
                ? $"tls: failed to verify certificate: x509: certificate is not valid for {uri.Host}"
                : "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            _ => "EOF",
        };

    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (
                JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) is JsonObject status
                && status.Text("message") is { Length: > 0 } message
            )
                return message;
        }
        catch (JsonException)
        {
            // No Status: its code must do.
        }

        return $"an error on the server (\"{response.StatusCode}\") has prevented the request from succeeding";
    }
}
