using System.Diagnostics;
using System.Xml.Linq;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Tasks.Upgrades;

namespace Flyte.MultiCluster.Tasks.Developers;

/// <summary>Runs all tests, on the sandbox, with real helm and kubectl. Its last line of output is <c>N passed, N failed</c>.</summary>
/// <param name="values">The command line: <c>--all</c>.</param>
/// <param name="outcome">Where a failure is noted; it is not thrown, so that nothing is printed after the last line.</param>
/// <param name="interruption">Ctrl+C and SIGTERM end the tests.</param>
[TaskName(nameof(Test))]
[TaskDescription("Run the tests, on the sandbox with real helm 3 and 4")]
public sealed class Test(OptionValues values, RunOutcome outcome, Interruption interruption) : AsyncFrostingTask
{
    /// <summary>The environment variable that names the folder of the program to the tests that run it.</summary>
    public const string ProgramVariable = "FLYTE_MULTICLUSTER_PROGRAM";

    /// <summary>The environment variable, <c>1</c>, that asks the tests for every case of what they take samples of otherwise.</summary>
    public const string AllVariable = "FLYTE_MULTICLUSTER_ALL_TESTS";

    private const int Slowest = 20;

    /// <summary><c>--all</c>.</summary>
    public static Option<bool> All { get; } =
        new("all", ValueKinds.Flag, "Test: all kill points and races, not just a sample. Rollback: every cluster.", false)
        {
            Group = OptionGroup.Tools,
            Targets = [typeof(Test), typeof(Rollback)],
        };

    /// <inheritdoc/>
    public override async Task RunAsync(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (OperatingSystem.IsLinux())
            new PinnedTools(ProjectRoot.Path, context.ProcessRunner, context.Log).Install(ToolSet.Current, ToolSet.Helm3);

        var results = Path.Combine(ProjectRoot.Path, "artifacts", "tests", Guid.NewGuid().ToString("N"));
        var exitCode = await RunTestsAsync(results, context.Log, interruption.Token);
        var documents = Results(results);
        var counts = documents.Aggregate(new TestCounts(0, 0, 0), static (counts, document) => counts.Plus(document));
        foreach (var line in TestDurations.Slowest(documents, Slowest))
            context.Log.Information("{0}", line);
        if (exitCode != 0 && counts.Failed == 0)
        {
            context.Log.Error("dotnet test ended with exit code {0} although no test failed: the build or the test process broke.", exitCode);
            counts = counts with { Failed = 1 };
        }

        if (counts.Failed > 0)
            outcome.Note(new CakeException($"{counts.Failed} tests failed."));
        context.Log.Write(Verbosity.Quiet, LogLevel.Information, "{0}", counts);
    }

    // Built apart and then run from its file: dotnet test on the project would evaluate the projects once more.
    private async Task<int> RunTestsAsync(string results, ICakeLog log, CancellationToken cancellationToken)
    {
        var built = await BuildAsync(log, cancellationToken);
        if (built != 0 || cancellationToken.IsCancellationRequested)
            return built;

        var start = Dotnet(
            "test",
            Path.Combine("tests", "bin", "Release", "net10.0", "Flyte.MultiCluster.Tests.dll"),
            "--nologo",
            "--results-directory",
            results,
            "--logger",
            "trx",
            "--logger",
            "console;verbosity=normal"
        );
        start.Environment[ProgramVariable] = AppContext.BaseDirectory;
        if (values.Get(All))
            start.Environment[AllVariable] = "1";
        var progress = new TestProgress(TimeProvider.System);
        return await RunAsync(start, log, progress.Take, cancellationToken);
    }

    private static async Task<int> BuildAsync(ICakeLog log, CancellationToken cancellationToken)
    {
        // The SDK leaves two empty folders in the temporary folder at every build.
        var temporary = Directory.CreateTempSubdirectory("flyte-multicluster-");
        try
        {
            var start = Dotnet("build", "tests", "--configuration", "Release", "--nologo", "-nodeReuse:false", "-consoleLoggerParameters:NoSummary");
            // A compiler server would inherit the pipes and keep them open.
            start.Environment["UseSharedCompilation"] = "false";
            start.Environment["TMPDIR"] = start.Environment["TMP"] = temporary.FullName;
            return await RunAsync(start, log, static line => line, cancellationToken);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static ProcessStartInfo Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo(ToolPaths.Current.Find("dotnet") ?? Environment.ProcessPath!, arguments)
        {
            WorkingDirectory = ProjectRoot.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        return start;
    }

    private static async Task<int> RunAsync(ProcessStartInfo start, ICakeLog log, Func<string, string?> thin, CancellationToken cancellationToken)
    {
        using var process = Process.Start(start)!;
        await using var ending = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        try
        {
            await Task.WhenAll(
                PassOnAsync(process.StandardOutput, line => Report(log, LogLevel.Information, thin(line))),
                PassOnAsync(process.StandardError, line => Report(log, LogLevel.Error, line))
            );
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task PassOnAsync(StreamReader reader, Action<string> report)
    {
        while (await reader.ReadLineAsync() is { } line)
            report(line);
    }

    private static void Report(ICakeLog log, LogLevel level, string? line)
    {
        if (line is not null)
            log.Write(Verbosity.Normal, level, "{0}", line);
    }

    private static XDocument[] Results(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.trx", SearchOption.AllDirectories).Select(XDocument.Load)] : [];
}
