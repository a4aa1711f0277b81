using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Common.Retries;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>
/// One cluster's Kubernetes API as JSON over HTTP. Reads and reviews are retried on 429, 5xx and broken connections; so are writes,
/// all of which are idempotent (server-side apply, merge patch). A server from which nothing was ever heard is given up sooner, after
/// 0.7 s: it is more likely switched off than busy. Every write takes the gate's permit.
/// </summary>
public sealed class ClusterApi : IDisposable
{
    private const int AttemptsBeforeFirstAnswer = 4;

    private readonly HttpClient _http;
    private volatile bool _hasAnswered;

    /// <summary>Speaks through the given handler.</summary>
    /// <param name="name">The cluster's fleet name, for messages.</param>
    /// <param name="http">A client whose base address is the API server's (or its proxy's), with its path where it has one; owned by this object.</param>
    public ClusterApi(string name, HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (Name, _http) = (name, http);
        _http.Timeout = Timeout.InfiniteTimeSpan;
        if (_http.BaseAddress is { } address && !address.AbsolutePath.EndsWith('/'))
            _http.BaseAddress = new Uri(address.AbsoluteUri + "/");
    }

    /// <summary>The cluster's fleet name.</summary>
    public string Name { get; }

    /// <summary>The kubeconfig that the cluster is reached with; null for kubectl's own default.</summary>
    public string? Kubeconfig => Route?.Kubeconfig;

    private ContextRoute? Route { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request and what is tried again of it may take together.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.MaxValue;

    /// <summary>The clock of all pauses, here and in what waits for this cluster.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The cluster of a kubeconfig context.</summary>
    /// <param name="connections">The run's ways to clusters.</param>
    /// <param name="name">The cluster's fleet name.</param>
    /// <param name="context">The kubeconfig context.</param>
    /// <param name="timeout">How long one call may take; null for no bound but that of its requests.</param>
    /// <param name="log">Gets the requests at <c>--verbosity=diagnostic</c>; null for none.</param>
    public static ClusterApi Through(ClusterConnections connections, string name, string context, TimeSpan? timeout = null, ICakeLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(connections);
        var route = connections.Open(context);
        return new ClusterApi(name, new HttpClient(RequestLog.Of(route, name, log)) { BaseAddress = new Uri("http://localhost/") })
        {
            Route = route,
            CallTimeout = timeout ?? TimeSpan.MaxValue,
        };
    }

    /// <summary>Reads one object.</summary>
    /// <param name="path">Its path, <c>/api/v1/namespaces/flyte</c>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object; null where the server answers 404.</returns>
    /// <exception cref="KubernetesApiException">Any other answer, or none.</exception>
    public Task<JsonObject?> GetAsync(string path, CancellationToken cancellationToken) => GetAsync(path, Untyped, null, cancellationToken);

    /// <summary>Reads one object, or one list, as a model of <see cref="KubernetesModels"/>.</summary>
    /// <typeparam name="T">The model.</typeparam>
    /// <param name="path">Its path.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object; null where the server answers 404.</returns>
    /// <exception cref="KubernetesApiException">Any other answer, or none.</exception>
    public Task<T?> GetAsync<T>(string path, CancellationToken cancellationToken)
        where T : class => GetAsync(path, KubernetesModels.Type<T>(), null, cancellationToken);

    /// <summary>Reads one object, asking once and waiting for a short time: for clusters that may be away.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="patience">How long the answer may take, the login included.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object.</returns>
    /// <exception cref="KubernetesApiException">Any other answer, or none in time.</exception>
    public async Task<JsonObject> ProbeAsync(string path, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(patience, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, null, Untyped, either.Token, attempts: 1);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KubernetesApiException($"GET {path}", null, string.Empty, $"no answer within {patience.TotalSeconds:0} s.");
        }
    }

    /// <summary>Reads all items of a list; none where the server answers 404 (a kind that is not installed).</summary>
    /// <param name="path">The collection's path and query.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">Any other answer, or none.</exception>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string path, CancellationToken cancellationToken) => Items(await GetAsync(path, cancellationToken));

    /// <summary>Reads the pods of a namespace.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync(string ns, CancellationToken cancellationToken) =>
        [.. (await GetAsync<V1PodList>(KubernetesPaths.Core(ns, "pods"), cancellationToken))?.Items ?? []];

