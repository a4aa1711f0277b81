using System.Text;
using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Build.Options;

/// <summary>The text of <c>--help</c>, made from the option objects.</summary>
internal static class HelpText
{
    private const int NameWidth = 34;

    /// <summary>Writes the help.</summary>
    public static string For(IReadOnlyList<Option> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var text = new StringBuilder(
            """
            Joins Kubernetes clusters to a Flyte control plane as data planes.

            Usage: ./build.sh [--target=NAME] [options]

            """
        );
        foreach (var group in options.GroupBy(static option => option.Group).OrderBy(static group => group.Key))
        {
            text.AppendLine().AppendLine(Title(group.Key));
            foreach (var option in group)
                text.AppendLine(Line(option));
        }

        text.Append(
                """

                Durations: 90s, 10m, 1h30m, 00:10:00. A flag takes =true or =false. Of a repeated option the last one counts.

                Exit codes: 0 done, 1 failed, 2 changes planned (--plan --detailed-exitcode), 3 refused before anything was touched,
                4 some clusters failed and the others are done, 130 interrupted.

                Examples:
                  ./build.sh                                              the targets, by stage
                  ./build.sh --target=AddDataPlane                        on the fleet of values/fleet.yaml, else on the sandbox
                """
            )
            .AppendLine();
        foreach (var example in options.SelectMany(static option => option.Examples))
            text.Append("  ").AppendLine(example);
        return text.ToString();
    }

    private static string Title(OptionGroup group) =>
        group switch
        {
            OptionGroup.Sandbox => "Sandbox:",
            OptionGroup.Tools => "Tools:",
            OptionGroup.Cake => "Cake's own:",
            _ => "Options:",
        };

    private static string Line(Option option)
    {
        var letter = option.Aliases.FirstOrDefault(static alias => alias.Length == 1);
        var name = $"  {(letter is null ? "   " : $"-{letter},")} --{option.Name}{(option.Placeholder is null ? string.Empty : $"={option.Placeholder}")}";
        var fallback = option.DefaultText is null ? string.Empty : $" [{option.DefaultText}]";
        var targets = option.Targets.Count == 0 ? string.Empty : $"{string.Join(", ", option.Targets.Select(Targets.NameOf))}: ";
        return $"{name.PadRight(NameWidth)}{targets}{option.Help}{fallback}";
    }
}
