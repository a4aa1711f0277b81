using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Packaging;
using Cake.Core.Tooling;

namespace Cake.Frosting.Hosting;

internal sealed class ToolInstaller(
    ICakeEnvironment environment,
    ICakeConfiguration configuration,
    IToolLocator locator,
    IEnumerable<IPackageInstaller> installers) : IToolInstaller
{
    public void Install(PackageReference tool)
    {
        var installer = installers.FirstOrDefault(candidate => candidate.CanInstall(tool, PackageType.Tool))
            ?? throw new FrostingException($"No package installer knows the scheme '{tool.Scheme}' of {tool.OriginalString}.");
        var files = installer.Install(tool, PackageType.Tool, configuration.GetToolPath(".", environment));
        if (files.Count == 0)
            throw new FrostingException($"The tool {tool.OriginalString} was not installed.");

        foreach (var file in files)
            locator.RegisterFile(file.Path);
    }
}
