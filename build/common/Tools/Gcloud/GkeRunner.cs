using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Gcloud;

/// <summary>A GKE cluster as <c>gcloud container clusters describe</c> prints it.</summary>
/// <param name="WorkloadPool">Its workload identity pool; null where workload identity is off.</param>
/// <param name="NodePoolsWithout">Its node pools whose nodes do not serve workload identity: Pods there act as the nodes' own service account.</param>
public sealed record GkeDescription(string? WorkloadPool, IReadOnlyList<string> NodePoolsWithout);

/// <summary>Runs <c>gcloud container clusters</c>.</summary>
public sealed class GkeRunner : GcloudTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public GkeRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>Reads a cluster.</summary>
    /// <param name="project">Its project.</param>
    /// <param name="location">Its region or zone.</param>
    /// <param name="name">Its GKE name.</param>
    /// <param name="cancellationToken">Cancels gcloud.</param>
    /// <returns>The cluster; null when there is none of that name in that location.</returns>
    /// <exception cref="GcloudException">gcloud failed.</exception>
    public async Task<GkeDescription?> DescribeAsync(string project, string location, string name, CancellationToken cancellationToken) =>
        await FindAsync(
            project,
            "container clusters describe",
            "container.clusters.get",
            arguments => arguments.AppendEscaped(name).AppendOption("--location", location),
            cancellationToken
        )
            is { } answer
            ? new GkeDescription((string?)answer["workloadIdentityConfig"]?["workloadPool"] is { Length: > 0 } pool ? pool : null, Without(answer))
            : null;

    /// <summary>The names and locations of a project's clusters.</summary>
    /// <exception cref="GcloudException">gcloud failed.</exception>
    public async Task<IReadOnlyList<(string Name, string Location)>> ListAsync(string project, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(project, "container clusters list", "container.clusters.list", static _ => { }, cancellationToken);
        return
        [
            .. (answer as JsonArray ?? [])
                .OfType<JsonObject>()
                .Select(cluster => ((string?)cluster["name"] ?? string.Empty, (string?)cluster["location"] ?? string.Empty)),
        ];
    }

    // Autopilot serves it on all nodes.
    private static string[] Without(JsonObject cluster) =>
        (bool?)cluster["autopilot"]?["enabled"] == true
            ? []
            :
            [
                .. (cluster["nodePools"] as JsonArray ?? [])
                    .OfType<JsonObject>()
                    .Where(pool => (string?)pool["config"]?["workloadMetadataConfig"]?["mode"] != "GKE_METADATA")
                    .Select(pool => (string?)pool["name"] ?? string.Empty),
            ];
}
