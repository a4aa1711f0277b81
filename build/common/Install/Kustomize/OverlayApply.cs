using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>
/// Makes a cluster hold an overlay's objects: server-side apply of those that differ, and the end of those that this program once applied
/// and the overlay no longer has.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="gate">The gate that the changes pass.</param>
/// <param name="journal">Gets notes of what is kept.</param>
/// <param name="values">Compares as Helm does.</param>
/// <param name="timeout">The longest wait for a CustomResourceDefinition.</param>
public sealed class OverlayApply(FleetRun run, ClusterRun cluster, IChangeGate gate, RunJournal journal, IHelmValues values, TimeSpan timeout)
{
    // What others need comes first.
    private static readonly string[][] Order =
    [
        ["Namespace"],
        ["CustomResourceDefinition"],
        [
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "ConfigMap",
            "Secret",
            "Service",
            "PersistentVolumeClaim",
            "PriorityClass",
            "ResourceQuota",
            "LimitRange",
        ],
    ];

    private static readonly string[] Volatile = ["managedFields", "resourceVersion", "generation"];

    private readonly ApiResources _resources = new(cluster.Api);
    private readonly ConcurrentDictionary<string, bool> _newPods = new(StringComparer.Ordinal);

    // Flyte writes them as a whole once they are there.
    private IReadOnlySet<string> _flytes = new HashSet<string>();

    /// <summary>The Deployments whose pods were replaced or made, or would be with the gate open.</summary>
    public IReadOnlySet<string> NewPods => _newPods.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>Applies the objects and prunes.</summary>
    /// <param name="objects">The overlay's objects, patched.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">A kind is unknown, or a CustomResourceDefinition is not established in time.</exception>
    public async Task<bool> RunAsync(IReadOnlyList<JsonObject> objects, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(objects);
        _flytes = GeneratedSecrets.Secrets(objects);
        var inventory = new Inventory(run, cluster);
        var noted = await inventory.ReadAsync(cancellationToken);
        foreach (var manifest in objects)
            Mark(manifest);
        var phases = objects.GroupBy(Phase).OrderBy(phase => phase.Key).ToArray();
        var changed = await PhaseAsync(phases.FirstOrDefault(phase => phase.Key == 0), cancellationToken);
        if (!objects.Any(IsOwnNamespace))
            changed |= !await HasNamespaceAsync(cancellationToken);
        changed |= await PhaseAsync(phases.FirstOrDefault(phase => phase.Key == 1), cancellationToken);
        ObjectId[] wanted = [.. await Task.WhenAll(objects.Select(manifest => IdAsync(manifest, cancellationToken)))];
        changed |= await inventory.WriteAsync(noted.Concat(wanted), gate, cancellationToken);
        foreach (var phase in phases.Where(phase => phase.Key > 1))
            changed |= await PhaseAsync(phase, cancellationToken);
        foreach (var left in noted.Where(id => !wanted.Any(id.IsSame)))
            changed |= await PruneAsync(left, cancellationToken);
        changed |= await inventory.WriteAsync(wanted, gate, cancellationToken);
        return changed;
    }

    /// <summary>Deletes what this program has applied in the cluster, what needs others first; the namespace and what somebody made again stay.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        var inventory = new Inventory(run, cluster);
        var noted = await inventory.ReadAsync(cancellationToken);
        var live = await Task.WhenAll(noted.Where(id => id.Kind == "Deployment").Select(id => LiveAsync(id, cancellationToken)));
        _flytes = GeneratedSecrets.Secrets([.. live.OfType<JsonObject>()]).Append(GeneratedSecrets.WebhookSecret).ToHashSet(StringComparer.Ordinal);
        var changed = false;
        foreach (var phase in noted.Where(id => id.Kind != "Namespace").GroupBy(id => Phase(id.Bare())).OrderByDescending(phase => phase.Key))
        {
            foreach (var left in phase)
                changed |= await PruneAsync(left, cancellationToken, "its data plane is removed");
        }

