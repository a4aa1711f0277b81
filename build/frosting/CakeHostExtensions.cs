using Cake.Core.Composition;
using Cake.Core.IO;
using Cake.Core.Packaging;

namespace Cake.Frosting;

/// <summary>What a program composes its host of.</summary>
public static class CakeHostExtensions
{
    /// <summary>Lets a startup class register services.</summary>
    /// <typeparam name="TStartup">The startup class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseStartup<TStartup>(this CakeHost host)
        where TStartup : IFrostingStartup, new() => Configured(host, services => new TStartup().Configure(services));

    /// <summary>Sets the context that tasks and lifetimes receive; the last one set counts.</summary>
    /// <typeparam name="TContext">The context's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseContext<TContext>(this CakeHost host)
        where TContext : class, IFrostingContext => Configured(host, services => services.UseContext<TContext>());

    /// <summary>Sets what runs once before and once after all tasks.</summary>
    /// <typeparam name="TLifetime">The lifetime's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseLifetime<TLifetime>(this CakeHost host)
        where TLifetime : class, IFrostingLifetime => Configured(host, services => services.UseLifetime<TLifetime>());

    /// <summary>Sets what runs once before all tasks.</summary>
    /// <typeparam name="TSetup">The setup's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseSetup<TSetup>(this CakeHost host)
        where TSetup : class, IFrostingSetup => Configured(host, services => services.UseSetup<TSetup>());

    /// <summary>Sets what runs once after all tasks.</summary>
    /// <typeparam name="TTeardown">The teardown's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseTeardown<TTeardown>(this CakeHost host)
        where TTeardown : class, IFrostingTeardown => Configured(host, services => services.UseTeardown<TTeardown>());

    /// <summary>Sets what runs before and after each task.</summary>
    /// <typeparam name="TLifetime">The lifetime's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseTaskLifetime<TLifetime>(this CakeHost host)
        where TLifetime : class, IFrostingTaskLifetime => Configured(host, services => services.UseTaskLifetime<TLifetime>());

    /// <summary>Sets what runs before each task.</summary>
    /// <typeparam name="TSetup">The setup's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseTaskSetup<TSetup>(this CakeHost host)
        where TSetup : class, IFrostingTaskSetup => Configured(host, services => services.UseTaskSetup<TSetup>());

    /// <summary>Sets what runs after each task.</summary>
    /// <typeparam name="TTeardown">The teardown's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseTaskTeardown<TTeardown>(this CakeHost host)
        where TTeardown : class, IFrostingTaskTeardown => Configured(host, services => services.UseTaskTeardown<TTeardown>());

    /// <summary>Adds a Cake module's registrations.</summary>
    /// <typeparam name="TModule">The module's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UseModule<TModule>(this CakeHost host)
        where TModule : ICakeModule, new() => Configured(host, services => services.UseModule<TModule>());

    /// <summary>Adds an installer for the tools that <see cref="InstallTool"/> asks for.</summary>
    /// <typeparam name="TPackageInstaller">The installer's class.</typeparam>
    /// <param name="host">The host.</param>
    public static CakeHost UsePackageInstaller<TPackageInstaller>(this CakeHost host)
        where TPackageInstaller : class, IPackageInstaller => Configured(host, services => services.UsePackageInstaller<TPackageInstaller>());

    /// <summary>Installs a tool before the run.</summary>
    /// <param name="host">The host.</param>
    /// <param name="uri">The package, as <c>nuget:?package=NAME&amp;version=VERSION</c> or <c>dotnet:?package=NAME</c>.</param>
    public static CakeHost InstallTool(this CakeHost host, Uri uri) => Configured(host, services => services.UseTool(uri));

    /// <summary>Sets the working directory, unless <c>--working</c> does.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">An absolute path, or one relative to the caller's working directory.</param>
    public static CakeHost UseWorkingDirectory(this CakeHost host, DirectoryPath path) => Configured(host, services => services.UseWorkingDirectory(path));

    /// <summary>Sets a value of Cake's configuration; <c>cake.config</c>, environment and arguments go over it.</summary>
    /// <param name="host">The host.</param>
    /// <param name="key">The setting's key, such as <c>Paths_Tools</c>.</param>
    /// <param name="value">Its value.</param>
    public static CakeHost UseCakeSetting(this CakeHost host, string key, string value) => Configured(host, services => services.UseCakeSetting(key, value));

    /// <summary>Sets the folder that tools are installed to and looked up in.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">The folder.</param>
    public static CakeHost SetToolPath(this CakeHost host, DirectoryPath path) => Configured(host, services => services.UseToolPath(path));

    private static CakeHost Configured(CakeHost host, Action<Microsoft.Extensions.DependencyInjection.IServiceCollection> configure)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.ConfigureServices(configure);
    }
}
