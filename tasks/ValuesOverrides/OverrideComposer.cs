using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Tasks.ValuesOverrides;

/// <summary>
/// Composes the control plane's values override: the fleet's clusters and labels over those that the live release and the user's files have.
/// Lists replace each other between values files, so every list is written whole: what the files say now wins over what is live, and what only the
/// live release has is kept and reported, or is a loss.
/// </summary>
/// <param name="fleet">What should be.</param>
/// <param name="joined">The data planes whose credential is stored, with their endpoints.</param>
/// <param name="disabled">Data planes that cannot be worked on and that the fleet disables: their entries stay, without new executions.</param>
/// <param name="accepts">Whether a value of the live release may be lost, by its path; null for none.</param>
/// <param name="isNamed">Whether the path of a value is given as one that may be lost; null for none.</param>
/// <param name="drain">The data planes that are taken out of service; null for none.</param>
internal sealed class OverrideComposer(
    Fleet fleet,
    IReadOnlyDictionary<string, string> joined,
    IReadOnlyList<string>? disabled = null,
    Func<string, bool>? accepts = null,
    Func<string, bool>? isNamed = null,
    FleetDrain? drain = null
)
{
    // What the fleet says of an entry, and so is recomputed.
    private static readonly string[] Written = ["name", "endpoint", "enabled", "auth", "inCluster"];

    private readonly List<string> _kept = [];
    private readonly List<string> _removed = [];
    private readonly List<string> _emptied = [];
    private readonly List<string> _lost = [];
    private readonly List<string> _notes = [];

    /// <summary>Composes the override.</summary>
    /// <param name="live">Values that are live, the strongest first: the release's, those of revisions that another operator made meanwhile.</param>
    /// <param name="files">The user's own values, the strongest first.</param>
    /// <exception cref="RefusedException">A drain would leave labels without a cluster.</exception>
    /// <exception cref="InvalidOperationException">No label would have a cluster: the chart would drop the credential mounts.</exception>
    public ValuesOverride Compose(IReadOnlyList<JsonObject> live, params IReadOnlyList<JsonObject> files)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(files);
        _kept.Clear();
        _removed.Clear();
        _emptied.Clear();
        _lost.Clear();
        _notes.Clear();
        var clusters = Clusters(live, files);
        var labels = drain is null ? Labels(live, files, clusters) : DrainedLabels(drain, live, clusters);
        if (_emptied.Count > 0)
            throw new RefusedException([.. _emptied.Select(drain!.Empty)]);
        if (labels.Count == 0)
            throw new InvalidOperationException(
                "No label would have a cluster left, and without labels the chart does not mount the credentials. Give the clusters that have "
                    + "joined a label in the fleet."
            );
        var section = new JsonObject { ["labelClusterMap"] = labels, ["clusterConfigs"] = new JsonArray([.. clusters.Values]) };
        if (DefaultLabel(live) is { } defaultLabel && labels.ContainsKey(defaultLabel))
            section["defaultExecutionLabel"] = defaultLabel;
        var values = new JsonObject
        {
            ["flyteadmin"] = Volumes(live, files),
            ["configmap"] = new JsonObject { ["clusters"] = section },
        };
        if (fleet.ControlPlane.RunsWorkflows)
            values["flytepropeller"] = Propeller(live, files);
        return new ValuesOverride(values, [.. _kept.Distinct(StringComparer.Ordinal)])
        {
            Removed = [.. _removed.Distinct(StringComparer.Ordinal)],
            Lost = [.. _lost],
            Notes = Abortion(live) is { } note ? [note, .. _notes] : [.. _notes],
        };
    }

    private string? DefaultLabel(IReadOnlyList<JsonObject> live) =>
        drain is null
            ? fleet.DefaultLabel
            : live.Select(source => (string?)Section(source)?["defaultExecutionLabel"]).FirstOrDefault(label => !string.IsNullOrEmpty(label));

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
        if (members.Count > 0 && members.All(member => member.Id == control.Name || member.Weight == 0))
            return null;
        var goes = members.Count > 0 ? $"a cluster of the default label {fleet.DefaultLabel}" : "any enabled cluster, as there is no defaultLabel";
        return $"Executions from before this join have no cluster in FlyteAdmin. They finish in {control.Name}, but an abort goes to {goes}: "
            + $"unless that is {control.Name}, the work goes on. With a defaultLabel whose only cluster is {control.Name}, aborts work.";
    }

    // The files' entries win over the live ones, key by key: what only the live one has somebody set elsewhere.
    private OrderedDictionary<string, JsonObject> Clusters(IReadOnlyList<JsonObject> live, IReadOnlyList<JsonObject> files)
    {
        var (clusters, ofFiles) = (Entries(live.Concat(files), ClusterEntries, "name"), Entries(files, ClusterEntries, "name"));
        foreach (var (name, entry) in ofFiles)
            clusters[name] = Merged(clusters[name], entry);
        foreach (var (name, entry) in clusters)
        {
            var ofUser = ofFiles.GetValueOrDefault(name)?.Select(field => field.Key) ?? [];
            foreach (var key in entry.Select(field => field.Key).Except(Written.Concat(ofUser), StringComparer.Ordinal).ToArray())
            {
                if (isNamed?.Invoke($"configmap.clusters.clusterConfigs.{name}.{key}") == true)
                    entry.Remove(key);
                else
                    _kept.Add($"{key} of cluster {name}");
            }
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

        foreach (var name in (disabled ?? []).Where(clusters.ContainsKey))
        {
            if (clusters[name]["enabled"]?.ToJsonString() == "true")
                _notes.Add(
                    $"{name} is disabled in clusterConfigs although it did not answer: it gets no new executions, and it is not known what still runs there."
                );
            clusters[name]["enabled"] = false;
        }

        foreach (var name in clusters.Keys.Where(name => drain?.Contains(name) == true).ToArray())
        {
            if (drain!.IsRemoval)
                clusters.Remove(name);
            else
                clusters[name]["enabled"] = false;
        }

        if (fleet.ControlPlane.RunsWorkflows)
            clusters[fleet.ControlPlane.Name] = Merged(
                clusters.GetValueOrDefault(fleet.ControlPlane.Name),
                new JsonObject
                {
                    ["name"] = fleet.ControlPlane.Name,
                    ["enabled"] = true,
                    ["inCluster"] = true,
                }
            );
        return clusters;
    }

    private JsonObject Labels(IReadOnlyList<JsonObject> live, IReadOnlyList<JsonObject> files, OrderedDictionary<string, JsonObject> clusters)
    {
        var labels = new JsonObject();
        var ofFleet = fleet.Labels.Where(label => label.Clusters.Any(member => clusters.ContainsKey(member.Id))).ToArray();
        var fleetClusters = fleet.DataPlanes.Select(plane => plane.Name).Append(fleet.ControlPlane.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, members) in live.Concat(files).SelectMany(source => Section(source)?["labelClusterMap"] as JsonObject ?? []))
        {
            if (labels.ContainsKey(name) || members is not JsonArray found || ofFleet.Any(label => label.Name == name))
                continue;
            var ofFiles = files.Select(source => Section(source)?["labelClusterMap"]?[name]).OfType<JsonArray>().FirstOrDefault();
            var entries = ofFiles ?? found;

            // A label of the fleet's own clusters that the fleet no longer has is removed, not an entry to keep.
            if (fleet.Labels.All(label => label.Name != name) && entries.All(entry => fleetClusters.Contains((string?)entry?["id"] ?? string.Empty)))
            {
                if (ofFiles is null)
                    _removed.Add(name);
                continue;
            }

            labels[name] = entries.DeepClone();
            _kept.Add($"label {name}");
        }

        foreach (var label in ofFleet)
        {
            labels[label.Name] = ToJson(label.Clusters.Where(member => clusters.ContainsKey(member.Id)));
        }

        return labels;
    }

    // A drain touches the labels of the drained clusters alone, as they are live: what an earlier one has moved stays where it is.
    private JsonObject DrainedLabels(FleetDrain drained, IReadOnlyList<JsonObject> live, OrderedDictionary<string, JsonObject> clusters)
    {
        var labels = new JsonObject();
        foreach (var (name, entries) in live.SelectMany(source => Section(source)?["labelClusterMap"] as JsonObject ?? []))
        {
            if (labels.ContainsKey(name) || _emptied.Contains(name) || entries is not JsonArray)
                continue;
            var now = ClusterConfigs.Members(entries);
            var own = drained.Fleet.Labels.FirstOrDefault(label => label.Name == name)?.Clusters ?? [];
            if (Drained(drained, name, now, [.. own.Where(member => IsEnabled(clusters, member.Id))]) is { } left)
                labels[name] = ToJson(left.Where(member => clusters.ContainsKey(member.Id)));
            else
                _emptied.Add(name);
        }

        return labels;
    }

    // The fleet's own weights, where somebody has taken the cluster out of the label there.
    private static IReadOnlyList<WeightedCluster>? Drained(
        FleetDrain drained,
        string label,
        IReadOnlyList<WeightedCluster> now,
        IReadOnlyList<WeightedCluster> own
    )
    {
        if (!now.Any(member => drained.Contains(member.Id)))
            return drained.Moves.TryGetValue(label, out var target) && now.All(member => member.Id != target) && own.Any(member => drained.Contains(member.Id))
                ? drained.Without(label, own)
                : now;
        var isTakenOut = own.Count > 0 && !own.Any(member => drained.Contains(member.Id)) && !drained.Moves.ContainsKey(label);
        return isTakenOut ? LabelWeights.Scaled(own) : drained.Without(label, now);
    }

    private bool IsEnabled(OrderedDictionary<string, JsonObject> clusters, string name) =>
        drain?.Contains(name) == true || clusters.GetValueOrDefault(name)?["enabled"]?.ToJsonString() == "true";

    private static JsonArray ToJson(IEnumerable<WeightedCluster> members) =>
        [.. members.Select(member => new JsonObject { ["id"] = member.Id, ["weight"] = member.Weight })];

    // Lists in the chart: whatever else is mounted has to be in them too.
    private JsonObject Volumes(IReadOnlyList<JsonObject> live, IReadOnlyList<JsonObject> files)
    {
        var volume = new JsonObject
        {
            ["name"] = CredentialsSecret.Name,
            ["secret"] = new JsonObject { ["secretName"] = CredentialsSecret.Name },
        };
        var mount = new JsonObject { ["name"] = CredentialsSecret.Name, ["mountPath"] = CredentialsSecret.MountPath };
        var volumes = new JsonObject
        {
            ["additionalVolumes"] = Listed(live, files, "additionalVolumes", "name", volume),
            ["additionalVolumeMounts"] = Listed(live, files, "additionalVolumeMounts", "mountPath", mount),
        };
        const string initMounts = "initContainerClusterSyncAdditionalVolumeMounts";
        if (Listed(live, files, initMounts, "mountPath", null) is { Count: > 0 } byHand)
            volumes[initMounts] = byHand;
        return volumes;
    }

    // The files' list as it is now. What the live one has besides was in the files before, or was added elsewhere: it is no longer wanted, or it is a loss.
    private JsonArray Listed(IReadOnlyList<JsonObject> live, IReadOnlyList<JsonObject> files, string list, string key, JsonObject? own)
    {
        var ofFiles = Entries(files, source => source["flyteadmin"]?[list], key);
        var entries = Entries(live, source => source["flyteadmin"]?[list], key);
        var ownKey = own is null ? null : Key(own, key);
        foreach (var (name, entry) in entries.ToArray())
        {
            if (name == ownKey || ofFiles.ContainsKey(name))
                continue;
            if (key == "mountPath" && ofFiles.Values.FirstOrDefault(mount => (string?)mount["name"] == (string?)entry["name"]) is { } moved)
            {
                entries.Remove(name);
                _notes.Add($"flyteadmin.{list}: the values files mount volume {(string?)entry["name"]} at {Key(moved, key)}, and no longer at {name}.");
            }
            else if (accepts?.Invoke($"flyteadmin.{list}.{name}") == true)
            {
                entries.Remove(name);
                _notes.Add($"flyteadmin.{list}: {name} is set nowhere else and is removed, as accepted.");
            }
            else
            {
                _lost.Add($"flyteadmin.{list}.{name}");
            }
        }

        foreach (var (name, entry) in ofFiles)
            entries[name] = entry;
        if (own is not null)
            entries[ownKey!] = own;
        return new JsonArray([.. entries.Values]);
    }

    private static OrderedDictionary<string, JsonObject> Entries(IEnumerable<JsonObject> sources, Func<JsonObject, JsonNode?> list, string key)
    {
        var entries = new OrderedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var entry in sources.SelectMany(source => list(source) as JsonArray ?? []).OfType<JsonObject>())
        {
            if (key != "name" || entry[key] is not null)
                entries.TryAdd(Key(entry, key), (JsonObject)entry.DeepClone());
        }

        return entries;
    }

    private static JsonNode? ClusterEntries(JsonObject source) => Section(source)?["clusterConfigs"];

    private static string Key(JsonObject entry, string key) => (string?)entry[key] ?? string.Empty;

    private static JsonObject Entry(DataPlane plane, string endpoint) =>
        new()
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
