using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>What an upgrade would make of a release: its values, and its objects as helm's server-side dry run renders them.</summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
internal sealed class ReleaseDifferences(FleetRun run, ClusterRun cluster, RenderedManifests manifests, IHelmValues values)
{
    private const string Values = "Values";

    /// <summary>Looks at the differences.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="difference">Why the release is not as wanted.</param>
    /// <param name="settings">What would be installed.</param>
    /// <param name="taken">The fields that helm would take over from others, each with its owner.</param>
    /// <param name="cancellationToken">Cancels helm.</param>
    /// <exception cref="HelmException">helm failed.</exception>
    /// <exception cref="FormatException">What helm renders, or a values file, is not YAML.</exception>
    public async Task<IReadOnlyList<ObjectDifference>> OfAsync(
        HelmRelease? live,
        ReleaseDifference difference,
        HelmUpgradeSettings settings,
        IReadOnlyList<string> taken,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<ObjectDifference> conflicts = taken.Count == 0 ? [] : [ObjectDifferences.Conflicts(run.Namespace, settings.Release, taken)];
        return [.. await OfAsync(live, difference, settings, cancellationToken), .. conflicts];
    }

    /// <summary>The differences between two revisions.</summary>
    /// <param name="live">The one that is at work.</param>
    /// <param name="target">The one that would be.</param>
    /// <exception cref="FormatException">A manifest is not YAML.</exception>
    public IReadOnlyList<ObjectDifference> Between(HelmRelease live, HelmRelease target) =>
        ObjectDifferences.Of([
            new ObjectPair(Values, run.Namespace, live.Name, live.Config, target.Config),
            .. Objects(live, ManifestObjects.Parse(target.Manifest, values)),
        ]);

    private async Task<IReadOnlyList<ObjectDifference>> OfAsync(
        HelmRelease? live,
        ReleaseDifference difference,
        HelmUpgradeSettings settings,
        CancellationToken cancellationToken
    )
    {
        var wanted = values.MergeFiles(settings.Values);
        var pair = new ObjectPair(Values, run.Namespace, settings.Release, live?.Config ?? [], wanted);
        if (live is null)
        {
            var objects = cluster.Planned.Rendered ?? await manifests.OfAsync(run, settings.Release, settings.Values, [], cancellationToken);
            return [.. ObjectDifferences.Of(pair), ObjectDifferences.Created("Objects", run.Namespace, settings.Release, objects)];
        }

        return difference.IsDrift
            ? ObjectDifferences.Of(
                difference.Drifted.Select(one => Pair(one.Live is null ? null : ObjectDifferences.Within(one.Live, one.Manifest), one.Manifest))
            )
            : ObjectDifferences.Of([pair, .. Objects(live, await RenderedAsync(settings, cancellationToken))]);
    }

    // helm's dry run refuses a release that is pending, as its upgrade would; --recover comes before that.
    private async Task<IReadOnlyList<JsonObject>> RenderedAsync(HelmUpgradeSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return ManifestObjects.Parse(await manifests.PreviewAsync(cluster, settings, cancellationToken), values);
        }
        catch (HelmException)
        {
            return await manifests.OfAsync(run, settings.Release, settings.Values, [], cancellationToken);
        }
    }

    private IEnumerable<ObjectPair> Objects(HelmRelease live, IReadOnlyList<JsonObject> rendered)
    {
        var before = ManifestObjects.Parse((live.Deployed ?? live).Manifest, values).GroupBy(Id).ToDictionary(group => group.Key, group => group.Last());
        var after = rendered.GroupBy(Id).ToDictionary(group => group.Key, group => group.Last());
        return before
            .Keys.Union(after.Keys)
            .OrderBy(id => id, StringComparer.Ordinal)
            .Select(id => Pair(before.GetValueOrDefault(id), after.GetValueOrDefault(id)));
    }

    private ObjectPair Pair(JsonObject? before, JsonObject? after)
    {
        var one = after ?? before!;
        return new ObjectPair(
            (string?)one["kind"] ?? string.Empty,
            (string?)one["metadata"]?["namespace"] ?? run.Namespace,
            (string?)one["metadata"]?["name"] ?? string.Empty,
            before,
            after
        );
    }

    private string Id(JsonObject manifest) =>
        $"{(string?)manifest["kind"]} {(string?)manifest["metadata"]?["namespace"] ?? run.Namespace} {(string?)manifest["metadata"]?["name"]}";
}
