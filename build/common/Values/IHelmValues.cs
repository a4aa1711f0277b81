using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Values;

/// <summary>
/// Helm's own reading of values files: YAML as sigs.k8s.io/yaml resolves it (YAML 1.1 scalars, merge keys), coalesced as
/// <c>helm --values a --values b</c> does (maps merge, lists and scalars replace).
/// </summary>
public interface IHelmValues
{
    /// <summary>Reads one values document.</summary>
    /// <param name="yaml">The document.</param>
    /// <param name="place">Its file name, for messages.</param>
    /// <exception cref="FormatException">It is not YAML mapping; the message holds place, line and column, never a value.</exception>
    JsonObject Parse(string yaml, string place);

    /// <summary>Merges value documents, later ones over earlier ones, into the release's user-supplied values ("config").</summary>
    JsonObject Merge(params IEnumerable<JsonObject> documents);

    /// <summary>Whether two values trees are the same to Helm (1 equals 1.0; key order does not count).</summary>
    bool Same(JsonNode? left, JsonNode? right);

    /// <summary>
    /// Leaf paths (<c>configmap.clusters.clusterConfigs</c>) that <paramref name="live"/> sets and <paramref name="wanted"/> does not have at all.
    /// Paths only: values may be secret. A list is one leaf.
    /// </summary>
    IReadOnlyList<string> Lost(JsonObject live, JsonObject wanted);

    /// <summary>Leaf paths that are set differently in the two trees, or in one of them alone.</summary>
    IReadOnlyList<string> Changed(JsonObject live, JsonObject wanted);

    /// <summary>Writes a values tree as YAML that <see cref="Parse"/> reads back the same, block style, keys in the tree's order.</summary>
    string Write(JsonObject values);
}
