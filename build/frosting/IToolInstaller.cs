using Cake.Core.Packaging;

namespace Cake.Frosting;

/// <summary>Installs the tools that <see cref="CakeHostExtensions.InstallTool"/> asks for, before the run.</summary>
public interface IToolInstaller
{
    /// <summary>Installs one tool and makes Cake's tool locator find it.</summary>
    /// <param name="tool">The package that carries it.</param>
    /// <exception cref="FrostingException">No installer knows its scheme, or it installs nothing.</exception>
    void Install(PackageReference tool);
}
