using Cake.Core.IO;
using Cake.Core.Packaging;
using Cake.Core.Tooling;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting.Hosting;

/// <summary>Cake's own installer, made when a tool is to be installed: making it loads the NuGet client, a fifth of a run's start.</summary>
internal sealed class LateToolInstaller(IServiceProvider services) : IToolInstaller
{
    public IEnumerable<FilePath> Install(PackageReference tool) => ActivatorUtilities.CreateInstance<ToolInstaller>(services).Install(tool);
}
