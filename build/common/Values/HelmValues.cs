using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>
/// Helm's reading of values files, as the helm 3.17 and 4 binaries do it (tests compare with both): go-yaml v2's scalars, the last of
/// duplicate keys wins, a merge key overrides what stands before it in the same map, every number is a float64.
/// </summary>
internal sealed class HelmValues : IHelmValues
{
    /// <summary>How many nodes a document may have once its aliases are expanded: bounds alias bombs.</summary>
    private const int MaximumNodes = 500_000;

    private readonly ConcurrentDictionary<string, JsonObject> _parsed = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    /// <remarks>
    /// A document without content is an empty map, as in Helm. Refused, though Helm takes them: a second document (Helm 3 drops it,
    /// Helm 4 merges it), what is indented less than the first key (Helm drops it), lines of a flow collection that are not indented
    /// deeper than its key (against YAML), and directives (Helm 4 refuses them). A block scalar that the file's end cuts off before its
    /// line break is read as by Helm 4, with the break; Helm 3 leaves it out.
    /// YAML 1.2's escape <c>\/</c>, which Helm refuses, is taken. Numbers are backed by JSON elements: they convert to any number type that holds them.
    /// </remarks>
    public JsonObject Parse(string yaml, string place)
    {
        ArgumentNullException.ThrowIfNull(yaml);

        // A fleet's clusters share base values and most of their manifests.
        return (JsonObject)_parsed.GetOrAdd(yaml, text => Read(text, place)).DeepClone();
    }

    private static JsonObject Read(string yaml, string place)
    {
        try
        {
            if (yaml.StartsWith('%'))
            {
                throw new YamlFailureException(1, 1, "Helm 4 does not read YAML directives.");
            }

            var composed = YamlComposer.Compose(yaml);
            if (composed.Second is { } second)
            {
                throw YamlFailureException.At(second, "This is a second YAML document: Helm 3 drops it, Helm 4 merges it.");
            }

            return composed.Root switch
            {
                null => [],
                { Kind: SourceKind.Mapping } root => new Conversion().Map(root),
                var root => throw YamlFailureException.At(root, "Values are a YAML mapping (key: value)."),
            };
        }
        catch (YamlFailureException failure)
        {
            throw new FormatException($"{place}:{failure.Line}:{failure.Column}: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A null stays in the result, as in the release's config: it removes the chart's default.</remarks>
    public JsonObject Merge(params IEnumerable<JsonObject> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var merged = new JsonObject();
        foreach (var document in documents)
        {
            MergeInto(merged, document);
        }

        return merged;
    }

    /// <inheritdoc/>
    public bool Same(JsonNode? left, JsonNode? right) => ValuesComparison.Same(left, right);

    /// <inheritdoc/>
    /// <remarks>
    /// A dot within a key is escaped as Helm's <c>--set</c> does (<c>annotations.eks\.amazonaws\.com/role-arn</c>). A null set in
    /// <paramref name="live"/> counts: it removes a chart's default. An empty map does not: it sets nothing. Where <paramref name="wanted"/>
    /// has null at or above the path, the value is removed on purpose and not lost.
    /// </remarks>
    public IReadOnlyList<string> Lost(JsonObject live, JsonObject wanted) => ValuesComparison.Lost(live, wanted);

    /// <inheritdoc/>
    /// <remarks>Empty exactly when the two are the same. An empty map is a leaf.</remarks>
    public IReadOnlyList<string> Changed(JsonObject live, JsonObject wanted) => ValuesComparison.Changed(live, wanted);

    /// <inheritdoc/>
    public string Write(JsonObject values) => ValuesWriter.Write(values);

    private static void MergeInto(JsonObject target, JsonObject source)
    {
        foreach (var (key, value) in source)
        {
            if (value is JsonObject map && target[key] is JsonObject existing)
            {
                MergeInto(existing, map);
            }
            else
            {
                target[key] = value?.DeepClone();
            }
        }
    }

    /// <summary>A mapping of a composed document as JSON.</summary>
    /// <exception cref="YamlFailureException">A key or a number is none that JSON has.</exception>
    internal static JsonObject Convert(SourceNode mapping) => new Conversion().Map(mapping);

    /// <summary>One document's conversion to JSON, which expands its aliases.</summary>
    private sealed class Conversion
    {
        private int _nodes;

        public JsonObject Map(SourceNode node)
        {
            var map = new JsonObject();
            Fill(map, node);
            return map;
        }

        private void Fill(JsonObject map, SourceNode node)
        {
            Count(node);
            foreach (var (key, value) in node.Entries)
            {
                if (key.IsMergeKey)
                {
                    MergeKey(map, value);
                }
                else
                {
                    map[KeyOf(key)] = Value(value);
                }
            }
        }

        private void MergeKey(JsonObject map, SourceNode value)
        {
            if (value.Kind == SourceKind.Mapping)
            {
                Fill(map, value);
                return;
            }

            // Backwards: the first of a list wins, as in go-yaml.
            Count(value);
            for (var i = value.Items.Count - 1; i >= 0; i--)
            {
                Fill(map, value.Items[i].Kind == SourceKind.Mapping ? value.Items[i] : throw NoMap(value.Items[i]));
            }

            if (value.Kind == SourceKind.Scalar)
            {
                throw NoMap(value);
            }
        }

        private JsonNode? Value(SourceNode node)
        {
            switch (node.Kind)
            {
                case SourceKind.Mapping:
                    return Map(node);
                case SourceKind.Sequence:
                    Count(node);
                    var list = new JsonArray();
                    foreach (var item in node.Items)
                    {
                        list.Add(Value(item));
                    }

                    return list;
                default:
                    Count(node);
                    return Scalar(node);
            }
        }

        private static JsonValue? Scalar(SourceNode node)
        {
            var scalar = YamlScalar.Resolve(node);
            return scalar.Type switch
            {
                YamlScalarType.Null => null,
                YamlScalarType.Bool => JsonValue.Create(scalar.Flag),
                YamlScalarType.String => JsonValue.Create(scalar.Text),
                _ when !double.IsFinite(scalar.Number) => throw YamlFailureException.At(node, "Helm cannot hold a number that is infinite or NaN."),
                _ => JsonValue.Create(JsonElement.Parse(scalar.Number.ToString("R", CultureInfo.InvariantCulture))),
            };
        }

        private static string KeyOf(SourceNode key) =>
            (key.Kind == SourceKind.Scalar ? YamlScalar.Resolve(key).AsKey() : null)
            ?? throw YamlFailureException.At(key, "Helm does not accept such a key; write a string.");

        private static YamlFailureException NoMap(SourceNode node) => YamlFailureException.At(node, "A merge key (<<) takes a mapping or a list of mappings.");

        private void Count(SourceNode node)
        {
            if (++_nodes > MaximumNodes)
            {
                throw YamlFailureException.At(node, "This document expands to too many nodes.");
            }
        }
    }
}
