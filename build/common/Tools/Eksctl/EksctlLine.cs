using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Tools.Eksctl;

/// <summary>The lines that eksctl prints.</summary>
public static partial class EksctlLine
{
    /// <summary>
    /// What a line says, without its time: this program's own lines have none. Empty where nothing stands behind the mark, as between eksctl's sections.
    /// </summary>
    /// <param name="line">The line, <c>2026-01-02 03:04:05 [ℹ]  using region eu-west-1</c>.</param>
    public static string Text(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var text = Time().Replace(line, string.Empty).Trim();
        return Mark().IsMatch(text) ? string.Empty : text;
    }

    [GeneratedRegex(@"^\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S* ?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"^\[.{1,2}\]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mark();
}