    /// <summary>Reads the metadata of all items of a list, without their contents; none where the server answers 404.</summary>
    /// <param name="path">The collection's path and query.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<JsonObject>> ListMetadataAsync(string path, CancellationToken cancellationToken) =>
        Items(await GetAsync(path, Untyped, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json", cancellationToken));

    /// <summary>Reads plain text, a container's log for instance, at one try.</summary>
    /// <param name="path">Its path and query.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The text; null where the server has none, does not let it be read, or does not answer.</returns>
    public async Task<string?> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(RequestTimeout);
        try
        {
            using var request = Request(HttpMethod.Get, path, null, null, "text/plain, */*");
            (request.Version, request.VersionPolicy) = (_http.DefaultRequestVersion, _http.DefaultVersionPolicy);
            using var response = await _http.SendAsync(request, patience.Token);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(patience.Token) : null;
        }
        catch (Exception exception) when ((IsBroken(exception) || exception is OperationCanceledException) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Posts a review, which stores nothing.</summary>
    /// <param name="path">The review's path.</param>
    /// <typeparam name="T">The review's model.</typeparam>
    /// <param name="review">The review.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The review with its status.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<T> ReviewAsync<T>(string path, T review, CancellationToken cancellationToken)
        where T : class
    {
        var type = KubernetesModels.Type<T>();
        return SendAsync(HttpMethod.Post, path, (JsonObject)JsonSerializer.SerializeToNode(review, type)!, "application/json", type, cancellationToken);
    }

    /// <summary>Creates an object that must not exist yet.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="collection">The collection's path.</param>
    /// <param name="created">The object.</param>
    /// <param name="fieldManager">The field manager.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object as stored.</returns>
    /// <exception cref="KubernetesApiException">The server refused, with Conflict where it exists, or did not answer.</exception>
    public Task<JsonObject> CreateAsync(ChangePermit permit, string collection, JsonObject created, string fieldManager, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return SendAsync(
            HttpMethod.Post,
            $"{collection}?fieldManager={Uri.EscapeDataString(fieldManager)}",
            created,
            "application/json",
            Untyped,
            cancellationToken
        );
    }

    /// <summary>Server-side apply.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="path">The object's path.</param>
    /// <param name="applied">The fields that <paramref name="fieldManager"/> wants to own.</param>
    /// <param name="fieldManager">The field manager.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object as stored.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject> ApplyAsync(ChangePermit permit, string path, JsonObject applied, string fieldManager, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return SendAsync(
            HttpMethod.Patch,
            $"{path}?fieldManager={Uri.EscapeDataString(fieldManager)}&force=true",
            applied,
            "application/apply-patch+yaml",
            Untyped,
            cancellationToken
        );
    }

    /// <summary>What server-side apply would store, which stores nothing.</summary>
    /// <param name="path">The object's path.</param>
    /// <param name="applied">The fields that <paramref name="fieldManager"/> wants to own.</param>
    /// <param name="fieldManager">The field manager.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object as it would be stored.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject> PreviewAsync(string path, JsonObject applied, string fieldManager, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Patch,
            $"{path}?dryRun=All&fieldManager={Uri.EscapeDataString(fieldManager)}&force=true",
            applied,
            "application/apply-patch+yaml",
            Untyped,
            cancellationToken
        );

    /// <summary>The fields of other managers that server-side apply would change; nothing is stored.</summary>
    /// <param name="path">The object's path.</param>
    /// <param name="applied">The fields that <paramref name="fieldManager"/> wants to own.</param>
    /// <param name="fieldManager">The field manager.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The conflicts; none where the apply would succeed.</returns>
    /// <exception cref="KubernetesApiException">The server refused for another reason, or did not answer.</exception>
    public async Task<IReadOnlyList<FieldConflict>> ConflictsAsync(string path, JsonObject applied, string fieldManager, CancellationToken cancellationToken)
    {
        try
        {
            var dry = $"{path}?dryRun=All&fieldManager={Uri.EscapeDataString(fieldManager)}&force=false";
            await SendAsync(HttpMethod.Patch, dry, applied, "application/apply-patch+yaml", Untyped, cancellationToken);
            return [];
        }
        catch (KubernetesApiException exception) when (exception.Conflicts.Count > 0)
        {
            return exception.Conflicts;
        }
    }

