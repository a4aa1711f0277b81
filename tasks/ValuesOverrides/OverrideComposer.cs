using System.Text.Json.Nodes;
using Flyte.MultiCluster.Credentials;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Propellers;

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
    private readonly List<string> _removed = [];

    /// <summary>Composes the override.</summary>
    /// <param name="live">Values that are live, the strongest first: the release's, those of revisions that another operator made meanwhile.</param>
    /// <param name="files">The user's own values, the strongest first.</param>
    /// <exception cref="InvalidOperationException">No label would have a cluster: the chart would drop the credential mounts.</exception>
    public ValuesOverride Compose(IReadOnlyList<JsonObject> live, params IReadOnlyList<JsonObject> files)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(files);
        _kept.Clear();
        _removed.Clear();
        IReadOnlyList<JsonObject> sources = [.. live, .. files];
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
            values["flytepropeller"] = Propeller(live, files);
        return new ValuesOverride(values, [.. _kept.Distinct(StringComparer.Ordinal)]) 
        {
            Removed = [.. _removed.Distinct(StringComparer.Ordinal)],
            Notes = Abortion(live) is { } note ? [note] : [],
        };
    }

    // It needs no name, and one that is new to it would end the executions that began without.
    private JsonObject Propeller(IReadOnlyList<JsonObject> live, IReadOnlyList<JsonObject> files)
    {
        var propeller = new JsonObject { ["enabled"] = true };
        if (PropellerName.Choose(fleet.ControlPlane.Name, Name(files), Name(live), isNew: false) is { } name)
            propeller["clusterName"] = name;
        return propeller;
    }

    private static string? Name(IReadOnlyList<JsonObject> sources) => sources.Select(PropellerName.OfValues).FirstOrDefault(name => name is not null);

    // flyteadmin looks for the cluster of an execution without one as if the execution had neither project nor label.
    private string? Abortion(IReadOnlyList<JsonObject> live)
    {
        var control = fleet.ControlPlane;
        if (!control.RunsWorkflows || live.Count == 0 || live.Any(source => Section(source)?["clusterConfigs"] is JsonArray { Count: > 0 }))
            return null;
        var members = fleet.Labels.FirstOrDefault(label => label.Name == fleet.DefaultLabel)?.Clusters ?? [];
        return members.Count > 0 && members.All(member => member.Id == control.Name || member.Weight == 0)
            ? null
            : $"Executions from before this join have no cluster in FlyteAdmin. They run to their end in {control.Name}, but an abort goes to {(members.Count > 0 ? $"a cluster of the default label {fleet.DefaultLabel}" : "any enabled cluster, as there is no defaultLabel")}: elsewhere than in {control.Name} it does not end the work. A defaultLabel of {control.Name} alone makes it go there.";
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
            clusters[name]["enabled"] = false;
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

            // A label of the fleet's own clusters that the fleet no longer has is removed, not an entry to keep.
            if (fleet.Labels.All(label => label.Name != name) && entries.All(entry => fleetClusters.Contains((string?)entry?["id"] ?? string.Empty)))
            {
                _removed.Add(name);
                continue;
            }

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
