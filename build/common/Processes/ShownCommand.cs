using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Processes;

/// <summary>A command line as a log may hold it: on one line, the values of options that are secret by their name masked.</summary>
internal static partial class ShownCommand
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    /// <summary>Makes it.</summary>
    public static string Of(string file, string arguments) =>
        Secret().Replace($"{file} {Whitespace().Replace(arguments, " ")}".TrimEnd(), "${option}[REDACTED]");

    [GeneratedRegex("""(?<option>--?[\w-]*(token|password|secret|credential|api-?key)[\w-]*"?[= ]"?)[^\s"]+""", Options)]
    private static partial Regex Secret();

    [GeneratedRegex("""\s+""", Options)]
    private static partial Regex Whitespace();
}
