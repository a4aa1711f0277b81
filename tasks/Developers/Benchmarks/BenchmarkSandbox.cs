using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Tasks.Sandboxes;

namespace Flyte.MultiCluster.Tasks.Developers.Benchmarks;

/// <summary>Measures on one running sandbox, one thing after another.</summary>
/// <param name="sandbox">The sandbox; it has as many data planes as the case.</param>
/// <param name="folder">A folder for what is written.</param>
internal sealed class BenchmarkSandbox(SandboxState sandbox, string folder)
{
    private static readonly string Script = Path.Combine(ProjectRoot.Path, "tasks", "Developers", "Benchmarks", "runbook.sh");

    /// <summary>How many execution cluster labels are set at once.</summary>
    public const int LabelRows = 200;

    /// <summary>Measures a case: runbook, floor and join, each on empty clusters, then a run without changes, Verify and labels.</summary>
    /// <exception cref="InvalidOperationException">A command failed; the message has what it said.</exception>
    /// <exception cref="SandboxException">The sandbox refused.</exception>
    public async Task<BenchmarkResult> MeasureAsync(BenchmarkCase wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        using var control = new SandboxControl(sandbox.ControlSocket);
        Directory.CreateDirectory(folder);
        var chart = Path.Combine(sandbox.Folder, "chart", "flyte-core");

        await EmptyAsync(control, wanted, cancellationToken);
        var runbook = await TimeAsync("bash", [Script, "join", chart, $"{wanted.DataPlanes}"], cancellationToken);
        await EmptyAsync(control, wanted, cancellationToken);
        var floor = await TimeAsync("bash", [Script, "floor", chart], cancellationToken);
        await EmptyAsync(control, wanted, cancellationToken);
        var (join, joined) = await JoinAsync("join", cancellationToken);
        var before = await WritesAsync(control, cancellationToken);
        var (noChange, _) = await JoinAsync("no-change", cancellationToken);
        var writes = await WritesAsync(control, cancellationToken) - before;
        var verify = await ProgramAsync(["--target=Verify", $"--fleet={sandbox.Fleet}"], cancellationToken);
        var labels = await ProgramAsync(["--target=UpdateExecutionClusterLabels", $"--fleet={await LabelledAsync(cancellationToken)}"], cancellationToken);
        return new BenchmarkResult(wanted, runbook, join, noChange, verify, labels, floor, (int)joined["childProcesses"]!, writes, StageTime.Of(joined));
    }

    // kubectl's and helm's discovery caches go too: a new cluster is in nobody's cache.
    private async Task EmptyAsync(SandboxControl control, BenchmarkCase wanted, CancellationToken cancellationToken)
    {
        await control.ResetAsync(cancellationToken);
        await control.SetLatencyAsync(TimeSpan.FromMilliseconds(wanted.RoundTripMs), cancellationToken);
        if (Directory.Exists(KubeCache))
            Directory.Delete(KubeCache, recursive: true);
    }

    private string KubeCache => Path.Combine(folder, "kube-cache");

    private static async Task<long> WritesAsync(SandboxControl control, CancellationToken cancellationToken) =>
        (await control.StatusAsync(cancellationToken))["writes"]!.AsObject().Sum(cluster => (long)cluster.Value!);

    private async Task<(TimeSpan Time, JsonObject Report)> JoinAsync(string name, CancellationToken cancellationToken)
    {
        var report = Path.Combine(folder, $"report-{name}.json");

        // The runbook's script starts no execution either.
        var time = await ProgramAsync(["--target=AddDataPlane", "--skip-smoke", $"--fleet={sandbox.Fleet}", $"--report={report}"], cancellationToken);
        return (time, JsonNode.Parse(await File.ReadAllTextAsync(report, cancellationToken))!.AsObject());
    }

    private async Task<string> LabelledAsync(CancellationToken cancellationToken)
    {
        var rows = Enumerable
            .Range(0, LabelRows)
            .Select(number => $"  - {{project: flytesnacks, domain: development, workflow: workflow{number}, label: label1}}\n");
        var fleet = (await File.ReadAllTextAsync(sandbox.Fleet, cancellationToken))
            .Replace("executionLabels:\n", $"executionLabels:\n{string.Concat(rows)}", StringComparison.Ordinal)
            .Replace("path: chart", $"path: {sandbox.Folder}/chart", StringComparison.Ordinal)
            .Replace("caFile: ", $"caFile: {sandbox.Folder}/", StringComparison.Ordinal);
        var path = Path.Combine(folder, "fleet-labels.yaml");
        await File.WriteAllTextAsync(path, fleet, cancellationToken);
        return path;
    }

    private Task<TimeSpan> ProgramAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        TimeAsync(
            Environment.ProcessPath!,
            [Path.Combine(AppContext.BaseDirectory, "flyte-multicluster.dll"), $"--kubeconfig={sandbox.Kubeconfig}", .. arguments],
            cancellationToken
        );

    private async Task<TimeSpan> TimeAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["KUBECONFIG"] = sandbox.Kubeconfig;
        start.Environment["KUBECACHEDIR"] = KubeCache;
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}{Path.PathSeparator}{ToolPaths.Current.Folder}";

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        var time = watch.Elapsed;
        return process.ExitCode == 0
            ? time
            : throw new InvalidOperationException(
                $"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}:\n{await output}{await error}"
            );
    }
}
