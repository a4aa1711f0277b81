namespace Flyte.MultiCluster.Common.Values;

/// <summary>What a YAML node is.</summary>
internal enum SourceKind
{
    /// <summary>A single value.</summary>
    Scalar,

    /// <summary>A list.</summary>
    Sequence,

    /// <summary>A map; merge keys (<c>&lt;&lt;</c>) are entries like others.</summary>
    Mapping,
}

/// <summary>A YAML node and where it stands. An alias is the very node it names, so a node may be reached in several ways.</summary>
internal sealed class SourceNode
{
    /// <summary>What the node is.</summary>
    public required SourceKind Kind { get; init; }

    /// <summary>Its line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Its column, from 1.</summary>
    public required int Column { get; init; }

    /// <summary>Its explicit tag, in full (<c>tag:yaml.org,2002:str</c>); null for none.</summary>
    public string? Tag { get; init; }

    /// <summary>A scalar's text; empty for the others.</summary>
    public string Value { get; init; } = "";

    /// <summary>Whether a scalar is written plain, so that its text decides its type.</summary>
    public bool IsPlain { get; init; }

    /// <summary>A sequence's items; empty for the others.</summary>
    public List<SourceNode> Items { get; } = [];

    /// <summary>A mapping's entries as written, duplicates and merge keys among them; empty for the others.</summary>
    public List<KeyValuePair<SourceNode, SourceNode>> Entries { get; } = [];

    /// <summary>Whether this is the key <c>&lt;&lt;</c> that merges its value into the mapping.</summary>
    public bool IsMergeKey =>
        Kind == SourceKind.Scalar
        && string.Equals(Value, "<<", StringComparison.Ordinal)
        && (IsPlain || string.Equals(Tag, YamlTags.Merge, StringComparison.Ordinal));
}

/// <summary>The full names of the YAML tags that decide a scalar's type.</summary>
internal static class YamlTags
{
    /// <summary><c>!!str</c>.</summary>
    public const string String = "tag:yaml.org,2002:str";

    /// <summary><c>!!bool</c>.</summary>
    public const string Bool = "tag:yaml.org,2002:bool";

    /// <summary><c>!!int</c>.</summary>
    public const string Int = "tag:yaml.org,2002:int";

    /// <summary><c>!!float</c>.</summary>
    public const string Float = "tag:yaml.org,2002:float";

    /// <summary><c>!!null</c>.</summary>
    public const string Null = "tag:yaml.org,2002:null";

    /// <summary><c>!!timestamp</c>.</summary>
    public const string Timestamp = "tag:yaml.org,2002:timestamp";

    /// <summary><c>!!binary</c>.</summary>
    public const string Binary = "tag:yaml.org,2002:binary";

    /// <summary><c>!!merge</c>.</summary>
    public const string Merge = "tag:yaml.org,2002:merge";
}

/// <summary>A YAML text that cannot be read, and where. The message never quotes the text: it may be secret.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="column">The column, from 1.</param>
/// <param name="message">What is wrong, one sentence.</param>
internal sealed class YamlFailureException(int line, int column, string message) : Exception(message)
{
    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The column, from 1.</summary>
    public int Column { get; } = column;

    /// <summary>A failure at a node.</summary>
    public static YamlFailureException At(SourceNode node, string message) => new(node.Line, node.Column, message);
}
