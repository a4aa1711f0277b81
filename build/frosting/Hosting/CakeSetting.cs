using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.IO;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting.Hosting;

/// <summary>One value of Cake's configuration, set by the program.</summary>
internal sealed record CakeSetting(string Key, string Value)
{
    public static ICakeConfiguration CreateConfiguration(IServiceProvider services)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in services.GetServices<CakeSetting>())
            settings[setting.Key] = setting.Value;

        var arguments = services
            .GetRequiredService<ICakeArguments>()
            .GetArguments()
            .ToDictionary(argument => argument.Key, argument => argument.Value.LastOrDefault() ?? string.Empty, StringComparer.OrdinalIgnoreCase);
        var environment = services.GetRequiredService<ICakeEnvironment>();
        return new CakeConfigurationProvider(services.GetRequiredService<IFileSystem>(), environment).CreateConfiguration(
            environment.WorkingDirectory,
            settings,
            arguments
        );
    }
}
