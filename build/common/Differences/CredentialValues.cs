using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>Helm values without what looks like a credential, so that they can be written to a file.</summary>
/// <param name="Values">The values that are none.</param>
/// <param name="LeftOut">The paths of those that are left out, <c>userSettings.dbPassword</c>; a list is left out as a whole.</param>
public sealed record CredentialValues(JsonObject Values, IReadOnlyList<string> LeftOut)
{
    /// <summary>Leaves out what looks like a credential, by its key, by itself, or because it is the same as one that does.</summary>
    /// <param name="values">The values; they stay as they are.</param>
    public static CredentialValues LeaveOut(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var leftOut = new List<string>();
        var masked = (JsonObject)CredentialMask.Masked([(values, null)])[0].Before!;
        return new CredentialValues(Same(values, masked, string.Empty, leftOut), leftOut);
    }

    /// <summary>The same object with each credential replaced by its length.</summary>
    /// <param name="values">The object; it stays as it is.</param>
    public static JsonObject Masked(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return (JsonObject)CredentialMask.Masked([(values, null)])[0].Before!;
    }

    private static JsonObject Same(JsonObject values, JsonObject masked, string prefix, List<string> leftOut)
    {
        var kept = new JsonObject();
        foreach (var (key, value) in values)
        {
            if (value is JsonObject { Count: > 0 } map)
            {
                if (Same(map, (JsonObject)masked[key]!, $"{prefix}{key}.", leftOut) is { Count: > 0 } rest)
                    kept[key] = rest;
            }
            else if (JsonNode.DeepEquals(value, masked[key]))
            {
                kept[key] = value?.DeepClone();
            }
            else
            {
                leftOut.Add(prefix + key);
            }
        }

        return kept;
    }
}
