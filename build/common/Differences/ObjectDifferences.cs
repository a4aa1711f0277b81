using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>An object before and after a change.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; null where it has none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">What is there; null for nothing.</param>
/// <param name="After">What would be there; null for nothing.</param>
public sealed record ObjectPair(string Kind, string? Namespace, string Name, JsonObject? Before, JsonObject? After);

/// <summary>Differences of objects for people: unified, in YAML, without a credential; of Secrets their entries' names and sizes.</summary>
public static class ObjectDifferences
{
    private static readonly string[] Volatile = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"];

    // It holds the whole object once more, the values of Secrets too.
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The differences of objects, in their order. Those that stay as they are have none.</summary>
    /// <param name="pairs">The objects before and after.</param>
    public static IReadOnlyList<ObjectDifference> Of(IEnumerable<ObjectPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ObjectPair[] all =
        [
            .. pairs
                .Select(pair => pair with { Before = Stable(pair.Before), After = Stable(pair.After) })
                .Where(pair => ObjectText.Fingerprint(pair.Before) != ObjectText.Fingerprint(pair.After)),
        ];
        var masked = CredentialMask.Masked([.. all.Select(pair => ((JsonNode?)pair.Before, (JsonNode?)pair.After))]);
        return [.. all.Zip(masked).Select(one => Of(one.First, one.Second.Before as JsonObject, one.Second.After as JsonObject))];
    }

    /// <summary>The difference of one object.</summary>
    /// <param name="pair">The object before and after.</param>
    public static IReadOnlyList<ObjectDifference> Of(ObjectPair pair) => Of([pair]);

    /// <summary>Objects that the change itself names: only the digest knows what is in them.</summary>
    /// <param name="pair">The object before and after.</param>
    public static ObjectDifference Unshown(ObjectPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return new ObjectDifference(pair.Kind, pair.Namespace, pair.Name, [], ObjectText.Fingerprint(Stable(pair.Before), Stable(pair.After)));
    }

    /// <summary>The objects of something new, a line each: kind and name.</summary>
    /// <param name="kind">What they are together.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="objects">The objects.</param>
    public static ObjectDifference Created(string kind, string? ns, string name, IReadOnlyList<JsonObject> objects)
    {
        ArgumentNullException.ThrowIfNull(objects);
        return new ObjectDifference(
            kind,
            ns,
            name,
            [.. objects.Select(found => $"+ create {(string?)found["kind"]} {(string?)found["metadata"]?["name"]}")],
            ObjectText.Fingerprint(objects)
        );
    }

    /// <summary>The fields that a release takes over from others.</summary>
    /// <param name="ns">The release's namespace.</param>
    /// <param name="release">The release.</param>
    /// <param name="fields">The fields, each with its owner.</param>
    public static ObjectDifference Conflicts(string ns, string release, IReadOnlyList<string> fields) =>
        new("FieldConflicts", ns, release, [.. fields.Select(field => $"! {field}")], ObjectText.Fingerprint(string.Join('\n', fields)));

    /// <summary>The difference of a text without credentials: a row's label, a policy.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="before">The text before; null for none.</param>
    /// <param name="after">The text after; null for none.</param>
    public static ObjectDifference OfText(string kind, string name, string? before, string? after) =>
        new(
            kind,
            null,
            name,
            UnifiedText.Lines(before ?? string.Empty, after ?? string.Empty),
            ObjectText.Fingerprint(JsonValue.Create(before), JsonValue.Create(after))
        );

    /// <summary>What a manifest sets, as it is in the cluster: the fields that the manifest does not name are left out.</summary>
    /// <param name="live">The object in the cluster.</param>
    /// <param name="manifest">The manifest.</param>
    public static JsonObject Within(JsonObject live, JsonObject manifest)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(manifest);
        return (JsonObject)Within((JsonNode)live, manifest)!;
    }

    private static ObjectDifference Of(ObjectPair pair, JsonObject? before, JsonObject? after)
    {
        var isSecret = pair.Kind == "Secret";
        var lines = UnifiedText.Lines(ObjectText.Of(isSecret ? WithoutData(before) : before), ObjectText.Of(isSecret ? WithoutData(after) : after));
        return new ObjectDifference(
            pair.Kind,
            pair.Namespace,
            pair.Name,
            isSecret ? [.. lines, .. Entries(pair.Before, pair.After)] : lines,
            ObjectText.Fingerprint(pair.Before, pair.After)
        );
    }

    private static IEnumerable<string> Entries(JsonObject? before, JsonObject? after)
    {
        var (old, now) = (EntriesOf(before), EntriesOf(after));
        foreach (var key in old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (hadIt, hasIt) = (old.TryGetValue(key, out var was), now.TryGetValue(key, out var will));
            yield return (hadIt, hasIt) switch
            {
                (false, _) => will is null ? $"+ {key}: new, its size is known after apply" : $"+ {key}: {Size(will)}, new",
                (_, false) => $"- {key}: {Size(was)}, removed",
                _ when will is not null && was.AsSpan().SequenceEqual(will) => $"  {key}: {Size(will)}, unchanged",
                _ when will is null => $"+ {key}: known after apply, was {Size(was)}",
                _ => $"+ {key}: {Size(will)}, changed, was {Size(was)}",
            };
        }
    }

    private static Dictionary<string, byte[]?> EntriesOf(JsonObject? secret)
    {
        var entries = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (var (key, value) in secret?["data"] as JsonObject ?? [])
            entries[key] = value is null ? null : Decoded(value.ToString());

        // What the API server makes of it: stringData goes over data.
        foreach (var (key, value) in secret?["stringData"] as JsonObject ?? [])
            entries[key] = Encoding.UTF8.GetBytes(value?.ToString() ?? string.Empty);
        return entries;
    }

    private static byte[] Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(base64);
    }

    private static string Size(byte[]? entry) => string.Create(CultureInfo.InvariantCulture, $"{entry?.Length ?? 0} {(entry?.Length == 1 ? "byte" : "bytes")}");

    private static JsonObject? WithoutData(JsonObject? secret)
    {
        if (secret is null)
            return null;
        var rest = (JsonObject)secret.DeepClone();
        rest.Remove("data");
        rest.Remove("stringData");
        return rest;
    }

    private static JsonObject? Stable(JsonObject? stored)
    {
        if (stored is null || stored["metadata"] is not JsonObject || stored["kind"] is null)
            return stored;
        var stable = (JsonObject)stored.DeepClone();
        stable.Remove("status");
        var metadata = (JsonObject)stable["metadata"]!;
        foreach (var field in Volatile)
            metadata.Remove(field);
        if (metadata["annotations"] is JsonObject annotations && annotations.Remove(LastApplied) && annotations.Count == 0)
            metadata.Remove("annotations");
        return stable;
    }

    private static JsonNode? Within(JsonNode? live, JsonNode? manifest)
    {
        switch (live, manifest)
        {
            case (JsonObject found, JsonObject named):
                return new JsonObject(
                    named.Where(entry => found.ContainsKey(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, Within(found[entry.Key], entry.Value)))
                );
            case (JsonArray found, JsonArray named) when found.Count == named.Count:
                return new JsonArray([.. found.Zip(named).Select(pair => Within(pair.First, pair.Second))]);
            default:
                return live?.DeepClone();
        }
    }
}
