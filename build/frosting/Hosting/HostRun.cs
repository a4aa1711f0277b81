using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Packaging;
using Cake.Core.Scripting;
using Cake.Core.Tooling;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting.Hosting;

/// <summary>One run of the host: what the command line asks for, on the services composed.</summary>
internal sealed class HostRun(ServiceProvider services, HostCommandLine commandLine)
{
    private const string Usage = """
        Options:
          -t, --target <TARGET>         The task to run, "Default" if none is given; may be repeated
          -w, --working <PATH>          The working directory
          -v, --verbosity <VERBOSITY>   Quiet, Minimal, Normal, Verbose or Diagnostic
          -e, --exclusive               Run the target without its dependencies
              --description             List the tasks
              --tree                    Show the tasks' dependencies
              --dryrun                  List what would run, in order
              --version                 Print the version
              --info                    Print the version and details
        """;

    public int Run()
    {
        try
        {
            if (commandLine.Help)
                services.GetRequiredService<IConsole>().WriteLine("{0}", Usage);
            else if (commandLine.Version)
                services.GetRequiredService<VersionFeature>().Run(services.GetRequiredService<IConsole>());
            else if (commandLine.Info)
                services.GetRequiredService<InfoFeature>().Run(services.GetRequiredService<IConsole>());
            else
                RunTargets();
            return 0;
        }
        catch (Exception exception)
        {
            var cause = exception is CakeReportException { InnerException: { } inner } ? inner : exception;
            var code = services.GetRequiredService<ICakeLog>().LogException(cause);
            return code == 0 ? 1 : code;
        }
    }

    private void RunTargets()
    {
        if (commandLine.Verbosity is { } verbosity)
            services.GetRequiredService<ICakeLog>().Verbosity = (Verbosity)new VerbosityConverter().ConvertFromInvariantString(verbosity)!;
        SetWorkingDirectory();

        var host = Host();
        new TaskRegistration(services).Register();
        foreach (var tool in services.GetServices<PackageReference>())
            services.GetRequiredService<IToolInstaller>().Install(tool);
        if (commandLine.Exclusive)
            host.Settings.UseExclusiveTarget();
        host.RunTargets(commandLine.Targets);
    }

    private IScriptHost Host() =>
        commandLine.DryRun ? services.GetRequiredService<DryRunScriptHost<IFrostingContext>>()
        : commandLine.Tree ? services.GetRequiredService<TreeScriptHost>()
        : commandLine.Description ? services.GetRequiredService<DescriptionScriptHost>()
        : services.GetRequiredService<BuildScriptHost<IFrostingContext>>();

    private void SetWorkingDirectory()
    {
        var wanted = commandLine.Working is { } path ? DirectoryPath.FromString(path) : services.GetService<WorkingDirectory>()?.Path;
        if (wanted is null)
            return;

        var environment = services.GetRequiredService<ICakeEnvironment>();
        var directory = wanted.MakeAbsolute(environment);
        if (!services.GetRequiredService<IFileSystem>().Exist(directory))
            throw new FrostingException($"The working directory '{directory.FullPath}' does not exist.");
        environment.WorkingDirectory = directory;
    }
}
