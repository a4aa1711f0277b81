using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tests.Common.Changes;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Executions of both labels, started one after the other until the end.</summary>
internal sealed class ExecutionLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly IFlyteAdmin _admin;
    private readonly Task<ConcurrentQueue<ExecutionId>> _started;

    public ExecutionLoad(IFlyteAdmin admin)
    {
        _admin = admin;
        _started = Task.Run(StartAsync);
    }

    /// <summary>How all of them ended: their phases, with the error where there is one.</summary>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        await _end.CancelAsync();
        var ends = new List<string>();
        foreach (var id in await _started)
        {
            Execution? execution = null;
            for (var until = DateTime.UtcNow.AddSeconds(30); execution is not { HasEnded: true } && DateTime.UtcNow < until; await Task.Delay(20))
                execution = await _admin.ExecutionAsync(id, default);
            ends.Add($"{execution?.Phase}{(execution?.Error is { } error ? $" {execution.CreatedAt:O} {error}" : string.Empty)}");
        }

        return ends;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _started;
        _end.Dispose();
    }

    private async Task<ConcurrentQueue<ExecutionId>> StartAsync()
    {
        var permit = await Permits.GetAsync();
        var plan = (await _admin.LaunchPlanAsync("flytesnacks", "development", "sandbox.hello", null, default))!;
        var started = new ConcurrentQueue<ExecutionId>();
        var inputs = new JsonObject { ["name"] = new JsonObject { ["scalar"] = JsonNode.Parse("""{"primitive": {"string_value": "load"} }""") } };
        for (var number = 0; !_end.IsCancellationRequested; number++)
        {
            var id = new ExecutionId("flytesnacks", "development", $"l{Guid.NewGuid():N}"[..18]);
            await _admin.CreateExecutionAsync(permit, new ExecutionRequest(id, plan, (JsonObject)inputs.DeepClone(), $"label{(number % 2) + 1}"), default);
            started.Enqueue(id);
            await Task.Delay(50);
        }

        return started;
    }
}
