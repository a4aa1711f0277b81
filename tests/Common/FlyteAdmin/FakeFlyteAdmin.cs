using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Common.Run;
using NSubstitute;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>One request as a server got it.</summary>
internal sealed record AdminCall(
    string Method,
    string Url,
    string? Authorization,
    string? CustomAuthorization,
    string Accept,
    string? ContentType,
    string? Body
)
{
    public override string ToString() => $"{Method} {Url}";
}

/// <summary>A FlyteAdmin and a token endpoint in memory, with answers that a test queues; the last one stays.</summary>
internal sealed class FakeFlyteAdmin : HttpMessageHandler
{
    private readonly ConcurrentQueue<AdminCall> _calls = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<AdminCall, HttpResponseMessage>>> _queued = new(StringComparer.Ordinal);

    public InstantTime Time { get; } = new();

    public IProcessRunner Processes { get; set; } = Substitute.For<IProcessRunner>();

    public IReadOnlyList<AdminCall> Calls => [.. _calls];

    /// <summary>Completed when a test holds answers back.</summary>
    public Task Open { get; set; } = Task.CompletedTask;

    public FlyteAdminClient Client(FlyteAdminLogin? login = null, string endpoint = "https://flyte.example.com") =>
        new(new FlyteAdminSettings { Endpoint = new Uri(endpoint), Login = login }, Processes, this, this, Time);

    /// <summary>Queues answers for a path, whatever the host, method and query.</summary>
    public FakeFlyteAdmin On(string path, params Func<AdminCall, HttpResponseMessage>[] answers)
    {
        var queue = _queued.GetOrAdd(path, _ => new ConcurrentQueue<Func<AdminCall, HttpResponseMessage>>());
        foreach (var answer in answers)
            queue.Enqueue(answer);
        return this;
    }

    public static Func<AdminCall, HttpResponseMessage> Ok(string json = "{}") => _ => Answer(HttpStatusCode.OK, json);

    public static Func<AdminCall, HttpResponseMessage> Refuse(int status, int code, string message, string? retryAfter = null) =>
        _ =>
        {
            var answer = Answer(
                (HttpStatusCode)status,
                new JsonObject
                {
                    ["code"] = code,
                    ["message"] = message,
                    ["details"] = new JsonArray(),
                }.ToJsonString()
            );
            if (retryAfter is not null)
                answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return answer;
        };

    public static Func<AdminCall, HttpResponseMessage> Text(int status, string text, string type = "text/html") =>
        _ => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(text, Encoding.UTF8, type) };

    public static Func<AdminCall, HttpResponseMessage> Throw(Exception exception) => _ => throw exception;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = new AdminCall(
            request.Method.Method,
            request.RequestUri!.Host == "flyte.example.com" ? request.RequestUri.PathAndQuery : request.RequestUri.AbsoluteUri,
            Header(request, "Authorization"),
            Header(request, "flyte-authorization"),
            request.Headers.Accept.ToString(),
            request.Content?.Headers.ContentType?.ToString(),
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken)
        );
        _calls.Enqueue(call);
        await Open.WaitAsync(cancellationToken);
        if (!_queued.TryGetValue(request.RequestUri.AbsolutePath, out var queue) || !queue.TryPeek(out var answer))
            return Refuse(404, 5, "Not Found")(call);
        if (queue.Count > 1)
            queue.TryDequeue(out _);
        return answer(call);
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
