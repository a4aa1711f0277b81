using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Api;

/// <summary>One server for a fixture's tests, each in objects of its own.</summary>
internal abstract class ApiFixture
{
    protected const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    protected ServedCluster Cluster { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Serve() => Cluster = await ServedCluster.StartAsync();

    [OneTimeTearDown]
    public async Task End() => await Cluster.DisposeAsync();

    protected static JsonObject ConfigMap(string name, string? labels = null) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = JsonNode.Parse(labels ?? "{}") },
            ["data"] = new JsonObject { ["a"] = "1" },
        };

    protected async Task<(int Status, JsonObject Json, HttpResponseMessage Response)> Send(
        string method,
        string path,
        string? body = null,
        string type = "application/json",
        string accept = "application/json"
    ) => await Send(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), type, accept);

    protected async Task<(int Status, JsonObject Json, HttpResponseMessage Response)> Send(string method, string path, byte[]? body, string type, string accept)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        HttpResponseMessage response = await Cluster.Http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') ? (JsonObject)JsonNode.Parse(text.Split('\n')[0])! : [], response);
    }

    protected async Task<JsonObject> Made(string path, JsonObject obj)
    {
        var (status, json, _) = await Send("POST", path, obj.ToJsonString());
        Assert.That(status, Is.EqualTo(201), () => json.ToJsonString());
        return json;
    }

    /// <summary>The events of a watch, until it ends by its own timeout of a second.</summary>
    protected async Task<List<JsonObject>> Watched(string path, string accept = "application/json")
    {
        List<JsonObject> events = [];
        await foreach (JsonObject happened in Watch(path + "&timeoutSeconds=1", accept))
            events.Add(happened);
        return events;
    }

    /// <summary>The events of a watch as they come.</summary>
    protected async IAsyncEnumerable<JsonObject> Watch(string path, string accept = "application/json")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await Cluster.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            yield return (JsonObject)JsonNode.Parse(line)!;
    }
}
