using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Common.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Flyte.MultiCluster.Tests.Stubs;

/// <summary>A FlyteAdmin for the stubs of flytectl and pyflyte: labels with inherited reads, launch plans by path, executions.</summary>
internal sealed class StubAdmin : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly TemporaryFolder _folder = new();

    private StubAdmin(WebApplication server) => _server = server;

    /// <summary>The stored labels, by <c>team1/development</c>.</summary>
    public ConcurrentDictionary<string, string> Labels { get; } = new(StringComparer.Ordinal);

    /// <summary>Active launch plans, by <c>team1/development/core.hello</c>.</summary>
    public ConcurrentDictionary<string, JsonObject> Plans { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<JsonObject> Executions { get; } = new();

    /// <summary>The tools' configuration file.</summary>
    public string Config { get; private set; } = string.Empty;

    public TemporaryFolder Folder => _folder;

    public static async Task<StubAdmin> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        var admin = new StubAdmin(server);
        server.Run(admin.AnswerAsync);
        await server.StartAsync();
        admin.Config = admin._folder.Write(
            "config.yaml",
            $"admin:\n  endpoint: dns:///{new Uri(server.Urls.Single()).Authority} # where FlyteAdmin is\n  insecure: true\n"
        );
        return admin;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
        var words = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries)[2..];
        var name = string.Join('/', words[1..]);
        var answer = (context.Request.Method, words[0]) switch
        {
            ("GET", "active_launch_plans") => Plans.GetValueOrDefault(name),
            ("POST", "executions") => Start((JsonObject)JsonNode.Parse(body)!),
            ("GET", _) => Inherited(name) is { } label
                ? new JsonObject
                {
                    ["attributes"] = new JsonObject
                    {
                        ["matching_attributes"] = new JsonObject { ["execution_cluster_label"] = new JsonObject { ["value"] = label } },
                    },
                }
                : null,
            ("PUT", _) when words[1] == "unknown" => null,
            ("PUT", _) => Store(name, (string)JsonNode.Parse(body)!["attributes"]!["matching_attributes"]!["execution_cluster_label"]!["value"]!),
            _ => null,
        };
        context.Response.StatusCode = answer is null ? 404 : 200;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer?.ToJsonString() ?? """{"code":5,"message":"entry not found","details":[]}""");
    }

    private string? Inherited(string name)
    {
        for (var scope = name; ; scope = scope[..scope.LastIndexOf('/')])
        {
            if (Labels.TryGetValue(scope, out var label))
                return label;
            if (!scope.Contains('/', StringComparison.Ordinal))
                return null;
        }
    }

    private JsonObject Store(string name, string label)
    {
        Labels[name] = label;
        return [];
    }

    private JsonObject Start(JsonObject request)
    {
        Executions.Enqueue(request);
        return new JsonObject
        {
            ["id"] = new JsonObject
            {
                ["project"] = (string)request["project"]!,
                ["domain"] = (string)request["domain"]!,
                ["name"] = (string)request["name"]!,
            },
        };
    }
}
