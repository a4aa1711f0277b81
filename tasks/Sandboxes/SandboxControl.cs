using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Http;

namespace Flyte.MultiCluster.Tasks.Sandboxes;

/// <summary>The control interface of one sandbox: HTTP with JSON on a Unix socket (<c>sandbox/README.md</c>).</summary>
internal sealed class SandboxControl : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Talks to a socket; connects at the first call.</summary>
    public SandboxControl(string socket) =>
        _http = new HttpClient(HttpConnections.ToSocket(_ => Task.FromResult(socket))) { BaseAddress = new Uri("http://sandbox") };

    /// <summary>Its status: <c>sandbox.json</c> with the counts.</summary>
    /// <exception cref="HttpRequestException">Nobody answers.</exception>
    public Task<JsonObject> StatusAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, "/status", null, cancellationToken);

    /// <summary>Grows to a number of data planes.</summary>
    public Task<JsonObject> GrowAsync(int dataPlanes, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/dataplanes", new JsonObject { ["count"] = dataPlanes }, cancellationToken);

    /// <summary>Sets the pretended round trip.</summary>
    public Task<JsonObject> SetLatencyAsync(TimeSpan latency, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, "/latency", new JsonObject { ["ms"] = (int)latency.TotalMilliseconds }, cancellationToken);

    /// <summary>Adds a fault.</summary>
    public Task<JsonObject> AddFaultAsync(JsonObject fault, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/faults", fault, cancellationToken);

    /// <summary>Removes all faults.</summary>
    public Task<JsonObject> ClearFaultsAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, "/faults", null, cancellationToken);

    /// <summary>Sets FlyteAdmin up: <c>{"oauth2": {"clientId", "clientSecret", "expiresInSeconds"}}</c>, or null for no authentication.</summary>
    public Task<JsonObject> ConfigureFlyteAdminAsync(JsonObject settings, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, "/flyteadmin", settings, cancellationToken);

    /// <summary>Registers a launch plan: <c>{"project", "domain", "name", "version", "active", "inputs", "behaviour"}</c>.</summary>
    public Task<JsonObject> RegisterLaunchPlanAsync(JsonObject launchPlan, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/flyteadmin/launchplans", launchPlan, cancellationToken);

    /// <summary>Makes all clusters as freshly started, but for keys and ports.</summary>
    public Task<JsonObject> ResetAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, "/reset", null, cancellationToken);

    /// <summary>Ends the process, soon after the answer.</summary>
    public Task<JsonObject> ShutdownAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, "/shutdown", null, cancellationToken);

    /// <summary>The last requests to a cluster, oldest first: <c>{method, path, status, user, userAgent}</c>.</summary>
    public async Task<IReadOnlyList<JsonObject>> RequestsAsync(string cluster, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(HttpMethod.Get, $"/requests?cluster={Uri.EscapeDataString(cluster)}", null, cancellationToken);
        return [.. answer.AsArray().Select(r => r!.AsObject())];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken) =>
        (await AnswerAsync(method, path, body, cancellationToken)).AsObject();

    private async Task<JsonNode> AnswerAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
        return response.IsSuccessStatusCode && answer is not null
            ? answer
            : throw new SandboxException($"The sandbox refused {method} {path}: {answer?["error"]?.ToString() ?? response.StatusCode.ToString()}");
    }
}
