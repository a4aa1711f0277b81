using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>
/// A mapping of the fleet file with its merge keys resolved as YAML 1.1 says (own keys win, earlier merges win over later ones),
/// and typed access to its values. Whatever is wrong is noted and a harmless value returned, so that the rest can be checked too.
/// </summary>
internal sealed class FleetMap
{
    private readonly Dictionary<string, (SourceNode Key, SourceNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _misspelt = new(StringComparer.Ordinal);
    private readonly FleetProblems _problems;

    private FleetMap(SourceNode node, string name, FleetProblems problems)
    {
        Node = node;
        Name = name;
        _problems = problems;
        Collect(node, isMerged: false);
    }

    /// <summary>Where the mapping stands.</summary>
    public SourceNode Node { get; }

    /// <summary>What the mapping is called in messages.</summary>
    public string Name { get; }

    /// <summary>The keys in order, each with its node and its value.</summary>
    public IEnumerable<(string Name, SourceNode Key, SourceNode Value)> Entries => _entries.Select(entry => (entry.Key, entry.Value.Key, entry.Value.Value));

    /// <summary>Opens a mapping whose keys are the user's.</summary>
    /// <returns>The mapping; null, with the problem noted, when the node is none.</returns>
    public static FleetMap? Open(SourceNode node, string name, FleetProblems problems)
    {
        problems.Visit(node);
        if (node.Kind == SourceKind.Mapping)
        {
            return new FleetMap(node, name, problems);
        }

        problems.Add(node, $"{name} must be a mapping, not {FleetValue.Kind(node)}.", "Write 'key: value' lines under it.");
        return null;
    }

    /// <summary>Opens a mapping of known keys; others are noted.</summary>
    public static FleetMap? Open(SourceNode node, string name, IReadOnlyList<string> known, FleetProblems problems)
    {
        var map = Open(node, name, problems);
        foreach (var (key, at, _) in map?.Entries ?? [])
        {
            var isExtension = ReferenceEquals(known, FleetKeys.Root) && key.StartsWith(FleetKeys.ExtensionPrefix, StringComparison.Ordinal);
            if (!isExtension && !known.Contains(key, StringComparer.Ordinal))
            {
                problems.Add(at, $"{name} has no key '{FleetValue.Format(key)}'.", Nearest.Remedy(key, known));
                map!._misspelt.Add(Nearest.To(key, known) ?? "");
            }
        }

        return map;
    }

    /// <summary>The value of a key; null where it is absent or null.</summary>
    public SourceNode? Get(string key) => _entries.TryGetValue(key, out var entry) && !FleetValue.IsNull(entry.Value) ? entry.Value : null;

    /// <summary>The value of a key that must be there; null, with the problem noted, where it is absent, misspelt or null.</summary>
    /// <param name="key">The key.</param>
    /// <param name="remedy">What to write.</param>
    public SourceNode? Require(string key, string remedy)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (!_misspelt.Contains(key))
            {
                _problems.Add(Node, $"{Name} has no '{key}'.", remedy);
            }

            return null;
        }

        if (FleetValue.IsNull(entry.Value))
        {
            _problems.Add(entry.Key, $"'{key}' is empty.", remedy);
            return null;
        }

        return entry.Value;
    }

    /// <summary>A key's text; null where it is absent, null or no text.</summary>
    public string? Text(string key) => Get(key) is { } node ? FleetValue.Text(node, $"'{key}'", _problems) : null;

    /// <summary>The text of a key that must be there; null, with the problem noted, where there is none.</summary>
    public string? RequiredText(string key, string remedy) => Require(key, remedy) is { } node ? FleetValue.Text(node, $"'{key}'", _problems) : null;

    /// <summary>A key's truth; its default where it is absent or null.</summary>
    public bool Flag(string key, bool otherwise) => Get(key) is { } node ? FleetValue.Flag(node, $"'{key}'", _problems) ?? otherwise : otherwise;

    /// <summary>A key's list; empty where it is absent, null or no list.</summary>
    public IReadOnlyList<SourceNode> List(string key) => Get(key) is { } node ? FleetValue.List(node, $"'{key}'", _problems) : [];

    private void Collect(SourceNode node, bool isMerged)
    {
        _problems.Visit(node);
        var own = new Dictionary<string, SourceNode>(StringComparer.Ordinal);
        foreach (var (key, value) in node.Entries.Where(entry => !entry.Key.IsMergeKey))
        {
            _problems.Visit(key);
            if (FleetValue.Text(key, "A key", _problems) is not { } name)
            {
                continue;
            }

            if (!own.TryAdd(name, key))
            {
                _problems.Add(key, $"The key '{FleetValue.Format(name)}' appears twice, first in line {own[name].Line}.", "Keep one of the two.");
            }
            else if (!isMerged || !_entries.ContainsKey(name))
            {
                _entries[name] = (key, value);
            }
        }

        foreach (var (_, value) in node.Entries.Where(entry => entry.Key.IsMergeKey))
        {
            foreach (var merged in value.Kind == SourceKind.Sequence ? value.Items : [value])
            {
                if (merged.Kind == SourceKind.Mapping)
                {
                    Collect(merged, isMerged: true);
                }
                else
                {
                    _problems.Add(merged, "A merge key (<<) takes a mapping or a list of mappings.", "Name the anchor of a mapping: '<<: *name'.");
                }
            }
        }
    }
}
