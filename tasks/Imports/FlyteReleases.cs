using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Flyte's Helm releases in a cluster, whatever they are called.</summary>
internal static class FlyteReleases
{
    private const string Chart = "flyte-core";

    /// <summary>Reads the releases of chart flyte-core that are in force and have one of its parts.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="ns">Flyte's namespace.</param>
    /// <param name="part">The part: <c>flyteadmin</c> in a control plane, <c>flytepropeller</c> in a data plane.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">A Secret of Helm's holds no release.</exception>
    public static async Task<IReadOnlyList<HelmRelease>> ReadAsync(ClusterApi api, string ns, string part, CancellationToken cancellationToken)
    {
        var newest = await HelmReleases.NewestAsync(api, ns, cancellationToken);
        var releases = await Task.WhenAll(newest.Select(revision => HelmReleases.FindAsync(api, ns, revision.Release, cancellationToken)));
        return
        [
            .. releases.OfType<HelmRelease>().Select(release => release.Deployed ?? release).Where(release => release.ChartName == Chart && Has(release, part)),
        ];
    }

    /// <summary>A value of a release: the user's, else the chart's default; null where there is none.</summary>
    /// <param name="release">The release.</param>
    /// <param name="path">The value's path.</param>
    public static string? Text(HelmRelease release, params string[] path)
    {
        ArgumentNullException.ThrowIfNull(release);
        return (At(release.Config, path) ?? At(release.ChartValues, path)) is JsonValue value ? value.ToString() : null;
    }

    /// <summary>A value in a tree; null where there is none.</summary>
    /// <param name="values">The tree.</param>
    /// <param name="path">The value's path.</param>
    public static JsonNode? At(JsonObject values, params string[] path) => path.Aggregate((JsonNode?)values, (node, key) => (node as JsonObject)?[key]);

    private static bool Has(HelmRelease release, string part) => Text(release, part, "enabled") != "false";
}
