using System.Text.Json.Nodes;
using Flyte.MultiCluster.Credentials;
using Flyte.MultiCluster.Fleets;

namespace Flyte.MultiCluster.ValuesOverrides;

/// <summary>
/// Composes the control plane's values override: the fleet's clusters and labels over those that the live release and the base values have.
/// Lists replace each other between values files, so every list is written whole.
/// </summary>
/// <param name="fleet">What should be.</param>
/// <param name="joined">The data planes whose credential is stored, with their endpoints.</param>
/// <param name="disabled">Data planes that cannot be worked on and that the fleet disables: their entries stay, without new executions.</param>
public sealed class OverrideComposer(Fleet fleet, IReadOnlyDictionary<string, string> joined, params IReadOnlyList<string> disabled)
{
    private readonly List<string> _kept = [];
    private readonly List<string> _notes = [];

    /// <summary>Composes the override.</summary>
    /// <param name="sources">
    /// Values that hold clusters already, the strongest first: the live release's, those of revisions that another operator made meanwhile, the base values files'.
    /// </param>
    /// <exception cref="InvalidOperationException">No label would have a cluster: the chart would drop the credential mounts.</exception>
    public ValuesOverride Compose(params IReadOnlyList<JsonObject> sources)
    {
        _kept.Clear();
        _notes.Clear();
        var clusters = Clusters(sources);
        var labels = Labels(sources, clusters);
        if (labels.Count == 0)
            throw new InvalidOperationException("No label would be left with a cluster, and without labels the chart does not mount the credentials. Give the clusters that have joined a label in the fleet.");
        var section = new JsonObject { ["labelClusterMap"] = labels, ["clusterConfigs"] = new JsonArray([.. clusters.Values]) };
        if (fleet.DefaultLabel is { } defaultLabel && labels.ContainsKey(defaultLabel))
            section["defaultExecutionLabel"] = defaultLabel;
        var values = new JsonObject
        {
            ["flyteadmin"] = Volumes(sources),
            ["configmap"] = new JsonObject { ["clusters"] = section },
        };
        if (fleet.ControlPlane.RunsWorkflows)
            values["flytepropeller"] = new JsonObject { ["enabled"] = true, ["clusterName"] = fleet.ControlPlane.Name };
        return new ValuesOverride(values, [.. _kept.Distinct(StringComparer.Ordinal)]) { Notes = [.. _notes] };
    }

    private OrderedDictionary<string, JsonObject> Clusters(IReadOnlyList<JsonObject> sources)
    {
        var clusters = new OrderedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var entry in sources.SelectMany(source => Section(source)?["clusterConfigs"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if ((string?)entry["name"] is { } name)
                clusters.TryAdd(name, (JsonObject)entry.DeepClone());
        }

        var known = fleet.DataPlanes.Select(plane => plane.Name).ToHashSet(StringComparer.Ordinal);
        if (fleet.ControlPlane.RunsWorkflows)
            known.Add(fleet.ControlPlane.Name);
        _kept.AddRange(clusters.Keys.Where(name => !known.Contains(name)).Select(name => $"cluster {name}"));
        foreach (var plane in fleet.DataPlanes.Where(plane => joined.ContainsKey(plane.Name)))
        {
            clusters[plane.Name] = Merged(clusters.GetValueOrDefault(plane.Name), Entry(plane, joined[plane.Name]));

            // With it, flyteadmin would take its own cluster for the data plane.
            clusters[plane.Name].Remove("inCluster");
        }

        foreach (var name in disabled.Where(clusters.ContainsKey))
        {
            if (clusters[name]["enabled"]?.ToJsonString() == "true")
                _notes.Add($"{name} is disabled in clusterConfigs without an answer from it: it gets no new executions, and what still runs there is not known.");
            clusters[name]["enabled"] = false;
        }

        if (fleet.ControlPlane.RunsWorkflows)
            clusters[fleet.ControlPlane.Name] = Merged(clusters.GetValueOrDefault(fleet.ControlPlane.Name), new JsonObject { ["name"] = fleet.ControlPlane.Name, ["enabled"] = true, ["inCluster"] = true });
        return clusters;
    }

    private JsonObject Labels(IReadOnlyList<JsonObject> sources, OrderedDictionary<string, JsonObject> clusters)
    {
        var labels = new JsonObject();
        var ofFleet = fleet.Labels.Where(label => label.Clusters.Any(member => clusters.ContainsKey(member.Id))).ToArray();
        var fleetClusters = fleet.DataPlanes.Select(plane => plane.Name).Append(fleet.ControlPlane.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, members) in sources.SelectMany(source => Section(source)?["labelClusterMap"] as JsonObject ?? []))
        {
            if (labels.ContainsKey(name) || members is not JsonArray entries || ofFleet.Any(label => label.Name == name))
                continue;

            // A label of the fleet's own clusters that the fleet no longer has is a loss to be accepted, not an entry to keep.
            if (fleet.Labels.All(label => label.Name != name) && entries.All(entry => fleetClusters.Contains((string?)entry?["id"] ?? string.Empty)))
                continue;
            labels[name] = entries.DeepClone();
            _kept.Add($"label {name}");
        }

        foreach (var label in ofFleet)
        {
            var members = label.Clusters.Where(member => clusters.ContainsKey(member.Id));
            labels[label.Name] = new JsonArray([.. members.Select(member => new JsonObject { ["id"] = member.Id, ["weight"] = member.Weight })]);
        }

        return labels;
    }

