using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>An owner reference.</summary>
/// <param name="Uid">The owner's uid.</param>
/// <param name="Kind">The owner's kind.</param>
/// <param name="Name">The owner's name.</param>
/// <param name="Controller">Whether the owner manages the object.</param>
/// <param name="Blocks">blockOwnerDeletion.</param>
internal sealed record Owner(string Uid, string Kind, string Name, bool Controller, bool Blocks);

/// <summary>An object as the controllers last saw it. Read only; content of Secrets and ConfigMaps is left out.</summary>
internal sealed class CachedObject
{
    /// <summary>Takes the object over.</summary>
    public CachedObject(string group, string resource, JsonObject obj)
    {
        var metadata = obj.Child("metadata") ?? [];
        metadata.Remove("managedFields");
        if (resource is "secrets" or "configmaps" && group.Length == 0)
        {
            obj.Remove("data");
            obj.Remove("binaryData");
        }

        Object = obj;
        Key = new ObjectKey(group, resource, metadata.Text("namespace") ?? "", metadata.Text("name") ?? "");
        Uid = metadata.Text("uid") ?? "";
        Version = long.TryParse(metadata.Text("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
        Generation = metadata.Number("generation") ?? 0;
        Deleting = metadata.Text("deletionTimestamp") is not null;
        Owners =
        [
            .. metadata
                .Objects("ownerReferences")
                .Select(o => new Owner(o.Text("uid") ?? "", o.Text("kind") ?? "", o.Text("name") ?? "", o.Flag("controller"), o.Flag("blockOwnerDeletion"))),
        ];
    }

    public ObjectKey Key { get; }

    public string Uid { get; }

    public long Version { get; }

    public long Generation { get; }

    /// <summary>Whether deletionTimestamp is set.</summary>
    public bool Deleting { get; }

    public IReadOnlyList<Owner> Owners { get; }

    public JsonObject Object { get; }

    /// <summary>The owner that manages it.</summary>
    public Owner? Controller => Owners.FirstOrDefault(o => o.Controller);

    /// <summary>Whether a finalizer of this name holds it.</summary>
    public bool HasFinalizer(string name) => (Object.Child("metadata")?.Texts("finalizers") ?? []).Contains(name, StringComparer.Ordinal);
}

/// <summary>What happened to an object.</summary>
/// <param name="Old">Before; null for a new one.</param>
/// <param name="Now">After; null for a deleted one.</param>
internal sealed record Change(CachedObject? Old, CachedObject? Now)
{
    public ObjectKey Key => (Now ?? Old)!.Key;

    /// <summary>Whether it appeared, vanished, got a deletionTimestamp or a new generation.</summary>
    public bool IsMoreThanStatus => Old is null || Now is null || Old.Deleting != Now.Deleting || Old.Generation != Now.Generation || Old.Uid != Now.Uid;
}
