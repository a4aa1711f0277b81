using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>
/// flyteadmin's HTTP service, in the manner of its grpc-gateway: with <c>application/json</c> answers have the names of the .proto and
/// unknown fields are refused, otherwise answers are in lower camel case and unknown fields are passed over.
/// </summary>
/// <param name="server">What runs.</param>
internal sealed class HttpGateway(FlyteAdminServer server)
{
    /// <summary>What an ingress answers when no flyteadmin is ready.</summary>
    public const string NobodyServes = "no healthy upstream";

    private const string Json = "application/json";
    private readonly AdminService _service = new(server);

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        using var turn = server.Next();
        if (turn is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(NobodyServes, context.RequestAborted);
            return;
        }

        if (request.Path == "/healthcheck")
            return;
        if (request.Path == OAuthServer.TokenPath && server.Authorization.IsOn && request.Method == "POST")
        {
            await server.Authorization.TokenAsync(context);
            return;
        }

        var (status, answer) = await AnswerAsync(turn.Instance, context);
        var snake = request.Headers.Accept == Json || (request.Headers.Accept != Json && MediaType(request.ContentType) == Json);
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        await context.Response.WriteAsync((snake ? answer : Names.Camel(answer)!).ToJsonString(JsonReading.Compact), context.RequestAborted);
    }

    /// <summary>Answers a fault in flyteadmin's own shape.</summary>
    public static JsonObject Fault(int status, string message) => Rendering.Error(AdminException.OfHttpStatus(status), message);

    private async Task<(int Status, JsonObject Answer)> AnswerAsync(AdminInstance instance, HttpContext context)
    {
        try
        {
            var call = new AdminCall(
                instance,
                context.Request,
                await BodyAsync(context.Request),
                MediaType(context.Request.ContentType) == Json,
                context.RequestAborted
            );
            return (StatusCodes.Status200OK, await _service.AnswerAsync(call));
        }
        catch (AdminException e)
        {
            return (AdminException.HttpStatus(e.Code), Rendering.Error(e.Code, e.Message, e.Detail));
        }
        catch (ObjectDisposedException)
        {
            // Its pod has gone meanwhile.
            return (StatusCodes.Status503ServiceUnavailable, Rendering.Error(AdminCode.Unavailable, NobodyServes));
        }
    }

    private static async Task<JsonNode?> BodyAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        if (text.Length == 0)
            return null;
        try
        {
            return JsonNode.Parse(text) ?? throw AdminException.Invalid("proto: syntax error (line 1:1): unexpected token null");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw AdminException.Invalid($"proto: syntax error (line 1:1): {e.Message}");
        }
    }

    private static string MediaType(string? contentType) => (contentType ?? "").Split(';')[0].Trim();
}
