using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>How a run of the program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it said, standard error included.</param>
/// <param name="Json">Its report; null where it wrote none.</param>
internal sealed record Finished(int ExitCode, string Output, JsonObject? Json)
{
    /// <summary>What it put on standard output alone.</summary>
    public string StandardOutput { get; init; } = string.Empty;

    public JsonObject Report => Json ?? throw new InvalidOperationException($"There is no report:\n{Output}");

    /// <summary>The end of a run, with the report that it may have left.</summary>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="output">What it said, standard error included.</param>
    /// <param name="standardOutput">What it put on standard output alone.</param>
    /// <param name="report">The report's file.</param>
    public static Finished Of(int exitCode, string output, string standardOutput, string report) =>
        new(exitCode, output, File.Exists(report) ? JsonNode.Parse(File.ReadAllText(report)) as JsonObject : null) { StandardOutput = standardOutput };

    /// <summary>The reported changes, as <c>dataplane_1 create Secret dataplane-1-token</c>.</summary>
    public IReadOnlyList<string> Changes =>
        [.. Report["changes"]!.AsArray().Select(change => $"{change!["cluster"]} {change["action"]} {change["kind"]} {change["name"]}")];

    /// <summary>The digest that a plan ended with.</summary>
    public string PlanDigest =>
        Regex.Match(Output, "Plan digest: (sha256:[0-9a-f]{16}) ", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } found
            ? found.Groups[1].Value
            : throw new InvalidOperationException($"There is no digest:\n{Output}");

    /// <summary>The lines of a plan's difference.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="kind">The difference's kind: <c>Values</c>, <c>Deployment</c>.</param>
    public IReadOnlyList<string> Difference(string cluster, string kind)
    {
        var section = Output.Split('\n').SkipWhile(line => line != $"{cluster}:").Skip(1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal));
        return
        [
            .. section
                .SkipWhile(line => !Regex.IsMatch(line, $"^ {{2,4}}((create|update|delete) )?{kind} ", RegexOptions.None, TimeSpan.FromSeconds(1)))
                .Skip(1)
                .TakeWhile(line => line.StartsWith("      ", StringComparison.Ordinal))
                .Select(line => line[6..]),
        ];
    }

    /// <summary>The reported outcome of a cluster.</summary>
    public string Outcome(string cluster) => (string)Report["clusters"]!.AsArray().Single(entry => (string?)entry!["name"] == cluster)!["outcome"]!;

    /// <summary>Fails the test unless the run ended with this exit code.</summary>
    public Finished Expect(int exitCode)
    {
        Assert.That(ExitCode, Is.EqualTo(exitCode), Output);
        return this;
    }
}

/// <summary>The program as a child process.</summary>
internal sealed class RunningProgram : IDisposable
{
    private const string Mark = "FMC_TEST_RUN";

    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly string _report;
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly StringBuilder _output = new();
    private readonly List<(Func<string, bool> Awaits, TaskCompletionSource Done)> _waits = [];

    public RunningProgram(ProcessStartInfo start, string report)
    {
        _report = report;
        start.Environment[Mark] = _id;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            _output.Append(line.Data).Append('\n');
            Hear(line.Data);
        };
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until the program says a line like that; fails when it ends before.</summary>
    public async Task UntilPrintedAsync(Func<string, bool> isIt)
    {
        var wait = new TaskCompletionSource();
        lock (_said)
        {
            if (_said.ToString().Split('\n').Any(isIt))
                return;
            _waits.Add((isIt, wait));
        }

        await Task.WhenAny(wait.Task, _process.WaitForExitAsync());
        Assert.That(wait.Task.IsCompleted, Is.True, () => $"The program ended without saying it:\n{Output()}");
    }

    /// <summary>SIGKILL, to the program alone.</summary>
    public Task<Finished> KillAsync()
    {
        _process.Kill();
        return EndAsync();
    }

    /// <summary>Sends a signal to the program alone, as <c>kill</c> does.</summary>
    public async Task<Finished> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        return await EndAsync();
    }

    public async Task<Finished> EndAsync()
    {
        await _process.WaitForExitAsync();
        return Finished.Of(_process.ExitCode, Output(), _output.ToString(), _report);
    }

    /// <summary>The command lines of the processes that descend from the program and live: they carry its environment.</summary>
    public IReadOnlyList<string> Descendants()
    {
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Contains($"{Mark}={_id}", StringComparison.Ordinal))
                    found.Add(File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' '));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is somebody else's.
            }
        }

        return found;
    }

    /// <summary>Waits until no descendant lives whose command line is like that; answers those that do after a while.</summary>
    public async Task<IReadOnlyList<string>> LeftAsync(Func<string, bool> isOne)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            string[] left = [.. Descendants().Where(isOne)];
            if (left.Length == 0 || since.Elapsed > TimeSpan.FromSeconds(10))
                return left;
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_said)
        {
            _said.Append(line).Append('\n');
            foreach (var wait in _waits.Where(wait => wait.Awaits(line)).ToArray())
                wait.Done.TrySetResult();
        }
    }

    private string Output()
    {
        lock (_said)
            return _said.ToString();
    }
}
