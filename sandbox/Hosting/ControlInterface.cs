using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>The control interface: HTTP with JSON on the Unix socket. <c>sandbox/README.md</c> lists its calls.</summary>
public sealed class ControlInterface
{
    private readonly SandboxHost _host;
    private readonly IdleTimer _idle;

    /// <summary>Makes the control interface of a sandbox.</summary>
    public ControlInterface(SandboxHost host, IdleTimer idle) => (_host, _idle) = (host, idle);

    /// <summary>Answers a call; a wrong one with 400 or 404, one that failed with 500, and <c>{"error":…}</c>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _idle.Touch();
        JsonNode answer;
        try
        {
            answer = await AnswerAsync(context.Request);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            answer = new JsonObject { ["error"] = e.Message };
        }
        catch (KeyNotFoundException e)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            answer = new JsonObject { ["error"] = e.Message };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _host.Log(e.ToString());
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            answer = new JsonObject { ["error"] = $"{e.Message} (the log has more)" };
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString() + "\n");
    }

    private async Task<JsonNode> AnswerAsync(HttpRequest request)
    {
        switch (request.Method, request.Path.Value)
        {
            case ("GET", "/status"):
                return Status();
            case ("GET", "/requests"):
                return Requests(request.Query["cluster"].ToString());
            case ("POST", "/dataplanes"):
                await _host.GrowAsync(Number(await BodyAsync(request), "count", SandboxOptions.MostDataPlanes));
                return Status();
            case ("PUT", "/latency"):
                await _host.SetLatencyAsync(TimeSpan.FromMilliseconds(Number(await BodyAsync(request), "ms", 60_000)));
                return Status();
            case ("POST", "/faults"):
                return new JsonObject { ["id"] = AddFault(Fault.Read(await BodyAsync(request))) };
            case ("DELETE", "/faults"):
                _host.Faults.Clear();
                return new JsonObject();
            case ("PUT", "/flyteadmin"):
                Authorize(await BodyAsync(request));
                return new JsonObject();
            case ("POST", "/flyteadmin/launchplans"):
                LaunchPlanBody.Register(_host.FlyteAdmin.Database, await BodyAsync(request));
                return new JsonObject();
            case ("POST", "/reset"):
                await _host.ResetAsync();
                return Status();
            case ("POST", "/shutdown"):
                request.HttpContext.Response.OnCompleted(() =>
                {
                    _host.Stop("asked to end");
                    return Task.CompletedTask;
                });
                return new JsonObject();
            default:
                throw new KeyNotFoundException($"{request.Method} {request.Path}: no such call");
        }
    }

    private void Authorize(JsonObject body) =>
        _host.FlyteAdmin.Authorization.Configure(OAuthServer.Read(new ControlBody(body, "the body", "oauth2").Node("oauth2")));

    private string AddFault(Fault fault) =>
        fault.Cluster is null || _host.Listeners.Any(c => c.Name == fault.Cluster)
            ? _host.Faults.Add(fault)
            : throw new FormatException($"there is no cluster \"{fault.Cluster}\"");

    private JsonObject Status()
    {
        var status = _host.State();
        status["requests"] = Counts(log => log.Requests);
        status["writes"] = Counts(log => log.Writes);
        status["controllerWrites"] = Counts(log => log.ControllerWrites);
        return status;
    }

    private JsonObject Counts(Func<RequestLog, long> count) =>
        new(_host.Listeners.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Name, count(c.Requests))));

    private JsonArray Requests(string cluster) =>
        _host.Listeners.FirstOrDefault(c => c.Name == cluster) is { } found
            ? new JsonArray([.. found.Requests.Snapshot().Select(r => r.ToJson())])
            : throw new KeyNotFoundException($"there is no cluster \"{cluster}\"");

    private static async Task<JsonObject> BodyAsync(HttpRequest request) =>
        await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted) as JsonObject
        ?? throw new FormatException("the body must be a JSON object");

    private static int Number(JsonObject body, string name, int most) =>
        body[name] is JsonValue value && value.TryGetValue<int>(out var number) && number >= 0 && number <= most
            ? number
            : throw new FormatException($"\"{name}\" must be a whole number from 0 to {most}");
}
