using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>The kubectl commands that the project uses, one runner each.</summary>
public sealed class KubectlTools
{
    /// <summary>Makes the runners from Cake's services.</summary>
    public KubectlTools(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    {
        Version = new KubectlVersionRunner(fileSystem, environment, processRunner, tools);
        ConfigView = new KubectlConfigViewRunner(fileSystem, environment, processRunner, tools);
        Config = new KubectlConfigRunner(fileSystem, environment, processRunner, tools);
        Kustomize = new KubectlKustomizeRunner(fileSystem, environment, processRunner, tools);
    }

    /// <summary><c>kubectl version</c>.</summary>
    public KubectlVersionRunner Version { get; }

    /// <summary><c>kubectl config view</c>.</summary>
    public KubectlConfigViewRunner ConfigView { get; }

    /// <summary><c>kubectl config set-…</c>.</summary>
    public KubectlConfigRunner Config { get; }

    /// <summary><c>kubectl kustomize</c>.</summary>
    public KubectlKustomizeRunner Kustomize { get; }
}
