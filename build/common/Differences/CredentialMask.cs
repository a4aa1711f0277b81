using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>
/// Takes the credentials out of objects before and after a change. In the place of each stands how many bytes it has, and afterwards whether it
/// changed. Masked are values whose keys say that they are credentials (<see cref="CredentialNames"/>), all values of Secrets, what looks like a
/// credential by itself, and the same values wherever else they stand in these objects, in base64 too.
/// </summary>
internal sealed class CredentialMask
{
    // A shorter one is a word that stands in many places.
    private const int ShortestElsewhere = 8;
    private const int ShortestUnnamed = 12;

    private readonly Dictionary<string, HashSet<string>> _before = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private bool _isAfter;

    /// <summary>The same objects without credentials.</summary>
    /// <param name="pairs">Each object before and after; null where it is not there. They stay as they are.</param>
    public static IReadOnlyList<(JsonNode? Before, JsonNode? After)> Masked(IReadOnlyList<(JsonNode? Before, JsonNode? After)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var mask = new CredentialMask();
        JsonNode?[] before = [.. pairs.Select((pair, index) => mask.Node(pair.Before, $"{index}", isCredential: false))];
        mask._isAfter = true;
        JsonNode?[] after = [.. pairs.Select((pair, index) => mask.Node(pair.After, $"{index}", isCredential: false))];
        string[] found = [.. mask._found.OrderByDescending(value => value.Length).ThenBy(value => value, StringComparer.Ordinal)];
        return [.. before.Zip(after).Select(pair => (Without(pair.First, found), Without(pair.Second, found)))];
    }

    private JsonNode? Node(JsonNode? node, string path, bool isCredential) =>
        node switch
        {
            JsonObject map => Map(map, path),
            JsonArray list => List(list, path, isCredential),
            JsonValue value when isCredential => Hidden(value, path),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => new CredentialText((text, part) => Hide(text, $"{path}#{part}")).Masked(
                value.GetValue<string>()
            ),
            _ => node?.DeepClone(),
        };

    private JsonObject Map(JsonObject map, string path)
    {
        var isSecret = map["kind"] is JsonValue kind && kind.ToString() == "Secret";
        var isNamed = map["name"] is JsonValue name && CredentialNames.IsCredential(name.ToString());
        var masked = new JsonObject();
        foreach (var (key, value) in map)
        {
            var below = $"{path}.{key}";
            var isCredential = value is not JsonObject && (CredentialNames.IsCredential(key) || (isNamed && key == "value"));
            masked[key] = key == "stringData" || (isSecret && key == "data") ? All(value, below) : Node(value, below, isCredential);
        }

        return masked;
    }

    private JsonArray List(JsonArray list, string path, bool isCredential)
    {
        var masked = new JsonArray();
        string? before = null;
        foreach (var item in list)
        {
            // An argument and its value: --token, abc.
            var isValue = before is ['-', ..] && !before.Contains('=', StringComparison.Ordinal) && CredentialNames.IsCredential(before);
            masked.Add(Node(item, path, isCredential || isValue));
            before = item is JsonValue ? item.ToString() : null;
        }

        return masked;
    }

    private JsonNode? All(JsonNode? node, string path) =>
        node switch
        {
            JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, All(entry.Value, $"{path}.{entry.Key}")))),
            JsonArray list => new JsonArray([.. list.Select(item => All(item, path))]),
            JsonValue value => Hidden(value, path),
            _ => null,
        };

    private JsonNode Hidden(JsonValue value, string path) =>
        value.GetValueKind() is JsonValueKind.True or JsonValueKind.False || value.ToString().Length == 0
            ? value.DeepClone()
            : JsonValue.Create(Hide(value.ToString(), path));

    private string Hide(string credential, string path)
    {
        Remember(credential, path);
        var bytes = Encoding.UTF8.GetByteCount(credential);
        var shown = string.Create(CultureInfo.InvariantCulture, $"masked, {bytes} {(bytes == 1 ? "byte" : "bytes")}");
        if (!_before.TryGetValue(path, out var before))
            _before[path] = before = new HashSet<string>(StringComparer.Ordinal);
        if (!_isAfter)
            before.Add(credential);
        return _isAfter && before.Count > 0 && !before.Contains(credential) ? $"[{shown}, changed]" : $"[{shown}]";
    }

    private void Remember(string credential, string path)
    {
        var trimmed = credential.Trim();
        if (CredentialText.Decoded(trimmed) is { } decoded)
            Remember(decoded.Trim(), path);
        var isNamed = CredentialNames.IsCredential(path[(path.LastIndexOf('.') + 1)..]);
        var isUnlikeWords = trimmed.Length >= ShortestUnnamed && trimmed.Any(char.IsAsciiDigit) && trimmed.Any(char.IsAsciiLetter);
        if (trimmed.Length < ShortestElsewhere || !(isNamed || isUnlikeWords))
            return;
        _found.Add(trimmed);
        _found.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes(credential)));
        _found.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes(trimmed)));
    }

    private static JsonNode? Without(JsonNode? node, IReadOnlyList<string> credentials)
    {
        switch (node)
        {
            case JsonObject map:
                return new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Without(entry.Value, credentials))));
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Without(item, credentials))]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                foreach (var credential in credentials)
                    text = text.Replace(credential, "[masked]", StringComparison.Ordinal);
                return JsonValue.Create(text);
            default:
                return node?.DeepClone();
        }
    }
}