    /// <summary>Deletes one object, and what it owns in the background; nothing where it is gone already.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="path">The object's path.</param>
    /// <param name="uid">Its UID: another object of that name stays.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task DeleteAsync(ChangePermit permit, string path, string? uid, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = "Background",
        };
        if (uid is not null)
            options["preconditions"] = new JsonObject { ["uid"] = uid };
        try
        {
            await SendAsync(HttpMethod.Delete, path, options, "application/json", Untyped, cancellationToken);
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // Somebody was quicker, or an answer was lost.
        }
    }

    /// <summary>Merge patch (RFC 7386).</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="path">The object's path.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="fieldManager">The field manager.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The object as stored.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject> MergePatchAsync(ChangePermit permit, string path, JsonObject patch, string fieldManager, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return SendAsync(
            HttpMethod.Patch,
            $"{path}?fieldManager={Uri.EscapeDataString(fieldManager)}",
            patch,
            "application/merge-patch+json",
            Untyped,
            cancellationToken
        );
    }

    /// <summary>
    /// Watches a collection. The sequence ends when the server ends it, has lost the resource version or is busy, and when the connection breaks:
    /// begin again from a new list then.
    /// </summary>
    /// <param name="path">The collection's path with its query, <c>resourceVersion</c> included.</param>
    /// <param name="cancellationToken">Cancels the watch.</param>
    /// <returns>The watch events.</returns>
    /// <exception cref="KubernetesApiException">The server refused the watch.</exception>
    public async IAsyncEnumerable<JsonObject> WatchAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "watch=1", null, null, null);
        using var response = await UnlessBrokenAsync(() => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken));
        if (response is null)
            yield break;
        if (!response.IsSuccessStatusCode)
        {
            if (response.StatusCode == HttpStatusCode.Gone || IsBusy(response.StatusCode))
                yield break;
            throw await RefusalAsync($"GET {path}", response, cancellationToken);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream);
        while (
            await UnlessBrokenAsync(async () => await reader.ReadLineAsync(cancellationToken) is { } line ? JsonNode.Parse(line) as JsonObject : null)
                is { } happened
        )
            yield return happened;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private int Allowed => _hasAnswered ? RetryPolicy.Server.Attempts : AttemptsBeforeFirstAnswer;

    private TimeSpan Patience => _hasAnswered ? RequestTimeout : Route?.FirstPatience ?? RequestTimeout;

    private static JsonTypeInfo<JsonObject> Untyped => UntypedJson.Default.JsonObject;

    private static IReadOnlyList<JsonObject> Items(JsonObject? list) => list?["items"] is JsonArray items ? [.. items.OfType<JsonObject>()] : [];

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, string? accept, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, null, type, cancellationToken, accept);
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        JsonObject? body,
        string? contentType,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken,
        string? accept = null,
        int? attempts = null
    )
        where T : class
    {
        var begun = Time.GetTimestamp();
        return await RetryPolicy.Server.RunAsync(OnceAsync, Time, cancellationToken, CallTimeout);

        async Task<T> OnceAsync(CancellationToken token)
        {
            try
            {
                if (Route is not null)
                    await Route.FindAsync(token);
                var left = CallTimeout - Time.GetElapsedTime(begun);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
                patience.CancelAfter(left < Patience ? left : Patience);
                using var request = Request(method, path, body, contentType, accept);
                (request.Version, request.VersionPolicy) = (_http.DefaultRequestVersion, _http.DefaultVersionPolicy);
                using var response = await _http.SendAsync(request, patience.Token);
                _hasAnswered |= !IsGatewayStatus(response.StatusCode);
                if (response.IsSuccessStatusCode)
                {
                    await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
                    return await KubernetesModels.ReadAsync(stream, type, patience.Token);
                }

                var refusal = await RefusalAsync($"{method} {path}", response, patience.Token);
                throw refusal.Status is not null && (IsBusy(response.StatusCode) || IsStorageRace(refusal, method, body))
                    ? new TransientException(refusal)
                    {
                        RequestedDelay = RetryPause.RequestedDelay(response.Headers.RetryAfter, Time),
                        Attempts = attempts ?? Allowed,
                    }
                    : refusal;
            }
            catch (Exception exception) when ((IsBroken(exception) || exception is OperationCanceledException) && !token.IsCancellationRequested)
            {
                var failure = new KubernetesApiException($"{method} {path}", null, string.Empty, Why(exception));
                throw IsTransient(exception) ? new TransientException(failure) { Attempts = attempts ?? Allowed } : failure;
            }
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, JsonObject? body, string? contentType, string? accept)
    {
        // Without the leading slash, the path of the server's own address stays (https://rancher.example.com/k8s/clusters/c-1).
        var request = new HttpRequestMessage(method, new Uri(path.TrimStart('/'), UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("flyte-multicluster", "1"));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType!);
        }

        return request;
    }

    private static bool IsBusy(HttpStatusCode status) =>
        status
            is HttpStatusCode.TooManyRequests
                or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout;

    // What kubectl proxy and load balancers answer where the API server does not.
    private static bool IsGatewayStatus(HttpStatusCode status) => status is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    // 409 without a resourceVersion in the request is the server's own storage race.
    private static bool IsStorageRace(KubernetesApiException refusal, HttpMethod method, JsonObject? body) =>
        refusal.Status == HttpStatusCode.Conflict
        && refusal.Conflicts.Count == 0
        && method == HttpMethod.Patch
        && refusal.Reason is "Conflict" or "AlreadyExists"
        && body?["metadata"]?["resourceVersion"] is null;

    private static bool IsRouteFailure(HttpStatusCode status) => status is HttpStatusCode.Unauthorized || IsGatewayStatus(status);

    private static string Shortened(string message) => message.Length > 500 ? message[..500] + "…" : message;

    private static bool IsBroken(Exception exception) => exception is HttpRequestException or IOException or SocketException or JsonException;

    // A certificate that is not trusted, a kubectl that does not start and a server that hangs stay so.
    private static bool IsTransient(Exception exception) =>
        exception is not OperationCanceledException && exception.GetBaseException() is not (AuthenticationException or KubernetesApiException);

    private static async Task<T?> UnlessBrokenAsync<T>(Func<Task<T>> ask)
        where T : class?
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (IsBroken(exception) && IsTransient(exception))
        {
            return null;
        }
    }

    private string Why(Exception exception)
    {
        var longest = CallTimeout < Patience ? CallTimeout : Patience;
        var why = exception switch
        {
            OperationCanceledException { InnerException: TimeoutException late } => ConnectionFailure.Reason(late),
            OperationCanceledException when Route?.Login is not null && !_hasAnswered =>
                $"no answer within {longest.TotalSeconds:0.#} s: {Route.ExplainLogin(null)}",
            OperationCanceledException => $"no answer within {longest.TotalSeconds:0.#} s",
            _ => ConnectionFailure.Reason(exception.GetBaseException() is KubernetesApiException proxy ? new IOException(proxy.ServerMessage) : exception),
        };
        return Route is not null ? Route.Explain(why, null) : $"{why} at {ConnectionFailure.Place(_http.BaseAddress!)}.";
    }

    private async Task<KubernetesApiException> RefusalAsync(string request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var (reason, message) = (string.Empty, text.Trim());
        IReadOnlyList<FieldConflict> conflicts = [];
        try
        {
            if (JsonNode.Parse(text) is JsonObject status)
                (reason, message, conflicts) = ((string?)status["reason"] ?? string.Empty, (string?)status["message"] ?? message, FieldConflict.Of(status));
        }
        catch (JsonException)
        {
            // kubectl proxy and load balancers answer in plain text.
        }

        if (Route is { Login: not null } && message.StartsWith(ContextRoute.LoginFailure, StringComparison.Ordinal))
            return new KubernetesApiException(request, null, string.Empty, Route.Explain(Shortened(Route.ExplainLogin(message)), null));
        message = Shortened(message);
        var shown = Route is not null && IsRouteFailure(response.StatusCode) ? Route.Explain(message, response.StatusCode) : message;
        return new KubernetesApiException(request, response.StatusCode, reason, shown) { Conflicts = conflicts };
    }
}
