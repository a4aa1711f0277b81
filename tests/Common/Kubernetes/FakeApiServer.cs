using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes;

/// <summary>One request as the API server got it.</summary>
internal sealed record ApiCall(string Method, string Path, string Accept, string? ContentType, string? Body)
{
    public override string ToString() => $"{Method} {Path}";
}

/// <summary>An API server in memory: objects by path, and answers that a test queues before them.</summary>
internal sealed class FakeApiServer : HttpMessageHandler
{
    private readonly ConcurrentQueue<ApiCall> _calls = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<ApiCall, HttpResponseMessage>>> _queued = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, JsonObject> Objects { get; } = new(StringComparer.Ordinal);

    public InstantTime Time { get; } = new();

    /// <summary>Every access is allowed but these, <c>create namespaces</c>.</summary>
    public HashSet<string> Denied { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ApiCall> Calls => [.. _calls];

    public IReadOnlyList<ApiCall> Writes =>
        [
            .. _calls.Where(call =>
                call.Method is "PATCH" or "PUT" or "DELETE" || (call.Method == "POST" && !call.Path.Contains("reviews", StringComparison.Ordinal))
            ),
        ];

    public ClusterApi Api(string name = "dp1", string address = "http://cluster/", TimeSpan? timeout = null, TimeSpan? callTimeout = null) =>
        new(name, new HttpClient(this) { BaseAddress = new Uri(address) })
        {
            Time = Time,
            RequestTimeout = timeout ?? TimeSpan.FromSeconds(30),
            CallTimeout = callTimeout ?? TimeSpan.MaxValue,
        };

    /// <summary>Queues an answer for a path, whatever the method and query; the last one stays.</summary>
    public FakeApiServer On(string path, params Func<ApiCall, HttpResponseMessage>[] answers)
    {
        var queue = _queued.GetOrAdd(path, _ => new ConcurrentQueue<Func<ApiCall, HttpResponseMessage>>());
        foreach (var answer in answers)
            queue.Enqueue(answer);
        return this;
    }

    public FakeApiServer Put(string path, string json)
    {
        Objects[path] = (JsonObject)JsonNode.Parse(json)!;
        return this;
    }

    public static Func<ApiCall, HttpResponseMessage> Status(int status, string reason = "", string message = "no", string? retryAfter = null) =>
        _ =>
        {
            var answer = Json(
                (HttpStatusCode)status,
                new JsonObject
                {
                    ["kind"] = "Status",
                    ["reason"] = reason,
                    ["message"] = message,
                }.ToJsonString()
            );
            if (retryAfter is not null)
                answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return answer;
        };

    public static Func<ApiCall, HttpResponseMessage> Ok(string json) => _ => Json(HttpStatusCode.OK, json);

    public static Func<ApiCall, HttpResponseMessage> Throw(Exception exception) => _ => throw exception;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = new ApiCall(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            request.Headers.Accept.ToString(),
            request.Content?.Headers.ContentType?.MediaType,
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken)
        );
        _calls.Enqueue(call);
        var path = request.RequestUri.AbsolutePath;
        if (_queued.TryGetValue(path, out var queue) && queue.TryPeek(out var answer))
        {
            if (queue.Count > 1)
                queue.TryDequeue(out _);
            return answer(call);
        }

        return call.Method switch
        {
            "POST" => Review(path, call),
            "PATCH" => Patch(path, call),
            _ => Objects.TryGetValue(path, out var found)
                ? Json(HttpStatusCode.OK, found.ToJsonString())
                : Collection(path, call) ?? Status(404, "NotFound", $"{path} not found")(call),
        };
    }

    private static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    // A collection is there once one of its objects is.
    private HttpResponseMessage? Collection(string path, ApiCall call)
    {
        var items = Objects
            .Where(entry =>
                entry.Key.StartsWith(path + "/", StringComparison.Ordinal) && !entry.Key[(path.Length + 1)..].Contains('/', StringComparison.Ordinal)
            )
            .ToArray();
        if (items.Length == 0)
            return null;
        if (call.Path.Contains("watch=1", StringComparison.Ordinal))
            return Json(HttpStatusCode.OK, string.Empty);
        return Json(
            HttpStatusCode.OK,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = "1" },
                ["items"] = new JsonArray([.. items.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.DeepClone())]),
            }.ToJsonString()
        );
    }

    private HttpResponseMessage Review(string path, ApiCall call)
    {
        var review = (JsonObject)JsonNode.Parse(call.Body!)!;
        if (path.EndsWith("selfsubjectreviews", StringComparison.Ordinal))
        {
            review["status"] = new JsonObject { ["userInfo"] = new JsonObject { ["username"] = "system:serviceaccount:flyte:flyteadmin" } };
        }
        else
        {
            var attributes = review["spec"]!["resourceAttributes"]!;
            review["status"] = new JsonObject { ["allowed"] = !Denied.Contains($"{attributes["verb"]} {attributes["resource"]}") };
        }

        return Json(HttpStatusCode.Created, review.ToJsonString());
    }

    private HttpResponseMessage Patch(string path, ApiCall call)
    {
        var stored = Objects.GetOrAdd(path, _ => []);
        lock (stored)
            Merge(stored, (JsonObject)JsonNode.Parse(call.Body!)!);
        return Json(HttpStatusCode.OK, stored.ToJsonString());
    }

    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
                into.Remove(key);
            else if (value is JsonObject section && into[key] is JsonObject old)
                Merge(old, section);
            else
                into[key] = value.DeepClone();
        }
    }
}
