using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>The resources that a cluster serves now: the built-in ones and those of its CustomResourceDefinitions.</summary>
internal sealed class ResourceCatalog
{
    private static readonly ImmutableDictionary<(string, string, string), ResourceInfo> BuiltIn = BuiltInResources.All.ToImmutableDictionary(r =>
        (r.Group, r.Version, r.Plural)
    );

    private ImmutableDictionary<(string Group, string Version, string Plural), ResourceInfo> _served = BuiltIn;
    private ImmutableDictionary<string, ImmutableArray<ResourceInfo>> _custom = ImmutableDictionary<string, ImmutableArray<ResourceInfo>>.Empty.WithComparers(
        StringComparer.Ordinal
    );

    private ImmutableDictionary<string, string> _specs = ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The custom resources, by definition name, in name order; empty in a fresh cluster.</summary>
    public IReadOnlyList<ResourceInfo> Custom => [.. _custom.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => p.Value)];

    /// <summary>The same for catalogs that serve the same; empty when only built-in resources are served.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>All resources, built-in ones first.</summary>
    public IEnumerable<ResourceInfo> All => BuiltInResources.All.Concat(Custom);

    /// <summary>Finds a served resource.</summary>
    public ResourceInfo? Find(string group, string version, string plural) => _served.GetValueOrDefault((group, version, plural));

    /// <summary>Finds a resource in whatever version it is served, the first one where there are several.</summary>
    public ResourceInfo? Find(string group, string plural) =>
        BuiltInResources.All.FirstOrDefault(r => r.Group == group && r.Plural == plural) ?? Custom.FirstOrDefault(r => r.Group == group && r.Plural == plural);

    /// <summary>Whether any resource of the group version is served.</summary>
    public bool Serves(string group, string version) => _served.Keys.Any(k => k.Group == group && k.Version == version);

    /// <summary>Takes the versions that a CustomResourceDefinition serves into the catalog.</summary>
    public void Define(JsonObject definition)
    {
        string name = definition.Metadata("name")!;
        Remove(name);
        ImmutableArray<ResourceInfo> versions = [.. CustomResources.Of(definition)];
        _custom = _custom.SetItem(name, versions);
        _served = _served.SetItems(versions.Select(v => KeyValuePair.Create((v.Group, v.Version, v.Plural), v)));
        _specs = _specs.SetItem(name, definition["spec"]?.ToJsonString() ?? "");
        Fingerprint = Print();
    }

    /// <summary>Forgets a CustomResourceDefinition's resources.</summary>
    public void Remove(string definitionName)
    {
        if (!_custom.TryGetValue(definitionName, out ImmutableArray<ResourceInfo> old))
            return;
        _served = _served.RemoveRange(old.Select(v => (v.Group, v.Version, v.Plural)));
        _custom = _custom.Remove(definitionName);
        _specs = _specs.Remove(definitionName);
        Fingerprint = Print();
    }

    private string Print()
    {
        if (_specs.IsEmpty)
            return "";
        string all = string.Join('\n', _specs.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Key + s.Value));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }
}
