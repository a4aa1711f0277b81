using System.Text;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>What a Secret's <c>.data</c> holds.</summary>
public static class EncodedText
{
    /// <summary>The text; null where it is not base64.</summary>
    public static string? Of(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The token that was meant, whatever was done to it by hand: without blanks and newlines around it, and decoded again where it was encoded
    /// twice.</summary>
    /// <param name="base64">The token as <c>.data</c> holds it; null for none.</param>
    /// <returns>The token; null where it is not base64, or empty.</returns>
    public static string? Token(string? base64)
    {
        var text = base64 is null ? null : Of(base64)?.Trim();
        if (text is not null && IsTwice(text, "eyJ"))
            text = Of(text)!.Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>Whether a decoded text is base64 itself, of a text that begins so.</summary>
    public static bool IsTwice(string text, string beginning) => Of(text.Trim()) is { } inner && inner.StartsWith(beginning, StringComparison.Ordinal);
}
