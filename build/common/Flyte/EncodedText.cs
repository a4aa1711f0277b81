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

    /// <summary>Whether a decoded text is base64 itself, of a text that begins so.</summary>
    public static bool IsTwice(string text, string beginning) => Of(text.Trim()) is { } inner && inner.StartsWith(beginning, StringComparison.Ordinal);
}
