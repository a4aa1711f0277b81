using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>
/// Serves what is not a resource: version, health, discovery, OpenAPI. Documents are made once per set of served resources;
/// all clusters of the process that serve the same share theirs.
/// </summary>
internal sealed class DiscoveryHandler(ResourceCatalog catalog)
{
    private const int MostDocuments = 512;

    private static readonly ConcurrentDictionary<string, Document> Shared = new(StringComparer.Ordinal);

    /// <summary>Answers a request.</summary>
    public async Task Handle(HttpContext context, string path)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            throw Errors.MethodNotAllowed();
        if (path is "/healthz" or "/readyz" or "/livez")
        {
            await Answers.Text(context, 200, "ok");
            return;
        }
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        AnswerShape shape = path is "/api" or "/apis" ? Negotiation.Shape(context.Request) : AnswerShape.Object;
        if (path == "/openapi/v2")
        {
            await OpenApiV2(context);
            return;
        }
        string key = $"{shape} {path} {catalog.Fingerprint}";
        if (!Shared.TryGetValue(key, out Document? document))
        {
            document = Make(path, shape) ?? throw Errors.PathNotFound();
            if (Shared.Count >= MostDocuments)
                Shared.Clear();
            Shared[key] = document;
        }
        if (document.Etag.Length > 0)
        {
            context.Response.Headers.ETag = document.Etag;
            if (path.StartsWith("/openapi/v3/", StringComparison.Ordinal) && context.Request.Query.ContainsKey("hash"))
                context.Response.Headers.CacheControl = "public, immutable";
            else if (shape != AnswerShape.Object)
                context.Response.Headers.CacheControl = "public";
            if (context.Request.Headers.IfNoneMatch.ToString() == document.Etag)
            {
                context.Response.StatusCode = 304;
                return;
            }
        }
        await Answers.Write(context, 200, document.Body, document.ContentType);
    }

    // The smallest openapi.v2.Document: swagger "2.0". Clients that find no definitions in it use their own types.
    private static Task OpenApiV2(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("protobuf", StringComparison.Ordinal)
            ? Answers.Write(
                context,
                200,
                new byte[] { 0x0a, 0x03, (byte)'2', (byte)'.', (byte)'0' },
                "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
            )
            : Answers.Write(
                context,
                200,
                new JsonObject
                {
                    ["swagger"] = "2.0",
                    ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = ServerVersion.GitVersion },
                    ["paths"] = new JsonObject(),
                    ["definitions"] = new JsonObject(),
                }
            );

    private Document? Make(string path, AnswerShape shape)
    {
        List<ResourceInfo> all = [.. catalog.All];
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        JsonObject? json = parts switch
        {
            [] => Discovery.Paths(all),
            ["version"] => ServerVersion.Json(),
            ["api"] when shape != AnswerShape.Object => Discovery.Aggregated(all.Where(r => r.Group.Length == 0), Version(shape)),
            ["apis"] when shape != AnswerShape.Object => Discovery.Aggregated(all.Where(r => r.Group.Length > 0), Version(shape)),
            ["api"] => Discovery.CoreVersions(),
            ["apis"] => Discovery.Groups(all),
            ["apis", string group] => Discovery.Group(all, group),
            ["api", string version] => Discovery.Resources(all, "", version),
            ["apis", string group, string version] => Discovery.Resources(all, group, version),
            ["openapi", "v3"] => OpenApi.Index(all),
            ["openapi", "v3", "api", string version] => OpenApi.Document(all, "", version),
            ["openapi", "v3", "apis", string group, string version] => OpenApi.Document(all, group, version),
            _ => null,
        };
        if (json is null)
            return null;
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(json, JsonReading.Compact);
        bool hashed = shape != AnswerShape.Object || parts[..1] is ["openapi"];
        string type =
            shape == AnswerShape.Object
                ? parts is ["openapi", "v3"]
                    ? "text/plain; charset=utf-8"
                    : Answers.Json
                : $"application/json;g=apidiscovery.k8s.io;v={Version(shape)};as=APIGroupDiscoveryList";
        return new(body, type, hashed ? Etag(body) : "");
    }

    private static string Etag(byte[] body) => $"\"{Convert.ToHexString(SHA512.HashData(body))}\"";

    private static string Version(AnswerShape shape) => shape == AnswerShape.DiscoveryBeta ? "v2beta1" : "v2";

    private sealed record Document(byte[] Body, string ContentType, string Etag);
}
