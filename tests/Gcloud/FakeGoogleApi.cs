using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Gcloud;

/// <summary>As much of Google's API as the real gcloud asks for, on loopback: project p, cluster c1, and service accounts whose policies have an etag.</summary>
internal sealed class FakeGoogleApi : IDisposable
{
    private readonly HttpListener _listener = new();

    public FakeGoogleApi()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>The policy of w@; that of other accounts is written by somebody else whenever it was read, and denied@ may not be read.</summary>
    public JsonObject Policy { get; private set; } = (JsonObject)JsonNode.Parse("""
        {"version": 3, "etag": "AAAB", "bindings": [{"role": "roles/iam.workloadIdentityUser", "members": ["serviceAccount:p.svc.id.goog[other/default]"], "condition": {"title": "t", "expression": "true"}}]}
        """)!;

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var exchange = await _listener.GetContextAsync();
                using var reader = new StreamReader(exchange.Request.InputStream);
                var (status, answer) = Answer(exchange.Request.Url!.AbsolutePath, await reader.ReadToEndAsync());
                exchange.Response.StatusCode = status;
                exchange.Response.ContentType = "application/json";
                await exchange.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.ToJsonString()));
                exchange.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The test is over, or gcloud went away.
            }
        }
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
            "/v1/projects/p/locations/europe-west1/clusters/c1" => (200, (JsonObject)JsonNode.Parse("""{"name": "c1", "location": "europe-west1", "workloadIdentityConfig": {"workloadPool": "p.svc.id.goog"}, "nodePools": [{"name": "old", "config": {}}, {"name": "new", "config": {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}}]}""")!),
            _ => Error(404, "NOT_FOUND", $"Not found: {path}."),
        };
    }

    private static (int Status, JsonObject Answer) Error(int status, string code, string message)
        => (status, new JsonObject { ["error"] = new JsonObject { ["code"] = status, ["status"] = code, ["message"] = message } });
}
