using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Reads what Flyte's live service accounts are in the cloud, and which buckets Flyte uses: values may hold templates, live objects do not.</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="read">Reads an object of Flyte's namespace in a context, by plural and name; null where there is none, or it cannot be read.</param>
/// <param name="values">Reads YAML.</param>
internal sealed class LiveIdentities(ImportedFleet fleet, Func<string, string, string, Task<JsonObject?>> read, IHelmValues values)
{
    private const string S3 = "s3://";

    private static readonly string[] Annotations = [CloudIdentities.AwsAnnotation, CloudIdentities.GoogleAnnotation];

    /// <summary>The identities of the service accounts, the control plane's first.</summary>
    public async Task<IReadOnlyList<LiveIdentity>> ReadAsync()
    {
        var control = (fleet.ControlPlaneName, fleet.Request.ControlPlane);
        var planes = fleet.DataPlanes.Where(plane => plane.Found is not null).Select(plane => (plane.Entry.Name, plane.Found!.Name));
        (string Cluster, string Context, string Account)[] accounts =
        [
            (control.ControlPlaneName, control.ControlPlane, "flyteadmin"),
            (control.ControlPlaneName, control.ControlPlane, "datacatalog"),
            .. (fleet.InCluster is null ? planes : planes.Prepend(control)).Select(one => (one.Item1, one.Item2, "flytepropeller")),
        ];
        var found = await Task.WhenAll(accounts.Select(one => read(one.Context, "serviceaccounts", one.Account)));
        return
        [
            .. accounts
                .Zip(found)
                .SelectMany(one =>
                    Annotations
                        .Where(key => one.Second?["metadata"]?["annotations"]?[key] is not null)
                        .Select(key => new LiveIdentity(one.First.Cluster, one.First.Account, key, one.Second!["metadata"]!["annotations"]![key]!.ToString()))
                ),
        ];
    }

    /// <summary>The worker Pods' roles that flyteadmin has loaded.</summary>
    public async Task<IReadOnlyList<LiveIdentity>> WorkersAsync()
    {
        var map = await read(fleet.Request.ControlPlane, "configmaps", LoadedClusterConfigs.SyncConfigMap);
        var data = Yaml(map, "cluster_resources.yaml")?["cluster_resources"]?["customData"];
        return
        [
            .. ClusterResourceValues
                .Workers(data, CloudIdentities.AwsVariable)
                .Distinct(StringComparer.Ordinal)
                .Select(role => new LiveIdentity(fleet.ControlPlaneName, "default", CloudIdentities.AwsVariable, role)),
        ];
    }

    /// <summary>The buckets of S3 that Flyte uses, for metadata and raw data.</summary>
    public async Task<IReadOnlyList<string>> BucketsAsync()
    {
        var control = read(fleet.Request.ControlPlane, "configmaps", "flyte-admin-base-config");
        var planes = fleet
            .DataPlanes.Where(plane => plane.Found is not null)
            .Select(plane => read(plane.Found!.Name, "configmaps", "flyte-propeller-config"))
            .ToArray();
        JsonObject?[] maps = [await control, .. await Task.WhenAll(planes)];
        return
        [
            .. maps.SelectMany(map => new[] { Container(Yaml(map, "storage.yaml")), Raw(Yaml(map, "core.yaml")) })
                .OfType<string>()
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static string? Container(JsonObject? file) =>
        file?["storage"] is JsonObject storage && storage["type"]?.ToString() == "s3" ? storage["container"]?.ToString() : null;

    private static string? Raw(JsonObject? file) =>
        (file?["propeller"] as JsonObject)?["rawoutput-prefix"]?.ToString() is { } prefix && prefix.StartsWith(S3, StringComparison.Ordinal)
            ? prefix[S3.Length..].Split('/')[0]
            : null;

    private JsonObject? Yaml(JsonObject? map, string key)
    {
        try
        {
            return (string?)map?["data"]?[key] is { } text ? values.Parse(text, key) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
