using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Faults;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>What every request to a cluster goes through: the request log, the faults, the latency, then the API server.</summary>
public sealed class RequestPipeline
{
    private readonly RequestFaults _faults;
    private readonly TimeProvider _time;
    private readonly IdleTimer _idle;
    private readonly Action<string> _log;
    private long _latencyTicks;

    /// <summary>Makes the pipeline.</summary>
    /// <param name="faults">The faults in force.</param>
    /// <param name="time">The clock.</param>
    /// <param name="idle">Told of every request when it begins, but for those of the sandbox's own flyteadmin.</param>
    /// <param name="log">Told of what should not happen.</param>
    public RequestPipeline(FaultSet faults, TimeProvider time, IdleTimer idle, Action<string> log)
    {
        _faults = new RequestFaults(faults, time);
        (_time, _idle, _log) = (time, idle, log);
    }

    /// <summary>How much later each request's answer starts.</summary>
    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _latencyTicks));
        set => Volatile.Write(ref _latencyTicks, value.Ticks);
    }

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(Cluster cluster, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(context);
        TakePrefix(cluster.Name, context.Request);
        var record = new RequestRecord(context.Request);
        if (!record.IsFlyteAdmins)
        {
            _idle.Touch();
        }

        context.Features.Set(record);
        context.Response.OnStarting(() =>
        {
            record.Status = context.Response.StatusCode;
            return Task.CompletedTask;
        });
        cluster.Requests.Add(record);
        var ended = context.RequestAborted;
        try
        {
            await _faults.HandleAsync(
                cluster.Name,
                context,
                async c =>
                {
                    if (Latency is { Ticks: > 0 } latency)
                    {
                        await Task.Delay(latency, _time, c.RequestAborted);
                    }

                    await cluster.HandleAsync(c);
                }
            );
        }
        catch (Exception) when (ended.IsCancellationRequested || context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, or the cluster was reset: nobody waits for an answer.
        }
        catch (Exception e)
        {
            _log($"{cluster.Name}: {record.Method} {record.Path}: {e}");
            await FailAsync(context, e);
        }
    }

    // As Rancher and other gateways serve an API server: below a path of its own.
    private static void TakePrefix(string cluster, HttpRequest request)
    {
        if (request.Path.StartsWithSegments($"{Cluster.PathPrefix}/{cluster}", StringComparison.Ordinal, out var before, out var path))
        {
            (request.PathBase, request.Path) = (before, path);
        }
    }

    private static Task FailAsync(HttpContext context, Exception e)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Failure",
                ["message"] = $"the sandbox failed: {e.Message}",
                ["reason"] = "InternalError",
                ["code"] = 500,
            }.ToJsonString()
        );
    }
}
