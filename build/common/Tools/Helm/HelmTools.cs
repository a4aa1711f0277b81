using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>The helm commands that the project uses, one runner each.</summary>
public sealed class HelmTools
{
    /// <summary>Makes the runners from Cake's services.</summary>
    public HelmTools(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    {
        Version = new HelmVersionRunner(fileSystem, environment, processRunner, tools);
        RepositoryAdd = new HelmRepositoryAddRunner(fileSystem, environment, processRunner, tools);
        Pull = new HelmPullRunner(fileSystem, environment, processRunner, tools);
        DependencyBuild = new HelmDependencyBuildRunner(fileSystem, environment, processRunner, tools);
        Template = new HelmTemplateRunner(fileSystem, environment, processRunner, tools);

        Uninstall = new HelmUninstallRunner(fileSystem, environment, OutlivingProcessRunner.Of(processRunner), tools);

        // Killed in the middle, helm leaves a release that no other helm touches.
        Upgrade = new HelmUpgradeRunner(fileSystem, environment, OutlivingProcessRunner.Of(processRunner), tools);
        Rollback = new HelmRollbackRunner(fileSystem, environment, OutlivingProcessRunner.Of(processRunner), tools);
    }

    /// <summary>Whether helm is known to apply on the server's side, as it does from version 4 on: its version was asked for, and is one.</summary>
    public bool IsServerSide => Version.Known is { Major: >= 4 };

    /// <summary><c>helm version</c>.</summary>
    public HelmVersionRunner Version { get; }

    /// <summary><c>helm repo add</c>.</summary>
    public HelmRepositoryAddRunner RepositoryAdd { get; }

    /// <summary><c>helm pull</c>.</summary>
    public HelmPullRunner Pull { get; }

    /// <summary><c>helm dependency build</c>.</summary>
    public HelmDependencyBuildRunner DependencyBuild { get; }

    /// <summary><c>helm template</c>.</summary>
    public HelmTemplateRunner Template { get; }

    /// <summary><c>helm uninstall</c>.</summary>
    public HelmUninstallRunner Uninstall { get; }

    /// <summary><c>helm upgrade --install</c>.</summary>
    public HelmUpgradeRunner Upgrade { get; }

    /// <summary><c>helm rollback</c>.</summary>
    public HelmRollbackRunner Rollback { get; }
}
