using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.DataPlanes;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>
/// The values that somebody gave a release: without those of the chart's own values file, which every upgrade gets, without those that this program
/// composes from the fleet, and without credentials.
/// </summary>
/// <param name="values">Reads and compares values as Helm does.</param>
internal sealed class ImportedValues(IHelmValues values)
{
    private static readonly string[] Clusters = ["configmap", "clusters"];

    /// <summary>Those of the control plane.</summary>
    /// <param name="release">Its release.</param>
    /// <param name="fleet">The fleet.</param>
    public CredentialValues OfControlPlane(HelmRelease release, ImportedFleet fleet)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(fleet);
        var own = (JsonObject)release.Config.DeepClone();
        if (!fleet.Control.IsLoaded)
            Remove(own, "configmap", "clusters");
        Remove(own, [.. Clusters, "labelClusterMap"]);
        Remove(own, [.. Clusters, "clusterConfigs"]);
        if (fleet.Labels.Default is not null)
            Remove(own, [.. Clusters, "defaultExecutionLabel"]);
        RemoveItem(own, "additionalVolumes", "name", CredentialsSecret.Name);
        RemoveItem(own, "additionalVolumeMounts", "mountPath", CredentialsSecret.MountPath);
        if (fleet.InCluster is not null)
            Remove(own, "flytepropeller", "enabled");
        return CredentialValues.LeaveOut(Without(own, File(release, "values-controlplane.yaml"), values.Same));
    }

    /// <summary>Those of a data plane.</summary>
    /// <param name="release">Its release.</param>
    /// <param name="flyte">What the fleet says of all clusters.</param>
    public CredentialValues OfDataPlane(HelmRelease release, FlyteSettings flyte)
    {
        ArgumentNullException.ThrowIfNull(release);
        var own = Without(release.Config, DataPlaneValues.Of(flyte, clusterName: null), static (_, _) => true);
        return CredentialValues.LeaveOut(Without(own, File(release, "values-dataplane.yaml"), values.Same));
    }

    private JsonObject File(HelmRelease release, string name)
    {
        try
        {
            return release.Files.TryGetValue(name, out var bytes) ? values.Parse(Encoding.UTF8.GetString(bytes), name) : [];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    // What another file sets anyway, and the maps that are empty then.
    private static JsonObject Without(JsonObject own, JsonObject other, Func<JsonNode?, JsonNode?, bool> isSet)
    {
        var left = new JsonObject();
        foreach (var (key, value) in own)
        {
            if (!other.TryGetPropertyValue(key, out var set))
            {
                left[key] = value?.DeepClone();
            }
            else if (value is JsonObject map && set is JsonObject below)
            {
                if (Without(map, below, isSet) is { Count: > 0 } rest)
                    left[key] = rest;
            }
            else if (!isSet(value, set))
            {
                left[key] = value?.DeepClone();
            }
        }

        return left;
    }

    private static void Remove(JsonObject own, params string[] path)
    {
        if (FlyteReleases.At(own, path[..^1]) is not JsonObject parent || !parent.Remove(path[^1]) || parent.Count > 0 || path.Length == 1)
            return;
        Remove(own, path[..^1]);
    }

    private static void RemoveItem(JsonObject own, string list, string key, string value)
    {
        if (FlyteReleases.At(own, "flyteadmin", list) is not JsonArray items)
            return;
        foreach (var item in items.Where(item => (item as JsonObject)?[key]?.ToString() == value).ToArray())
            items.Remove(item);
        if (items.Count == 0)
            Remove(own, "flyteadmin", list);
    }
}
