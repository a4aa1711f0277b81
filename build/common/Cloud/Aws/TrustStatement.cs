using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>What a live trust statement says.</summary>
public static class TrustStatement
{
    /// <summary>The action of OIDC providers' statements.</summary>
    public const string WebIdentity = "sts:AssumeRoleWithWebIdentity";

    /// <summary>The one OIDC provider that a statement lets in; null where it is of another kind: a Deny, an account's, a service's, several
    /// providers'.</summary>
    public static string? Provider(JsonObject statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return
            (string?)statement["Effect"] == "Allow"
            && statement["Principal"] is JsonObject { Count: 1 } principal
            && PolicyJson.Texts(principal["Federated"]) is [var provider]
            && PolicyJson.Texts(statement["Action"]) is [WebIdentity]
            ? provider
            : null;
    }

    /// <summary>The OIDC providers that a statement lets in, alone or beside others; none where it denies.</summary>
    public static IReadOnlyList<string> Providers(JsonObject statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var federated =
            statement["Principal"] is JsonObject principal && (string?)statement["Effect"] == "Allow" ? PolicyJson.Texts(principal["Federated"]) : [];
        return [.. federated.Where(one => one.Contains(":oidc-provider/", StringComparison.Ordinal))];
    }

    /// <summary>Whether a value is a pattern.</summary>
    public static bool IsPattern(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Contains('*', StringComparison.Ordinal) || value.Contains('?', StringComparison.Ordinal);
    }

    /// <summary>A text that is equal for statements that let the same in: the Sid does not count, nor whether a value without a wildcard is compared by
    /// StringLike or StringEquals.</summary>
    public static string Meaning(JsonObject statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var copy = statement.DeepClone().AsObject();
        copy.Remove("Sid");
        if (copy["Condition"] is JsonObject condition)
            copy["Condition"] = Normalized(condition);
        return PolicyJson.Canonical(copy);
    }

    /// <summary>What is suspicious about a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="account">The own account.</param>
    public static IEnumerable<string> Defects(JsonObject statement, string account)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var providers = Providers(statement);
        if (providers.Count == 0)
            yield break;
        var condition = statement["Condition"] as JsonObject ?? [];
        if (Keys(condition, "StringEquals").Any(key => PolicyJson.Texts(key.Value).Any(IsPattern)))
            yield return "StringEquals with a wildcard never matches: use StringLike";
        if (!condition.SelectMany(one => one.Value as JsonObject ?? []).Any(key => key.Key.EndsWith(":aud", StringComparison.OrdinalIgnoreCase)))
            yield return "no condition on the audience (:aud)";
        foreach (
            var key in condition.SelectMany(one => one.Value as JsonObject ?? []).Select(one => one.Key).Where(HasStrayDot).Distinct(StringComparer.Ordinal)
        )
            yield return $"the condition key {key} has a stray dot before its last colon, and never matches";
        foreach (var foreign in providers.Where(provider => provider.Split(':') is not [_, _, _, _, var owner, ..] || owner != account))
            yield return $"the provider {foreign} belongs to another account";
    }

    private static bool HasStrayDot(string key) =>
        key.EndsWith(".:aud", StringComparison.OrdinalIgnoreCase) || key.EndsWith(".:sub", StringComparison.OrdinalIgnoreCase);

    private static JsonObject Normalized(JsonObject condition)
    {
        var entries = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var (op, keys) in condition)
        {
            foreach (var (key, value) in keys as JsonObject ?? [])
            {
                // Where the other operator asks for the key too, both conditions count.
                var isPlain =
                    op == "StringLike"
                    && !PolicyJson.Texts(value).Any(IsPattern)
                    && !Keys(condition, "StringEquals").Any(other => other.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
                var name = isPlain ? "StringEquals" : op;
                if (!entries.TryGetValue(name, out var into))
                    entries.Add(name, into = []);
                into[key.ToUpperInvariant()] = value?.DeepClone();
            }
        }

        return new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
    }

    private static JsonObject Keys(JsonObject condition, string op) => condition[op] as JsonObject ?? [];
}
