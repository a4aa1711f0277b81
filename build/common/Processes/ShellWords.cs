namespace Flyte.MultiCluster.Common.Processes;

/// <summary>Words as a POSIX shell takes them, for commands that people paste.</summary>
internal static class ShellWords
{
    private const string Plain = "/._-,:@+%=";

    /// <summary>A word in single quotes, unless it is plain. Of an option, <c>--name=value</c>, the value alone is quoted.</summary>
    public static string Quoted(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (IsPlain(word))
            return word;
        var equals = word.StartsWith('-') ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals > 0 && IsPlain(word[..equals]) ? $"{word[..(equals + 1)]}{InQuotes(word[(equals + 1)..])}" : InQuotes(word);
    }

    private static bool IsPlain(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal));

    private static string InQuotes(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
