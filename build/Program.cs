using System.Diagnostics;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Build.Options;
using Flyte.MultiCluster.Common;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks;
using Microsoft.Extensions.DependencyInjection;

var line = CommandLine.Read(args, ProgramOptions.All, Targets.Names);
if (line.Values.Get(ProgramOptions.Help))
{
    Console.Write(HelpText.For(ProgramOptions.All));
    return ExitCode.Done;
}

var outcome = new RunOutcome();
var output = line.Values.Get(ProgramOptions.Output);
var watch = Stopwatch.StartNew();
if (line.Problems.Count > 0)
{
    Refusal.Write(Console.Error, line.Problems);
    outcome.Note(new RefusedException(line.Problems));
    MachineOutput.Write(Console.Out, output, outcome, ExitCode.Refused, watch.Elapsed);
    return ExitCode.Refused;
}

using var interruption = new Interruption(outcome);
var isAlone = output != OutputFormat.Text || ReportFile.IsStandardOutput(line.Values.Get(ProgramOptions.Report));
var log = new ProgramLog(isAlone ? Console.Error : Console.Out, Console.Error, ConsoleTerminal.HasColours, () => outcome.IsReported);
var processes = new ChildProcessRunner(log);
var host = CakeHost.Create()
    .AddAssembly(typeof(Runbook).Assembly)
    .UseContext<FlyteContext>()
    .UseLifetime<FlyteLifetime>()
    .ConfigureServices(services => services
        .AddTools()
        .AddRun()
        .AddTasks()
        .AddSingleton(line.Values)
        .AddSingleton(ProgramOptions.Run(line.Values))
        .AddSingleton(outcome)
        .AddSingleton(interruption)
        .AddSingleton(processes)
        .AddSingleton<IProcessRunner>(processes)
        .AddSingleton<ICakeLog>(log)
        .AddSingleton<Cake.Cli.IVersionResolver, ProgramVersion>()
        .AddSingleton<RunJournal>()
        .AddSingleton<ICakeReportPrinter, StageReportPrinter>());
var exitCode = outcome.Resolve(host.Run(CakeOptions.ToHost(line.Values)));
MachineOutput.Write(Console.Out, output, outcome, exitCode, watch.Elapsed);
return exitCode;
