using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Flyte.MultiCluster.Tests.Common.Tools.Gcloud;

/// <summary>As much of Google's API as the real gcloud asks for, on loopback: project p, cluster c1, and service accounts whose policies have an
/// etag.</summary>
internal sealed class FakeGoogleApi : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Lock _lock = new();

    private FakeGoogleApi(WebApplication server) => _server = server;

    public string Url => $"{_server.Urls.Single()}/";

    /// <summary>The policy of w@; that of other accounts is written by somebody else whenever it was read, and denied@ may not be read.</summary>
    public JsonObject Policy { get; private set; } =
        (JsonObject)
            JsonNode.Parse(
                """
                {"version": 3, "etag": "AAAB", "bindings": [{"role": "roles/iam.workloadIdentityUser", "members": ["serviceAccount:p.svc.id.goog[other/default]"], "condition": {"title": "t", "expression": "true"}}]}
                """
            )!;

    public static async Task<FakeGoogleApi> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        var api = new FakeGoogleApi(server);
        server.Run(api.AnswerAsync);
        await server.StartAsync();
        return api;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        int status;
        JsonObject answer;
        lock (_lock)
            (status, answer) = Answer(context.Request.Path.Value!, body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private (int Status, JsonObject Answer) Answer(string path, string body)
    {
        if (path.Contains("denied@", StringComparison.Ordinal))
            return Error(403, "PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getIamPolicy' denied on resource (or it may not exist).");
        if (path.EndsWith(":getIamPolicy", StringComparison.Ordinal))
            return (200, (JsonObject)Policy.DeepClone());
        if (path.EndsWith(":setIamPolicy", StringComparison.Ordinal))
        {
            var written = (JsonObject)JsonNode.Parse(body)!["policy"]!.DeepClone();
            if (!path.Contains("w@", StringComparison.Ordinal) || (string?)written["etag"] != (string?)Policy["etag"])
                return Error(409, "ABORTED", "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.");
            return (200, Policy = written);
        }

        return path switch
        {
            "/v1/projects/p" => (200, new JsonObject { ["projectId"] = "p", ["lifecycleState"] = "ACTIVE" }),
            "/v1/projects/p/locations/europe-west1/clusters/c1" => (
                200,
                (JsonObject)
                    JsonNode.Parse(
                        """{"name": "c1", "location": "europe-west1", "workloadIdentityConfig": {"workloadPool": "p.svc.id.goog"}, "nodePools": [{"name": "old", "config": {}}, {"name": "new", "config": {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}}]}"""
                    )!
            ),
            _ => Error(404, "NOT_FOUND", $"Not found: {path}."),
        };
    }

    private static (int Status, JsonObject Answer) Error(int status, string code, string message) =>
        (
            status,
            new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["code"] = status,
                    ["status"] = code,
                    ["message"] = message,
                },
            }
        );
}
