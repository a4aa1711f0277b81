using System.Diagnostics;
using System.Reflection;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Frosting;
using Flyte.MultiCluster.Build.Options;
using Flyte.MultiCluster.Common;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Flyte.MultiCluster.Build;

/// <summary>The program, from its command line to its exit code, in the <see cref="ProcessEnvironment"/> of whoever calls.</summary>
public static class FlyteProgram
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static int Run()
    {
        var environment = ProcessEnvironment.Current;
        var line = CommandLine.Read(environment.Arguments, ProgramOptions.All, Targets.Names);
        if (line.Values.Get(ProgramOptions.Help))
        {
            environment.Output.Write(HelpText.For(ProgramOptions.All));
            return ExitCode.Done;
        }

        var outcome = new RunOutcome();
        var output = line.Values.Get(ProgramOptions.Output);
        var watch = Stopwatch.StartNew();
        if (line.Problems.Count > 0)
        {
            Refusal.Write(environment.Error, line.Problems);
            outcome.Note(new RefusedException(line.Problems));
            MachineOutput.Write(environment.Output, output, outcome, ExitCode.Refused, watch.Elapsed, ProgramOptions.IsPlan(line.Values));
            return ExitCode.Refused;
        }

        var options = ProgramOptions.Run(line.Values);
        var held = new HeldOutput(environment.Output, environment.Error);
        ExpectedChanges? expected = null;
        if (options is { Expect: not null, Plan: false })
        {
            var rehearsed = Run(line, options with { Plan = true, IsRehearsal = true }, outcome, held.Output, held.Error, expected: null);
            var state = outcome.State.Of<PlanState>();
            if (!state.IsExpected)
            {
                held.Release();
                return rehearsed;
            }

            environment.Error.WriteLine($"The plan is the expected one, {options.Expect}.");
            outcome = new RunOutcome();
            expected = new ExpectedChanges(state.Plan!.Changes, state.KnownAfterApply, outcome);
        }

        var exitCode = Run(line, options, outcome, environment.Output, environment.Error, expected);
        if (CommandLine.HasDocument(line.Values))
            MachineOutput.Write(environment.Output, output, outcome, exitCode, watch.Elapsed, options.Plan);
        return exitCode;
    }

    private static int Run(CommandLine line, RunOptions options, RunOutcome outcome, TextWriter output, TextWriter error, ExpectedChanges? expected)
    {
        using var interruption = new Interruption(outcome);
        var isAlone = CommandLine.HasDocument(line.Values) || ReportFile.IsStandardOutput(line.Values.Get(ProgramOptions.Report));
        var log = new ProgramLog(isAlone ? error : output, error, ConsoleTerminal.HasColours, () => outcome.IsReported);
        var processes = new ChildProcessRunner(log);
        var host = Host()
            .UseContext<FlyteContext>()
            .UseLifetime<FlyteLifetime>()
            .ConfigureServices(services =>
                (expected is null ? services : services.AddSingleton(expected))
                    .AddTools()
                    .AddRun()
                    .AddTasks()
                    .AddSingleton(line.Values)
                    .AddSingleton(options)
                    .AddSingleton(outcome)
                    .AddSingleton(interruption)
                    .AddSingleton(processes)
                    .AddSingleton<IProcessRunner>(processes)
                    .AddSingleton<ICakeLog>(log)
                    .AddSingleton<IConsole, ProgramConsole>()
                    .AddSingleton<ICakeEnvironment, ProgramEnvironment>()
                    .AddSingleton<Cake.Cli.IVersionResolver, ProgramVersion>()
                    .AddSingleton<RunJournal>()
                    .AddSingleton<ICakeReportPrinter, StageReportPrinter>()
            );
        return outcome.Resolve(host.Run(CakeOptions.ToHost(line.Values)));
    }

    // Cake adds the entry assembly's tasks itself; in the tests' process that is another one.
    private static CakeHost Host() =>
        Targets
            .Assemblies.Where(assembly => assembly != Assembly.GetEntryAssembly())
            .Aggregate(CakeHost.Create(), static (host, assembly) => host.AddAssembly(assembly));
}