    // Lists in the chart: whatever else is mounted has to be in them too.
    private static JsonObject Volumes(IReadOnlyList<JsonObject> sources)
    {
        var volume = new JsonObject { ["name"] = CredentialsSecret.Name, ["secret"] = new JsonObject { ["secretName"] = CredentialsSecret.Name } };
        var mount = new JsonObject { ["name"] = CredentialsSecret.Name, ["mountPath"] = CredentialsSecret.MountPath };
        var volumes = new JsonObject
        {
            ["additionalVolumes"] = Union(sources, "additionalVolumes", "name", volume),
            ["additionalVolumeMounts"] = Union(sources, "additionalVolumeMounts", "mountPath", mount),
        };
        const string initMounts = "initContainerClusterSyncAdditionalVolumeMounts";
        if (sources.Select(source => source["flyteadmin"]?[initMounts]).OfType<JsonArray>().FirstOrDefault() is { } byHand)
            volumes[initMounts] = byHand.DeepClone();
        return volumes;
    }

    private static JsonArray Union(IReadOnlyList<JsonObject> sources, string list, string key, JsonObject own)
    {
        var entries = new OrderedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var entry in sources.SelectMany(source => source["flyteadmin"]?[list] as JsonArray ?? []).OfType<JsonObject>())
            entries.TryAdd((string?)entry[key] ?? string.Empty, (JsonObject)entry.DeepClone());
        entries[(string)own[key]!] = own;
        return new JsonArray([.. entries.Values]);
    }

    private static JsonObject Entry(DataPlane plane, string endpoint) => new()
    {
        ["name"] = plane.Name,
        ["endpoint"] = endpoint,
        ["enabled"] = plane.Enabled,
        ["auth"] = new JsonObject
        {
            ["type"] = "file_path",
            ["tokenPath"] = $"{CredentialsSecret.MountPath}/{plane.TokenKey}",
            ["certPath"] = $"{CredentialsSecret.MountPath}/{plane.CaKey}",
        },
    };

    // Keys that the fleet does not speak of (kubeClientConfig) stay. Helm stores the keys sorted: one order, or the second run would write another file.
    private static JsonObject Merged(JsonObject? live, JsonObject wanted)
    {
        foreach (var (key, value) in live ?? [])
        {
            if (!wanted.ContainsKey(key))
                wanted[key] = value?.DeepClone();
        }

        return wanted;
    }

    private static JsonNode? Section(JsonObject values) => values["configmap"]?["clusters"];
}
