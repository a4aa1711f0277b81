using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Writes answers.</summary>
internal static class Answers
{
    public const string Json = "application/json";

    /// <summary>Answers with a JSON document.</summary>
    public static Task Write(HttpContext context, int status, JsonNode body) =>
        Write(context, status, JsonSerializer.SerializeToUtf8Bytes(body, JsonReading.Compact), Json);

    /// <summary>Answers with bytes.</summary>
    public static async Task Write(HttpContext context, int status, ReadOnlyMemory<byte> body, string contentType)
    {
        Head(context, status, contentType);
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Answers with plain text.</summary>
    public static Task Text(HttpContext context, int status, string text) => Write(context, status, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

    /// <summary>Answers with an error.</summary>
    public static Task Error(HttpContext context, ApiException error) => Write(context, error.Code, Status(error));

    /// <summary>The Status object of an error.</summary>
    public static JsonObject Status(ApiException error)
    {
        JsonObject status = new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = error.Message,
            ["reason"] = error.Reason,
        };
        if (error.Details is not null)
            status["details"] = error.Details.DeepClone();
        status["code"] = error.Code;
        return status;
    }

    /// <summary>The Status object of a deletion.</summary>
    public static JsonObject Deleted(ResourceInfo r, StoredObject obj)
    {
        JsonObject details = Errors.Details(r, obj.Name);
        details["uid"] = obj.View.Metadata("uid");
        return new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }

    /// <summary>Sets status and headers.</summary>
    public static void Head(HttpContext context, int status, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        if (!context.Response.Headers.ContainsKey("Cache-Control"))
            context.Response.Headers.CacheControl = "no-cache, private";
    }

    /// <summary>Adds a warning that kubectl and helm show to people.</summary>
    public static void Warn(HttpContext context, string text) =>
        context.Response.Headers.Append(
            "Warning",
            $"299 - \"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        );
}
