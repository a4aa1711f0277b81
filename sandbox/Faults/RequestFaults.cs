using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Flyte.MultiCluster.Sandbox.Faults;

/// <summary>Lets requests meet the faults in force, before the API server and around it.</summary>
public sealed class RequestFaults
{
    private readonly FaultSet _faults;
    private readonly TimeProvider _time;

    /// <summary>Makes the middleware.</summary>
    public RequestFaults(FaultSet faults, TimeProvider time) => (_faults, _time) = (faults, time);

    /// <summary>Handles a request: by its faults, or by what comes next.</summary>
    /// <param name="cluster">The name of the cluster that was asked.</param>
    /// <param name="context">The request.</param>
    /// <param name="next">The rest of the pipeline.</param>
    public async Task HandleAsync(string cluster, HttpContext context, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var cleared = _faults.Cleared;
        foreach (var fault in _faults.Meet(cluster, context.Request.Method, $"{context.Request.Path}{context.Request.QueryString}"))
        {
            switch (fault.Kind)
            {
                case FaultKind.Delay:
                    await Task.Delay(fault.Delay, _time, context.RequestAborted);
                    break;
                case FaultKind.Hold:
                    await cleared.WaitAsync(context.RequestAborted);
                    break;
                case FaultKind.Refuse:
                    Cut(context);
                    return;
                case FaultKind.Status:
                    await AnswerAsync(cluster, context, fault.Status);
                    return;
                default:
                    await DropAsync(context, next);
                    return;
            }
        }

        await next(context);
    }

    private static Task AnswerAsync(string cluster, HttpContext context, int code)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";

        // As on every answer of an API server: kubectl's HTTP cache would keep it.
        context.Response.Headers.CacheControl = "no-cache, private";
        if (code == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        var message = $"the sandbox was told to answer {code}";
        var answer =
            cluster == FlyteAdminServer.Name
                ? HttpGateway.Fault(code, message)
                : new JsonObject
                {
                    ["kind"] = "Status",
                    ["apiVersion"] = "v1",
                    ["metadata"] = new JsonObject(),
                    ["status"] = "Failure",
                    ["message"] = message,
                    ["reason"] = Reason(code),
                    ["code"] = code,
                };
        return context.Response.WriteAsync(answer.ToJsonString());
    }

    private static async Task DropAsync(HttpContext context, RequestDelegate next)
    {
        var real = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var query = context.Request.Query["watch"];
        var isWatch = query == "true" || query == "1";
        await using var answer = new HalfAnswer(real.Stream, isWatch, () => Cut(context));
        var body = new StreamResponseBodyFeature(answer);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        await next(context);
        await body.CompleteAsync();
        if (!isWatch)
        {
            context.Response.ContentLength = answer.Length;
            await answer.SendHalfAsync(context.RequestAborted);
        }
    }

    // Aborting the request alone would only reset one HTTP/2 stream.
    private static void Cut(HttpContext context)
    {
        context.Abort();
        context.Features.Get<ITransport>()?.Connection.Abort(new ConnectionAbortedException("a fault"));
    }

    private static string Reason(int code) =>
        code switch
        {
            StatusCodes.Status429TooManyRequests => "TooManyRequests",
            StatusCodes.Status500InternalServerError => "InternalError",
            StatusCodes.Status503ServiceUnavailable => "ServiceUnavailable",
            StatusCodes.Status504GatewayTimeout => "Timeout",
            _ => ((HttpStatusCode)code).ToString(),
        };
}

/// <summary>The connection below TLS that a request came over.</summary>
public interface ITransport
{
    /// <summary>The connection.</summary>
    ConnectionContext Connection { get; }
}
