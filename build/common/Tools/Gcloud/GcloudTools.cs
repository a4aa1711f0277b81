using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Tools.Gcloud;

/// <summary>The gcloud commands that the project uses.</summary>
public sealed class GcloudTools
{
    private readonly IToolLocator _tools;

    /// <summary>Makes the runners from Cake's services.</summary>
    /// <param name="fileSystem">Cake's file system.</param>
    /// <param name="environment">Cake's environment.</param>
    /// <param name="processRunner">Starts gcloud.</param>
    /// <param name="tools">Finds gcloud.</param>
    /// <param name="time">The clock of the pauses between attempts.</param>
    public GcloudTools(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
    {
        _tools = tools;
        Time = time;
        Projects = new ProjectRunner(fileSystem, environment, processRunner, tools, time);
        Clusters = new GkeRunner(fileSystem, environment, processRunner, tools, time);
        ServiceAccounts = new ServiceAccountRunner(fileSystem, environment, processRunner, tools, time);
    }

    /// <summary>The clock for the pauses.</summary>
    public TimeProvider Time { get; }

    /// <summary>Whether gcloud is on PATH.</summary>
    public bool IsOnPath => _tools.Resolve(Executables) is not null;

    /// <summary><c>gcloud projects</c> and <c>gcloud auth</c>.</summary>
    public ProjectRunner Projects { get; }

    /// <summary><c>gcloud container clusters</c>.</summary>
    public GkeRunner Clusters { get; }

    /// <summary><c>gcloud iam service-accounts</c>.</summary>
    public ServiceAccountRunner ServiceAccounts { get; }

    // On Windows a shell script of the name gcloud lies beside gcloud.cmd.
    internal static IReadOnlyList<string> Executables { get; } = ["gcloud.cmd", "gcloud"];
}
