using System.Text;
using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Differences;

/// <summary>Finds the credentials in a text: a configuration file in YAML, JSON or as assignments, an argument, a URL, a connection string.</summary>
/// <param name="hide">Gets a credential and where it stands, and answers what is shown in its place.</param>
internal sealed partial class CredentialText(Func<string, string, string> hide)
{
    private const int ShortestEncoded = 16;
    private const int Deepest = 3;

    /// <summary>The text without credentials.</summary>
    /// <param name="text">The text.</param>
    public string Masked(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Masked(text, 0);
    }

    /// <summary>The text that a text is in base64; null where it is none that can be read.</summary>
    /// <param name="text">The text.</param>
    public static string? Decoded(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var packed = text.ReplaceLineEndings(string.Empty);
        if (packed.Length < ShortestEncoded || packed.Length % 4 != 0)
            return null;
        var bytes = new byte[packed.Length];
        if (!Convert.TryFromBase64String(packed, bytes, out var length))
            return null;
        try
        {
            var decoded = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
            return decoded.All(letter => !char.IsControl(letter) || letter is '\n' or '\r' or '\t') ? decoded : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private string Masked(string text, int depth)
    {
        if (text.Length == 0 || depth > Deepest)
            return text;
        if (Decoded(text.Trim()) is { } decoded && new CredentialText(static (_, _) => string.Empty).Masked(decoded, depth + 1) != decoded)
            return hide(text, "base64");
        text = PrivateKey().Replace(text, found => hide(found.Value, "key"));
        text = Bearer().Replace(text, found => found.Groups["scheme"].Value + hide(found.Groups["value"].Value, "authorization"));
        text = WebToken().Replace(text, found => hide(found.Value, "token"));
        text = Login().Replace(text, found => found.Groups["head"].Value + hide(found.Groups["value"].Value, "login") + "@");
        return Lines(text);
    }

    private string Lines(string text)
    {
        var masked = new StringBuilder(text.Length);
        var lines = text.Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at];
            if (at > 0)
                masked.Append('\n');
            var end = line.EndsWith('\r') ? "\r" : string.Empty;
            if (Entry().Match(line[..^end.Length]) is not { Success: true } entry || !CredentialNames.IsCredential(entry.Groups["key"].Value))
            {
                masked.Append(Assignments(line));
                continue;
            }

            var (head, key, value) = (entry.Groups["head"].Value, entry.Groups["key"].Value, entry.Groups["value"].Value);
            var next = End(lines, at, Indent(head));
            if (value.Length == 0 || value[0] is '{' or '[')
            {
                masked.Append(Assignments(line));
                for (; value.Length == 0 && at + 1 < next && Item().Match(lines[at + 1]) is { Success: true } item; at++)
                    masked.Append('\n').Append(item.Groups["head"].Value).Append(hide(item.Groups["value"].Value, key));
            }
            else if (Block().IsMatch(value))
            {
                masked.Append(head).Append(hide(string.Join('\n', lines[(at + 1)..next]), key)).Append(end);
                at = next - 1;
            }
            else
            {
                masked.Append(head).Append(Value(value, key)).Append(end);
            }
        }

        return masked.ToString();
    }

    private string Assignments(string line) =>
        Assignment()
            .Replace(
                line,
                found =>
                    found.Groups["head"].Value
                    + (
                        CredentialNames.IsCredential(found.Groups["key"].Value)
                            ? Value(found.Groups["value"].Value, found.Groups["key"].Value)
                            : Assignments(found.Groups["value"].Value)
                    )
            );

    private string Value(string value, string key)
    {
        var quote = value is ['"', .., '"'] or ['\'', .., '\''] ? value[..1] : string.Empty;
        var inner = value[quote.Length..^quote.Length];
        return inner.Length == 0 || inner.StartsWith("[masked", StringComparison.Ordinal) || inner is "true" or "false" or "null" or "~"
            ? value
            : $"{quote}{hide(inner, key)}{quote}";
    }

    // The first line after an entry that is not deeper than it.
    private static int End(string[] lines, int at, int indent)
    {
        var next = at + 1;
        while (next < lines.Length && (lines[next].Trim().Length == 0 || Indent(lines[next]) > indent))
            next++;
        return next;
    }

    private static int Indent(string line) => line.Length - line.TrimStart(' ').Length;

    [GeneratedRegex(
        "-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"(?<scheme>\b(bearer|basic)\s+)(?<value>[\w+/=.~-]{8,})", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"\beyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WebToken();

    [GeneratedRegex(@"(?<head>://[^/\s:@""']*:)(?<value>[^\s""']+)@", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Login();

    [GeneratedRegex(
        @"^(?<head>\s*(?:-\s+)*(?:export\s+)?[""']?(?<key>[\w./-]+)[""']?(?:\s*=\s*|\s*:(?:\s+|$)))(?<value>.*?)\s*,?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Entry();

    [GeneratedRegex(@"^(?<head>\s*-\s+)(?<value>[^\s\[{].*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Item();

    [GeneratedRegex(@"^[|>][+-]?\d?[+-]?(\s+#.*)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(
        @"(?<head>(?<key>[A-Za-z_][\w.-]*)[""']?\s*[:=]\s*)(?<value>""(?:[^""\\]|\\.)*""|'[^']*'|[^\s,;&""'{}\[\]][^\s,;&""'{}]*)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Assignment();
}
