using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Tasks.Sandboxes;

namespace Flyte.MultiCluster.Tasks.Developers.Benchmarks;

/// <summary>Measures <see cref="AddDataPlane"/> against the runbook typed out as a script. It asserts nothing: it prints numbers beside what is aimed
/// at.</summary>
/// <param name="values">The command line: <c>--benchmark</c>.</param>
/// <param name="processes">Starts and counts child processes.</param>
[TaskName(nameof(Benchmark))]
[TaskDescription("Measure AddDataPlane against the runbook as a shell script, on sandboxes of its own: --benchmark=4x80,16x80")]
public sealed class Benchmark(OptionValues values, ChildProcessRunner processes) : AsyncFrostingTask<FlyteContext>
{
    /// <summary><c>--benchmark</c>.</summary>
    public static Option<IReadOnlyList<BenchmarkCase>> Cases { get; } =
        new("benchmark", BenchmarkCase.Kind, "What to measure, data planes x round trip.", BenchmarkCase.All)
        {
            Group = OptionGroup.Tools,
            Targets = [typeof(Benchmark)],
            DefaultIn = "1, 4 and 16 data planes at 0 and 80 ms",
        };

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (ToolPaths.Current.Find("helm") is null || ToolPaths.Current.Find("kubectl") is null)
            new PinnedTools(ProjectRoot.Path, context.ProcessRunner, context.Log).Install([ToolSet.Current]);

        var folder = Path.Combine(ProjectRoot.Path, "artifacts", "benchmark");
        var results = new List<BenchmarkResult>();
        RequestCost? cost = null;
        foreach (var size in values.Get(Cases).GroupBy(one => one.DataPlanes))
        {
            // A name of its own each, as the sandbox's fleet names all its clusters.
            var client = new SandboxClient(
                new SandboxLauncher(SandboxLauncher.Find(AppContext.BaseDirectory)),
                Path.Combine(folder, $"sandbox-{size.Key}"),
                TimeSpan.FromMinutes(10)
            );
            try
            {
                var sandbox = await client.EnsureUpAsync(size.Key, TimeSpan.Zero, context.Cancellation);
                foreach (var one in size)
                {
                    context.Log.Information("Measuring {0} data planes at {1} ms …", one.DataPlanes, one.RoundTripMs);
                    results.Add(await new BenchmarkSandbox(sandbox, Path.Combine(folder, one.ToString())).MeasureAsync(one, context.Cancellation));
                    if (one.RoundTripMs > 0 && cost is null)
                        cost = await CostAsync(context, sandbox, one.RoundTripMs);
                }
            }
            finally
            {
                await client.DownAsync(CancellationToken.None);
            }
        }

        Report(context.Log, results);
        ArtifactFile.Write(Path.Combine(folder, "results.json"), Json(results, cost).ToJsonString(Format) + "\n");
    }

    private async Task<RequestCost> CostAsync(FlyteContext context, SandboxState sandbox, int roundTripMs)
    {
        var cost = await RequestCost.MeasureAsync(sandbox, processes, context.Cancellation);
        context.Log.Information(
            "One read at {0} ms: {1:0} ms as a kubectl process, {2:0} ms through a running kubectl proxy ({3:0} ms with the proxy's start).",
            roundTripMs,
            cost.KubectlProcess.TotalMilliseconds,
            cost.ThroughProxy.TotalMilliseconds,
            cost.ProxyStart.TotalMilliseconds
        );
        return cost;
    }

    private static void Report(ICakeLog log, IReadOnlyList<BenchmarkResult> results)
    {
        log.Information(string.Empty);
        log.Information("{0}", BenchmarkTable.For(results));
        foreach (var result in results)
            log.Information(
                "{0}: slowest stages {1}",
                result.Case,
                string.Join(
                    ", ",
                    result.Stages.OrderByDescending(stage => stage.Longest).Take(5).Select(stage => $"{stage.Name} {stage.Longest.TotalSeconds:0.0} s")
                )
            );
    }

    private static JsonObject Json(IReadOnlyList<BenchmarkResult> results, RequestCost? cost) =>
        new()
        {
            ["results"] = new JsonArray([.. results.Select(result => result.ToJson())]),
            ["request"] = cost is null
                ? null
                : new JsonObject
                {
                    ["kubectlProcessMs"] = (long)cost.KubectlProcess.TotalMilliseconds,
                    ["throughProxyMs"] = (long)cost.ThroughProxy.TotalMilliseconds,
                    ["proxyStartMs"] = (long)cost.ProxyStart.TotalMilliseconds,
                },
        };
}
