using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Patching;

/// <summary>managedFields as the API server keeps them. Stateless.</summary>
public sealed class ManagedFields : IManagedFields
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly FieldSet NeverOwned = FieldSet.FromFieldsV1(
        new JsonObject
        {
            ["f:apiVersion"] = new JsonObject(),
            ["f:kind"] = new JsonObject(),
            ["f:metadata"] = new JsonObject([
                .. new[]
                {
                    ".",
                    "f:name",
                    "f:namespace",
                    "f:creationTimestamp",
                    "f:selfLink",
                    "f:uid",
                    "f:clusterName",
                    "f:generation",
                    "f:managedFields",
                    "f:resourceVersion",
                    "f:deletionTimestamp",
                    "f:deletionGracePeriodSeconds",
                }.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject())),
            ]),
        }
    );

    /// <summary>
    /// Keeps the times of the stored managedFields in an object that differs from the stored one in nothing else (resourceVersion apart):
    /// for a caller that fills in defaults after <see cref="Apply"/> or <see cref="Track"/>.
    /// </summary>
    /// <returns>A copy of <paramref name="live"/> if nothing else differs; otherwise <paramref name="next"/> itself.</returns>
    public static JsonObject KeepTimes(JsonObject live, JsonObject next) =>
        JsonNode.DeepEquals(WithoutTimes(live), WithoutTimes(next)) ? live.DeepClone().AsObject() : next;

    /// <inheritdoc/>
    public JsonObject Apply(JsonObject? live, JsonObject applied, string manager, bool force, DateTimeOffset now, string? subresource = null)
    {
        ArgumentNullException.ThrowIfNull(applied);
        var kind = KindSchemas.For(applied);
        AppliedLists.Check(applied, kind.Schema);
        var managers = Managers.Read(live) ?? [];
        var stored = live is null ? EmptyObject(applied) : WithoutManagedFields(StoredForm.Of(live));
        if (live is not null && managers.Count == 0)
            Own(managers, "before-first-apply", stored, TypedComparison.Of(kind.Empty, WithEmpty(stored, kind), kind.Schema), now, null);
        var operation = new Application(
            kind,
            stored,
            Settable(applied, kind, subresource),
            managers,
            new ManagerKey(manager, IsApply: true, "", subresource ?? ""),
            Managers.Stamp(now)
        );
        // kubectl alone takes over, unasked, what it applied client-side itself.
        var result = operation.Run(force, manager == "kubectl" ? ClientSideApplied(stored) : null, NeverOwned);
        if (manager == "kubectl")
            RefreshLastApplied(result, applied);
        result = WithManagedFields(StoredForm.Of(result), operation.Managers);
        return live is null ? result : KeepTimes(live, result);
    }

    /// <inheritdoc/>
    public JsonObject Track(JsonObject? before, JsonObject after, string manager, DateTimeOffset now, string? subresource = null)
    {
        ArgumentNullException.ThrowIfNull(after);
        var kind = KindSchemas.For(after);
        var stored = WithoutManagedFields(StoredForm.Of(after));
        var written = string.IsNullOrEmpty(subresource) ? after : null;
        var managers = written is not null && Managers.IsReset(written) ? [] : Managers.Read(written) ?? Managers.Read(before) ?? [];
        // Without managers, an object that exists stays untracked until it is applied.
        if (before is not null && managers.Count == 0)
            return stored;
        var old = before is null ? kind.Empty : WithEmpty(WithoutManagedFields(StoredForm.Of(before)), kind);
        var changes = TypedComparison.Of(old, WithEmpty(stored, kind), kind.Schema).WithoutRoots(element => IsKept(element, kind, subresource));
        Own(managers, manager, stored, changes, now, subresource);
        managers.Cap();
        return WithManagedFields(stored, managers);
    }

    private static void Own(Managers managers, string manager, JsonObject written, TypedComparison changes, DateTimeOffset now, string? subresource)
    {
        var changed = changes.Changed;
        managers.Reduce((_, fields) => fields.Difference(changes.Removed).Difference(changed));
        var own = changed.Difference(NeverOwned);
        if (own.IsEmpty)
            return;
        var version = (string?)written["apiVersion"] ?? "";
        var key = new ManagerKey(manager, IsApply: false, version, subresource ?? "");
        var fields = managers.TryGetValue(key, out var entry) ? entry.Fields.Union(own) : own;
        managers[key] = new ManagerEntry(fields, version, Managers.Stamp(now));
    }

    /// <summary>Whether a write through the subresource leaves a field of the object as it is.</summary>
    private static bool IsKept(string element, KindSchema kind, string? subresource) =>
        subresource switch
        {
            null or "" => kind.HasStatus && element == "f:status",
            "status" => element == "f:spec",
            _ => false,
        };

    private static JsonObject Settable(JsonObject applied, KindSchema kind, string? subresource)
    {
        var result = WithoutManagedFields(applied.DeepClone().AsObject());
        foreach (var name in result.Select(field => field.Key).Where(name => IsKept(PathElement.Field(name), kind, subresource)).ToList())
            result.Remove(name);
        return result;
    }

    private static FieldSet? ClientSideApplied(JsonObject stored)
    {
        if ((string?)stored["metadata"]?["annotations"]?[LastApplied] is not { } text)
            return null;
        try
        {
            return JsonNode.Parse(text) is JsonObject config ? TypedValue.FieldsOf(config, KindSchemas.For(stored).Schema) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static void RefreshLastApplied(JsonObject result, JsonObject applied)
    {
        if (result["metadata"]?["annotations"] is not JsonObject annotations || !annotations.ContainsKey(LastApplied))
            return;
        var config = WithoutManagedFields(applied.DeepClone().AsObject());
        if (config["metadata"]?["annotations"] is JsonObject own)
            own.Remove(LastApplied);
        annotations[LastApplied] = config.ToJsonString(PathElement.Relaxed) + "\n";
    }

    private static JsonObject EmptyObject(JsonObject like) =>
        new()
        {
            ["apiVersion"] = (string?)like["apiVersion"],
            ["kind"] = (string?)like["kind"],
            ["metadata"] = new JsonObject(),
        };

    private static JsonObject WithEmpty(JsonObject obj, KindSchema kind) => TypedMerge.Merge(kind.Empty, obj, kind.Schema)!.AsObject();

    private static JsonObject WithoutManagedFields(JsonObject obj)
    {
        (obj["metadata"] as JsonObject)?.Remove("managedFields");
        return obj;
    }

    private static JsonObject WithManagedFields(JsonObject obj, Managers managers)
    {
        if (managers.Count > 0 && obj["metadata"] is JsonObject metadata)
            metadata["managedFields"] = managers.ToJson();
        return obj;
    }

    private static JsonObject WithoutTimes(JsonObject obj)
    {
        var copy = obj.DeepClone().AsObject();
        (copy["metadata"] as JsonObject)?.Remove("resourceVersion");
        foreach (var entry in copy["metadata"]?["managedFields"] as JsonArray ?? [])
            (entry as JsonObject)?.Remove("time");
        return copy;
    }
}
