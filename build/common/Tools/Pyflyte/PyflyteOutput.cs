using System.Text.RegularExpressions;
using Flyte.MultiCluster.Common.FlyteAdmin;

namespace Flyte.MultiCluster.Common.Tools.Pyflyte;

/// <summary>What pyflyte prints.</summary>
internal static partial class PyflyteOutput
{
    /// <summary>A line without colours.</summary>
    public static string Plain(string line) => Colour().Replace(line, string.Empty);

    /// <summary>
    /// The execution in "Go to https://…/console/projects/P/domains/D/executions/NAME to see execution in the console.", whatever stands around its path.
    /// </summary>
    public static ExecutionId? Execution(IEnumerable<string> lines) =>
        lines.Select(line => Address().Match(Plain(line))).FirstOrDefault(match => match.Success) is { } found
            ? new ExecutionId(Name(found, "project"), Name(found, "domain"), Name(found, "name"))
            : null;

    private static string Name(Match match, string group) => Uri.UnescapeDataString(match.Groups[group].Value);

    [GeneratedRegex(@"\x1B\[[0-9;]*[A-Za-z]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colour();

    [GeneratedRegex(
        @"/projects/(?<project>[^/\s]+)/domains/(?<domain>[^/\s]+)/executions/(?<name>[A-Za-z0-9-]+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Address();
}
