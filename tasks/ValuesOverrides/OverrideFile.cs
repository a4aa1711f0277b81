using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.ValuesOverrides;

/// <summary>The control plane's values files with the override last, composed from the live release.</summary>
/// <param name="context">The run.</param>
/// <param name="identities">The cloud identities of Flyte's service accounts; null for none.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
internal sealed class OverrideFile(FlyteContext context, CloudIdentities? identities, IHelmValues values)
{
    /// <summary>The values files before the override: base, the chart's values-controlplane.yaml, the control plane's.</summary>
    public IReadOnlyList<string> BaseFiles =>
        [.. context.Run.Fleet.Flyte.Values, context.Run.Chart.ControlPlaneValues, .. context.Run.ControlPlane.Spec.Values];

    /// <summary>All values files, the override last.</summary>
    public IReadOnlyList<string> Files => [.. BaseFiles, context.Run.ControlPlane.ValuesOverride!];

    /// <summary>Composes the override for the data planes that have not failed.</summary>
    /// <param name="live">The live release; null where there is none.</param>
    /// <param name="meanwhile">The values of revisions that another operator made during this run.</param>
    /// <exception cref="InvalidOperationException">No label would be left with a cluster.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public ValuesOverride Compose(HelmRelease? live, params IReadOnlyList<JsonObject> meanwhile)
    {
        var files = Base();
        var composed = Compose(context, [.. new[] { live, live?.Deployed }.OfType<HelmRelease>().Select(revision => revision.Config), .. meanwhile], files);
        if (identities is null)
            return composed;
        IdentityValues.Annotate(composed.Values, identities, isControlPlane: true, context.Run.Fleet.ControlPlane.RunsWorkflows);
        var resources = new ClusterResourceValues(identities, values.Merge(context.Run.Chart.Defaults, files));
        if (resources.Compose() is { } found)
            composed.Values["cluster_resource_manager"] = found;
        var overridden = IdentityValues.Overridden(files, identities, isControlPlane: true, context.Run.Fleet.ControlPlane.RunsWorkflows);
        return composed with { Notes = [.. composed.Notes, .. overridden, .. resources.Notes] };
    }

    /// <summary>Composes the override where there may be no live release, as Argo CD leaves none, and no data plane with a credential yet.</summary>
    /// <param name="live">The live release; null where there is none.</param>
    /// <param name="loaded">What the control plane has loaded (<see cref="LoadedValues"/>); null for nothing.</param>
    /// <exception cref="InvalidOperationException">No label would be left with a cluster.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public ValuesOverride ComposeLoaded(HelmRelease? live, JsonObject? loaded)
    {
        var hasNone = loaded?["configmap"]?["clusters"]?["clusterConfigs"] is not JsonArray { Count: > 0 };
        return hasNone && !context.Run.Fleet.ControlPlane.RunsWorkflows && context.Run.Active.All(plane => plane.Endpoint is null)
            ? new ValuesOverride([], [])
            : Compose(live, live is null && loaded is not null ? [loaded] : []);
    }

    /// <summary>Composes the override for this run's data planes.</summary>
    /// <param name="context">The run.</param>
    /// <param name="live">Values that are live, the strongest first; what they have and the fleet does not name is kept.</param>
    /// <param name="files">The user's own values, the strongest first.</param>
    public static ValuesOverride Compose(FlyteContext context, IReadOnlyList<JsonObject> live, params IReadOnlyList<JsonObject> files)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(live);
        var endpoints = context
            .Run.Active.Where(plane => plane.Endpoint is not null && context.Run.Drain?.Contains(plane.Name) != true)
            .ToDictionary(plane => plane.Name, plane => plane.Endpoint!, StringComparer.Ordinal);
        var disabled = context
            .Run.DataPlanes.Where(plane => (plane.Failure ?? plane.LeftOutReason) is not null && !plane.Spec.Enabled)
            .Select(plane => plane.Name);
        var composer = new OverrideComposer(context.Run.Fleet, endpoints, [.. disabled], context.Options.Accepts, context.Options.IsNamed, context.Run.Drain);
        var composed = composer.Compose(live, files);
        context.Run.ControlPlane.State.Of<WrittenOverride>().Clusters = composed.Values["configmap"]?["clusters"] as JsonObject;
        return composed;
    }

    private const string Cluster = "cluster ";

    /// <summary>Notes what was kept.</summary>
    public static void ReportKept(FlyteContext context, ValuesOverride composed)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(composed);
        foreach (var note in composed.Notes)
            context.Journal.Add(note);
        if (composed.Kept.Count == 0)
            return;
        var clusters = composed.Kept.Where(kept => kept.StartsWith(Cluster, StringComparison.Ordinal)).Select(kept => kept[Cluster.Length..]);
        var remove = SuggestedCommand.Target(TargetNames.RemoveDataPlane, context.Options with { Clusters = [.. clusters] });
        var hint = composed.Kept.Any(kept => kept.StartsWith(Cluster, StringComparison.Ordinal)) ? $" If nobody needs them any more: {remove}" : string.Empty;
        context.Journal.Add($"Kept in the control plane although the fleet does not name them: {string.Join(", ", composed.Kept)}.{hint}");
    }

    /// <summary>The merged values that the control plane would get with an override.</summary>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public JsonObject Planned(ValuesOverride composed)
    {
        ArgumentNullException.ThrowIfNull(composed);
        return values.Merge(Base(), composed.Values);
    }

    /// <summary>What the live release has in the lists of the worker Pods' identity, and wanted values have not, as paths; none without a cloud.</summary>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public IReadOnlyList<string> Lost(HelmRelease live, JsonObject wanted)
    {
        ArgumentNullException.ThrowIfNull(live);
        return identities is null ? [] : new ClusterResourceValues(identities, []).Lost(live.Config, live.ChartValues, wanted, Base());
    }

    /// <summary>What the upgrade would change for clusters that the fleet does not name: the cloud identities of their service accounts. Null where it is
    /// nothing.</summary>
    public string? Displaced(JsonObject live)
    {
        ArgumentNullException.ThrowIfNull(live);
        if (identities is null)
            return null;
        var own = context.Run.Fleet.DataPlanes.Select(plane => plane.Name).Append(context.Run.Fleet.ControlPlane.Name).ToHashSet(StringComparer.Ordinal);
        string[] others =
        [
            .. (live["configmap"]?["clusters"]?["clusterConfigs"] as JsonArray ?? [])
                .Select(entry => (string?)entry?["name"])
                .OfType<string>()
                .Where(name => !own.Contains(name)),
        ];
        var displaced = SharedIdentities.Displaced(identities, live);
        return others.Length == 0 || displaced.Count == 0
            ? null
            : $"It holds clusters that this fleet does not name ({string.Join(", ", others)}), and gives them {string.Join(", ", displaced)}; this "
                + $"fleet would give them {identities.ControlPlane} and {identities.Workers}, because flyteadmin has one for all clusters.";
    }

    /// <summary>Writes the override where it is not so yet, and notes what was kept.</summary>
    /// <returns>True when the file changed.</returns>
    public bool Write(ValuesOverride composed)
    {
        ArgumentNullException.ThrowIfNull(composed);
        ReportKept(context, composed);
        var file = Path.Combine(context.Run.Artifacts, "values-override.yaml");
        context.Run.ControlPlane.ValuesOverride = file;
        return ArtifactFile.Write(
            file,
            $"# Written by WriteValuesOverride from {context.Run.Fleet.Path} and the live release; changes here are "
                + $"overwritten.\n{values.Write(composed.Values)}"
        );
    }

    private JsonObject Base() => values.MergeFiles(BaseFiles);
}
