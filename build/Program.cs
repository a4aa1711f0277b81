using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Build.Options;
using Microsoft.Extensions.DependencyInjection;

var line = CommandLine.Read(args, ProgramOptions.All, Targets.Names);
if (line.Values.Get(ProgramOptions.Help))
{
    Console.Write(HelpText.For(ProgramOptions.All));
    return ExitCode.Done;
}

if (line.Problems.Count > 0)
{
    Refusal.Write(Console.Error, line.Problems);
    return ExitCode.Refused;
}

var outcome = new RunOutcome();
var host = CakeHost.Create()
    .UseContext<FlyteContext>()
    .UseLifetime<FlyteLifetime>()
    .ConfigureServices(services => services
        .AddSingleton(line.Values)
        .AddSingleton(ProgramOptions.Run(line.Values))
        .AddSingleton(outcome)
        .AddSingleton<IVersionResolver, ProgramVersion>()
        .AddSingleton<ICakeLog>(new ProgramLog(Console.Out, Console.Error, ProgramLog.TerminalHasColours))
        .AddSingleton<ICakeReportPrinter, SilentReportPrinter>());
return outcome.Resolve(host.Run(CakeOptions.ToHost(line.Values)));
