using System.Globalization;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>Times as objects hold them: RFC 3339, to the second.</summary>
public static class KubernetesTime
{
    /// <summary>Reads a time.</summary>
    /// <param name="node">The field.</param>
    /// <returns>The time; null where there is none.</returns>
    public static DateTimeOffset? Of(JsonNode? node) =>
        DateTimeOffset.TryParse((string?)node, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
