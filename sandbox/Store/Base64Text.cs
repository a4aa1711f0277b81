namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>Base64 as Go's decoder reads it: standard alphabet, padded, newlines skipped.</summary>
internal static class Base64Text
{
    /// <summary>The decoded length; for text that is no base64, its own length.</summary>
    public static long Length(string text)
    {
        int padding =
            text.EndsWith("==", StringComparison.Ordinal) ? 2
            : text.EndsWith('=') ? 1
            : 0;
        return (text.Length / 4 * 3) - padding;
    }

    /// <summary>Where the text stops being base64; null when it is base64.</summary>
    public static int? FirstIllegal(string text)
    {
        int significant = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '\n' or '\r')
                continue;
            bool legal = char.IsAsciiLetterOrDigit(c) || c is '+' or '/' || (c == '=' && significant % 4 >= 2 && Padding(text.AsSpan(i)));
            if (!legal)
                return i;
            significant++;
        }
        return significant % 4 == 0 ? null : text.Length - (text.Length % 4);
    }

    private static bool Padding(ReadOnlySpan<char> rest) => rest.TrimEnd("\r\n") is "=" or "==";
}
