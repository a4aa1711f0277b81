using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>A composed YAML text.</summary>
/// <param name="Root">The first document's root; null where it is empty.</param>
/// <param name="Second">A later document that is not empty; null where there is none.</param>
internal sealed record ComposedYaml(SourceNode? Root, SourceNode? Second);

/// <summary>
/// Composes YAML events into <see cref="SourceNode"/>s. Duplicate keys and merge keys stay as written, aliases share nodes and are
/// not expanded: who walks the nodes must bound the walk.
/// </summary>
internal sealed class YamlComposer
{
    /// <summary>How deep nodes may nest; far above any values file, far below what the stack holds.</summary>
    private const int MaximumDepth = 200;

    private readonly Parser _parser;
    private readonly Dictionary<string, SourceNode?> _anchors = new(StringComparer.Ordinal);

    private YamlComposer(string text) => _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    /// <summary>Composes a text's documents.</summary>
    /// <exception cref="YamlFailureException">It is not YAML, names an unknown anchor, or nests too deeply.</exception>
    public static ComposedYaml Compose(string text)
    {
        var composer = new YamlComposer(Normalize(text));
        try
        {
            return composer.Documents();
        }
        catch (YamlException failure)
        {
            throw new YamlFailureException((int)failure.Start.Line, (int)failure.Start.Column, Sentence(failure.Message));
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner's own slips on some malformed texts: what it read last is the nearest place.
            var place = composer._parser.Current?.End ?? Mark.Empty;
            throw new YamlFailureException(
                (int)place.Line,
                (int)place.Column,
                "This is not YAML, or a line within [ ] or { } is not indented deeper than the key before the bracket."
            );
        }
    }

    /// <summary>As libyaml does: no byte order mark, every line break a line feed, the last line ended.</summary>
    private static string Normalize(string text)
    {
        var withoutMark = text.StartsWith('\uFEFF') ? text[1..] : text;
        var unix = withoutMark.Contains('\r', StringComparison.Ordinal)
            ? withoutMark.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
            : withoutMark;
        return unix.EndsWith('\n') ? unix : unix + "\n";
    }

    private static string Sentence(string message)
    {
        // Every message of the parser's is a fixed sentence, without a word of the text.
        var plain = message.Trim().TrimEnd('.', ',');
        return plain.Length == 0 ? "This is not YAML." : $"This is not YAML: {char.ToLowerInvariant(plain[0])}{plain[1..]}.";
    }

    private ComposedYaml Documents()
    {
        SourceNode? root = null;
        SourceNode? second = null;
        var first = true;
        while (second is null && _parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart)
            {
                continue;
            }

            _parser.MoveNext();
            _anchors.Clear();
            var node = Node(0);
            var content = IsEmpty(node) ? null : node;
            (root, second) = first ? (content, null) : (root, content);
            first = false;
        }

        return new ComposedYaml(root, second);
    }

    private static bool IsEmpty(SourceNode node) => node is { Kind: SourceKind.Scalar, IsPlain: true, Value: "" or "~" or "null" or "Null" or "NULL" };

    private SourceNode Node(int depth)
    {
        var current = _parser.Current!;
        if (depth > MaximumDepth)
        {
            throw new YamlFailureException((int)current.Start.Line, (int)current.Start.Column, $"This nests more than {MaximumDepth} levels deep.");
        }

        switch (current)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return Anchored(
                    scalar,
                    new SourceNode
                    {
                        Kind = SourceKind.Scalar,
                        Line = (int)scalar.Start.Line,
                        Column = (int)scalar.Start.Column,
                        Tag = TagOf(scalar),
                        Value = scalar.Value,
                        IsPlain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty,
                    }
                );
            case SequenceStart:
            case MappingStart:
                return Collection((NodeEvent)current, depth);
            case AnchorAlias alias:
                _parser.MoveNext();
                return _anchors.TryGetValue(alias.Value.Value, out var target)
                    ? target ?? throw new YamlFailureException((int)alias.Start.Line, (int)alias.Start.Column, "This alias is inside the node that it names.")
                    : throw new YamlFailureException((int)alias.Start.Line, (int)alias.Start.Column, "No anchor with this alias's name comes before it.");
            default:
                throw new YamlFailureException((int)current.Start.Line, (int)current.Start.Column, "This is not YAML.");
        }
    }

    private SourceNode Collection(NodeEvent start, int depth)
    {
        var isMapping = start is MappingStart;
        var node = new SourceNode
        {
            Kind = isMapping ? SourceKind.Mapping : SourceKind.Sequence,
            Line = (int)start.Start.Line,
            Column = (int)start.Start.Column,
            Tag = TagOf(start),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = null;
        }

        _parser.MoveNext();
        while (_parser.Current is not (MappingEnd or SequenceEnd))
        {
            var item = Node(depth + 1);
            if (isMapping)
            {
                node.Entries.Add(new(item, Node(depth + 1)));
            }
            else
            {
                node.Items.Add(item);
            }
        }

        _parser.MoveNext();
        return Anchored(start, node);
    }

    private SourceNode Anchored(NodeEvent source, SourceNode node)
    {
        if (!source.Anchor.IsEmpty)
        {
            _anchors[source.Anchor.Value] = node;
        }

        return node;
    }

    private static string? TagOf(NodeEvent source) => source.Tag.IsEmpty || source.Tag.IsNonSpecific ? null : source.Tag.Value;
}
