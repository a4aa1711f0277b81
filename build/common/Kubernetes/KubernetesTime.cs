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

    /// <summary>A time as an object holds it.</summary>
    /// <param name="time">The time, in UTC.</param>
    public static string Written(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
