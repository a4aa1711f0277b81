using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Gcloud;

/// <summary>Runs <c>gcloud projects</c> and <c>gcloud auth</c>.</summary>
public sealed class ProjectRunner : GcloudTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public ProjectRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>The account that gcloud works as; null where it goes by a token without one (<c>auth/access_token_file</c>), or there is none.</summary>
    /// <exception cref="GcloudException">gcloud failed.</exception>
    public async Task<string?> AccountAsync(CancellationToken cancellationToken)
    {
        var answer = await RunAsync(null, "auth list", string.Empty, static arguments => arguments.Append("--filter=status:ACTIVE"), cancellationToken);
        return (string?)(answer as JsonArray)?.FirstOrDefault()?["account"];
    }

    /// <summary>The state of a project, <c>ACTIVE</c>; null where there is no such project.</summary>
    /// <exception cref="GcloudException">gcloud failed.</exception>
    public async Task<string?> StateAsync(string project, CancellationToken cancellationToken) =>
        await FindAsync(project, "projects describe", "resourcemanager.projects.get", arguments => arguments.AppendEscaped(project), cancellationToken)
            is { } answer
            ? (string?)answer["lifecycleState"] ?? string.Empty
            : null;
}
