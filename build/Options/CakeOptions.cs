using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Build.Options;

/// <summary>Cake's own options: checked here, obeyed by the host.</summary>
internal static class CakeOptions
{
    private static readonly string[] Verbosities = ["Quiet", "Minimal", "Normal", "Verbose", "Diagnostic", "q", "m", "n", "v", "d"];

    /// <summary><c>--target</c>; several run as one graph.</summary>
    public static Option<string?> Target { get; } =
        new(
            "target",
            new(
                "NAME",
                "a target's name",
                static (string text, out string? name) =>
                {
                    name = text;
                    return true;
                }
            ),
            "The target to run; may be repeated.",
            null,
            "t"
        )
        {
            Group = OptionGroup.Cake,
            Repeatable = true,
            DefaultIn = "Default, an overview",
        };

    /// <summary><c>--exclusive</c>.</summary>
    public static Option<bool> Exclusive { get; } = Flag("exclusive", "Run the target without its dependencies.", "e");

    /// <summary><c>--tree</c>.</summary>
    public static Option<bool> Tree { get; } = Flag("tree", "Show the targets' dependencies.", "showtree");

    /// <summary><c>--description</c>.</summary>
    public static Option<bool> Description { get; } = Flag("description", "List the targets.", "descriptions", "showdescription", "showdescriptions");

    /// <summary><c>--dryrun</c>.</summary>
    public static Option<bool> DryRun { get; } = Flag("dryrun", "List what would run, in order; run nothing.", "noop", "whatif");

    /// <summary><c>--verbosity</c>.</summary>
    public static Option<string?> Verbosity { get; } =
        new("verbosity", ValueKinds.OneOf("LEVEL", Verbosities), "Quiet, Minimal, Normal, Verbose or Diagnostic.", null, "v")
        {
            Group = OptionGroup.Cake,
            Choices = Verbosities,
            DefaultIn = "Normal",
        };

    /// <summary><c>--working</c>.</summary>
    public static Option<string?> Working { get; } =
        new("working", ValueKinds.Folder, "The working directory; paths of other options are relative to it.", null, "w")
        {
            Group = OptionGroup.Cake,
            DefaultIn = "the caller's",
        };

    /// <summary><c>--info</c>.</summary>
    public static Option<bool> Info { get; } = Flag("info", "Show the version and details.");

    /// <summary><c>--version</c>.</summary>
    public static Option<bool> Version { get; } = Flag("version", "Show the version.", "ver");

    /// <summary>All of them, in help's order.</summary>
    public static IReadOnlyList<Option> All { get; } = [Target, Exclusive, Tree, Description, DryRun, Verbosity, Working, Info, Version];

    /// <summary>The host's command line: these options alone, each written the one way that every host reads.</summary>
    /// <param name="values">What the program's command line says.</param>
    public static IReadOnlyList<string> ToHost(OptionValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var arguments = new List<string>();
        foreach (var target in values.All(Target))
            arguments.Add($"--target={target}");
        foreach (var option in new[] { Verbosity, Working })
        {
            if (values.Get(option) is { } value)
                arguments.Add($"--{option.Name}={value}");
        }

        foreach (var flag in new[] { Exclusive, Tree, Description, DryRun, Info, Version })
        {
            if (values.Get(flag))
                arguments.Add($"--{flag.Name}");
        }

        return arguments;
    }

    private static Option<bool> Flag(string name, string help, params string[] aliases) =>
        new(name, ValueKinds.Flag, help, false, aliases) { Group = OptionGroup.Cake };
}
