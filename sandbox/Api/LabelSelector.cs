using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A label selector in its query form: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
internal sealed class LabelSelector
{
    private readonly List<Requirement> _requirements = [];

    /// <summary>Whether everything matches.</summary>
    public bool IsEmpty => _requirements.Count == 0;

    /// <summary>Reads a selector; null and empty select everything.</summary>
    /// <exception cref="ApiException">400 when it cannot be read.</exception>
    public static LabelSelector Parse(string? text)
    {
        LabelSelector selector = new();
        foreach (string term in Terms(text ?? ""))
            selector._requirements.Add(Read(term, text!));
        return selector;
    }

    /// <summary>Whether an object's labels match.</summary>
    public bool Matches(JsonObject obj)
    {
        if (IsEmpty)
            return true;
        JsonObject? labels = obj.Child("metadata", "labels");
        return _requirements.TrueForAll(r => r.Matches(labels?.Text(r.Key)));
    }

    private static IEnumerable<string> Terms(string text)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                string term = text[start..i].Trim();
                if (term.Length > 0)
                    yield return term;
                start = i + 1;
            }
            else if (text[i] == '(')
                depth++;
            else if (text[i] == ')')
                depth--;
        }
    }

    private static Requirement Read(string term, string all)
    {
        int open = term.IndexOf('(', StringComparison.Ordinal);
        if (open > 0)
        {
            string[] head = term[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (head.Length != 2 || head[1] is not ("in" or "notin") || !term.EndsWith(')'))
                throw Bad(all, $"found '{term}'");
            HashSet<string> values = [.. term[(open + 1)..^1].Split(',').Select(v => v.Trim())];
            return new(head[0], head[1] == "in" ? v => v is not null && values.Contains(v) : v => v is null || !values.Contains(v));
        }
        int unequal = term.IndexOf("!=", StringComparison.Ordinal);
        if (unequal > 0)
        {
            string value = term[(unequal + 2)..].Trim();
            return new(term[..unequal].Trim(), v => v != value);
        }
        int equal = term.IndexOf('=', StringComparison.Ordinal);
        if (equal > 0)
        {
            string value = term[(equal + 1)..].TrimStart('=').Trim();
            return new(term[..equal].Trim(), v => v == value);
        }
        if (equal == 0 || term.Contains(' ', StringComparison.Ordinal))
            throw Bad(all, $"found '{term}', expected: identifier");
        return term[0] == '!' ? new(term[1..].Trim(), v => v is null) : new(term, v => v is not null);
    }

    private static ApiException Bad(string selector, string why) => Errors.BadRequest($"unable to parse requirement: {why} (label selector \"{selector}\")");

    private sealed record Requirement(string Key, Predicate<string?> Matches);
}
