using System.Reflection;
using Cake.Cli;
using Cake.Core;
using Cake.Core.Tooling;
using Cake.Frosting.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>
/// Runs Frosting tasks on the official Cake engine: collects services and tasks, reads Cake's own command line and runs the targets.
/// </summary>
/// <remarks>Tasks are the exported, non-abstract <see cref="IFrostingTask"/> classes of the entry assembly and of the added ones.</remarks>
public sealed class CakeHost
{
    private readonly ServiceCollection _services = [];
    private readonly List<Assembly> _assemblies = [];

    /// <summary>A host with Cake's own services and the entry assembly's tasks.</summary>
    public CakeHost()
    {
        if (Assembly.GetEntryAssembly() is { } entry)
            _assemblies.Add(entry);

        _services.AddCakeDiagnostics();
        _services.UseCakeDefaultModules();
        _services.AddSingleton(CakeSetting.CreateConfiguration);
        _services.AddSingleton<IVersionResolver, VersionResolver>();
        _services.AddSingleton<VersionFeature>();
        _services.AddSingleton<InfoFeature>();
        _services.AddSingleton<BuildScriptHost<IFrostingContext>>();
        _services.AddSingleton<DryRunScriptHost<IFrostingContext>>();
        _services.AddSingleton<TreeScriptHost>();
        _services.AddSingleton<DescriptionScriptHost>();
        _services.AddSingleton<IToolInstaller, LateToolInstaller>();
        _services.AddSingleton<FrostingContext>();
        _services.AddSingleton<IFrostingContext>(provider => provider.GetRequiredService<FrostingContext>());
    }

    /// <summary>Makes a host.</summary>
    public static CakeHost Create() => new();

    /// <summary>Adds the tasks of an assembly.</summary>
    /// <param name="assembly">The assembly; its exported types are searched.</param>
    public CakeHost AddAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        _assemblies.Add(assembly);
        return this;
    }

    /// <summary>Adds services or replaces some: the last registration of a service counts.</summary>
    /// <param name="services">Changes the host's services.</param>
    public CakeHost ConfigureServices(Action<IServiceCollection> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services(_services);
        return this;
    }

    /// <summary>Reads the command line and runs the targets, or what else it asks for.</summary>
    /// <param name="args">The command line, without the program's name.</param>
    /// <returns>0 when all went well, a <see cref="CakeException"/>'s own exit code, 1 for any other failure, which has been logged.</returns>
    public int Run(IEnumerable<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        foreach (var task in _assemblies.Distinct().SelectMany(TasksIn))
            _services.AddSingleton(typeof(IFrostingTask), task);

        var commandLine = new HostCommandLine(args);
        _services.AddSingleton<ICakeArguments>(commandLine.Arguments);
        using var provider = _services.BuildServiceProvider();
        return new HostRun(provider, commandLine).Run();
    }

    private static IEnumerable<Type> TasksIn(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IFrostingTask)));
}