        return await inventory.DeleteAsync(gate, cancellationToken) || changed;
    }

    private static int Phase(JsonObject manifest) =>
        Array.FindIndex(Order, kinds => kinds.Contains((string?)manifest["kind"], StringComparer.Ordinal)) is var index and >= 0 ? index : Order.Length;

    private bool IsOwnNamespace(JsonObject manifest) => (string?)manifest["kind"] == "Namespace" && (string?)manifest["metadata"]?["name"] == run.Namespace;

    private async Task<bool> HasNamespaceAsync(CancellationToken cancellationToken)
    {
        var before = gate.Changes.Count(change => change.Cluster == cluster.Name);
        await FlyteNamespace.EnsureAsync(run, cluster, gate, cancellationToken);
        return gate.Changes.Count(change => change.Cluster == cluster.Name) == before;
    }

    private void Mark(JsonObject manifest)
    {
        if (manifest["metadata"] is not JsonObject metadata)
            manifest["metadata"] = metadata = [];
        if (metadata["labels"] is not JsonObject labels)
            metadata["labels"] = labels = [];
        labels[Overlay.Label] = cluster is ControlPlaneRun ? "controlplane" : "dataplane";
    }

    private async Task<bool> PhaseAsync(IEnumerable<JsonObject>? phase, CancellationToken cancellationToken)
    {
        var manifests = phase?.ToArray() ?? [];
        var changed = await Task.WhenAll(manifests.Select(manifest => ApplyAsync(manifest, cancellationToken)));
        if (gate.IsOpen)
            await Task.WhenAll(
                manifests
                    .Where(manifest => (string?)manifest["kind"] == "CustomResourceDefinition")
                    .Select(manifest => UntilEstablishedAsync(manifest, cancellationToken))
            );
        return changed.Contains(true);
    }

    private async Task<bool> ApplyAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        var id = await IdAsync(manifest, cancellationToken);
        var found = await _resources.FindAsync(manifest, run.Namespace, cancellationToken);
        if (found is not null)
            Place((JsonObject)manifest["metadata"]!, found.Value.Namespace);
        var live = found is null ? null : await cluster.Api.GetAsync(found.Value.Path, cancellationToken);
        string? detail = null;
        var planned = manifest;
        if (live is not null && id.Kind == "Secret" && _flytes.Contains(id.Name))
            return false;
        if (live is not null)
        {
            // Without a number in the manifest the server keeps the 0 that somebody scaled it to.
            if (ManifestFields.IsIdleWithoutNumber(manifest, live))
                PodTemplates.Child(manifest, "spec")["replicas"] = 1;
            var dry = await cluster.Api.PreviewAsync(found!.Value.Path, manifest, FieldManagers.Tool, cancellationToken);
            if (values.Same(Stable(live), Stable(dry)))
                return false;
            if (id.Kind == "Deployment" && !values.Same(live["spec"]?["template"], dry["spec"]?["template"]))
                _newPods[id.Name] = true;
            detail = FormatList(values.Changed(Stable(live), Stable(dry)));
            planned = dry;
        }
        else if (id.Kind == "Deployment")
        {
            _newPods[id.Name] = true;
        }
        else if (gate.Changes.Any(change => (change.Cluster, change.Kind, change.Name) == (cluster.Name, id.Kind, id.Name) && id.Kind == "Namespace"))
        {
            // Reported already, by an earlier stage of a plan.
            return true;
        }

        var made = new Change(cluster.Name, id.Kind, id.Namespace, id.Name, live is null ? ChangeAction.Create : ChangeAction.Update, detail)
        {
            Difference = _ => Task.FromResult(Differences(new ObjectPair(id.Kind, id.Namespace, id.Name, live, planned))),
        };
        await gate.PassAsync(
            made,
            (permit, token) => cluster.Api.ApplyAsync(permit, found!.Value.Path, manifest, FieldManagers.Tool, token),
            cancellationToken
        );
        return true;
    }

    // A new object is listed by its kind and name.
    private static IReadOnlyList<ObjectDifference> Differences(ObjectPair pair) =>
        pair.Before is null ? [ObjectDifferences.Unshown(pair)] : ObjectDifferences.Of(pair);

    private async Task<ObjectId> IdAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        var id = ObjectId.Of(manifest);
        if (await _resources.FindAsync(manifest, run.Namespace, cancellationToken) is var (_, scope))
            return id with { Namespace = scope };
        return gate.IsOpen
            ? throw new InvalidOperationException(
                $"The API server has no kind {id.Kind} of {id.ApiVersion}. Put its CustomResourceDefinition into the overlay, or install it before."
            )
            : id;
    }

    private async Task<bool> PruneAsync(ObjectId left, CancellationToken cancellationToken, string? removed = null)
    {
        if (left.IsKept && removed is null)
        {
            journal.Add(
                $"{left.Kind} {left.Name} in {cluster.Name} is no longer in the overlay and is kept: everything in it would be deleted with it. "
                    + "Delete it yourself if that is intended."
            );
            return false;
        }

        if (
            await _resources.FindAsync(left.Bare(), run.Namespace, cancellationToken) is not var (path, _)
            || await cluster.Api.GetAsync(path, cancellationToken) is not { } live
        )
            return false;
        var isFlytes = removed is not null && left.Kind == "Secret" && _flytes.Contains(left.Name);
        if (!Overlay.IsOwn(live) && !isFlytes)
        {
            journal.Add($"{left.Kind} {left.Name} in {cluster.Name} is no longer in the overlay and is kept: somebody created it again.");
            return false;
        }

        var change = new Change(cluster.Name, left.Kind, left.Namespace, left.Name, ChangeAction.Delete, removed ?? "it is no longer in the overlay");
        await gate.PassAsync(change, (permit, token) => cluster.Api.DeleteAsync(permit, path, (string?)live["metadata"]?["uid"], token), cancellationToken);
        return true;
    }

    private async Task<JsonObject?> LiveAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _resources.FindAsync(id.Bare(), run.Namespace, cancellationToken) is var (path, _) ? await cluster.Api.GetAsync(path, cancellationToken) : null;

    private async Task UntilEstablishedAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        var until = cluster.Api.Time.GetUtcNow() + timeout;
        var (path, _) = (await _resources.FindAsync(manifest, run.Namespace, cancellationToken))!.Value;
        while (true)
        {
            var conditions = (await cluster.Api.GetAsync(path, cancellationToken))?["status"]?["conditions"] as JsonArray ?? [];
            if (conditions.Any(condition => (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True"))
                return;
            if (cluster.Api.Time.GetUtcNow() > until)
                throw new InvalidOperationException(
                    $"CustomResourceDefinition {ObjectId.Of(manifest).Name} was not established within {timeout.TotalSeconds:0} s. "
                        + $"{cluster.Kubectl($"describe crd {ObjectId.Of(manifest).Name}")} says why."
                );
            await Task.Delay(TimeSpan.FromMilliseconds(100), cluster.Api.Time, cancellationToken);
        }
    }

    // A namespace on an object of the cluster means nothing, and one of a namespace needs it.
    private static void Place(JsonObject metadata, string? scope)
    {
        if (scope is null)
            metadata.Remove("namespace");
        else
            metadata["namespace"] = scope;
    }

    private static JsonObject Stable(JsonObject stored)
    {
        var stable = (JsonObject)stored.DeepClone();
        stable.Remove("status");
        foreach (var field in Volatile)
            (stable["metadata"] as JsonObject)?.Remove(field);
        return stable;
    }

    private static string FormatList(IReadOnlyList<string> all) => ShortList.Of(all, 4);
}
