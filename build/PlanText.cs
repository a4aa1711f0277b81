using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;

namespace Flyte.MultiCluster.Build;

/// <summary>A plan's differences as lines for people, a section for each cluster.</summary>
internal static class PlanText
{
    /// <summary>The lines; none where the changes say it all.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="colours">Whether they are coloured.</param>
    public static IEnumerable<string> Lines(ChangePlan plan, bool colours)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var shown = plan
            .Changes.Select(planned => (planned.Change, Differences: planned.Differences.Where(difference => difference.Lines.Count > 0).ToArray()))
            .Where(planned => planned.Differences.Length > 0);
        foreach (var cluster in shown.GroupBy(planned => planned.Change.Cluster, StringComparer.Ordinal))
        {
            yield return string.Empty;
            yield return Coloured($"{cluster.Key}:", "1", colours);
            foreach (var (change, differences) in cluster)
            {
                yield return Coloured($"  {ChangeGate.Describe(change with { Detail = null }, made: true)}", "1", colours);
                foreach (var difference in differences)
                {
                    if (differences.Length > 1 || difference.Kind != change.Kind)
                        yield return $"    {difference}:";
                    foreach (var line in difference.Lines)
                        yield return $"      {Coloured(line, Code(line), colours)}";
                }
            }
        }
    }

    private static string? Code(string line) =>
        line switch
        {
            ['+', ..] => "32",
            ['-', ..] => "31",
            ['@', ..] => "36",
            ['!', ..] => "33",
            _ => null,
        };

    private static string Coloured(string line, string? code, bool colours) => colours && code is not null ? $"\e[{code}m{line}\e[0m" : line;
}
