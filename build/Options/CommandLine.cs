using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.FleetTopology;

namespace Flyte.MultiCluster.Build.Options;

/// <summary>The program's command line, read and checked as a whole: every problem is reported, none is passed over.</summary>
internal sealed class CommandLine
{
    private readonly OptionValues _values = new();
    private readonly List<Problem> _problems = [];
    private readonly Dictionary<string, Option> _byName;
    private readonly IReadOnlyList<string> _targets;

    private CommandLine(IEnumerable<Option> options, IReadOnlyList<string> targets) => (_byName, _targets) = (ByName(options), targets);

    /// <summary>What it says.</summary>
    public OptionValues Values => _values;

    /// <summary>Everything that is wrong with it, in its order; with any, nothing may run.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Reads a command line: <c>--name=value</c>, <c>--name value</c>, <c>--flag</c>, <c>--flag=false</c>; the last of several counts.</summary>
    /// <param name="args">The command line, without the program's name.</param>
    /// <param name="options">The options there are.</param>
    /// <param name="targets">The targets there are.</param>
    public static CommandLine Read(IReadOnlyList<string> args, IEnumerable<Option> options, IReadOnlyList<string> targets)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(targets);
        var line = new CommandLine(options, targets);
        for (var at = 0; at < args.Count; at++)
            at = line.ReadWord(args, at);
        line.CheckTogether();
        return line;
    }

    private int ReadWord(IReadOnlyList<string> args, int at)
    {
        var word = args[at];
        if (!word.StartsWith('-') || word.Trim('-').Length == 0)
        {
            RefuseWord(word);
            return at;
        }

        var (option, written, value, last) = Split(args, at, _byName);
        if (option is null)
            RefuseName(written);
        else
            Take(option, written, option.Placeholder is null ? value ?? "true" : value);
        return last;
    }

    /// <summary>A command line as it was written, an option with its value at a time; a word that is none is one of its own.</summary>
    /// <param name="args">The command line, without the program's name.</param>
    /// <param name="options">The options there are.</param>
    /// <returns>The option, null for none; its value, null where it is written without; and the words that say so.</returns>
    public static IEnumerable<(Option? Option, string? Value, IReadOnlyList<string> Words)> Words(IReadOnlyList<string> args, IEnumerable<Option> options)
    {
        var byName = ByName(options);
        for (var at = 0; at < args.Count; at++)
        {
            var first = at;
            var (option, _, value, last) = args[at].StartsWith('-') ? Split(args, at, byName) : (null, args[at], null, at);
            at = last;
            yield return (option, value, [.. args.Skip(first).Take(last - first + 1)]);
        }
    }

    // The value stands behind the = or in the next word; a flag takes none but true and false.
    private static (Option? Option, string Written, string? Value, int Last) Split(IReadOnlyList<string> args, int at, Dictionary<string, Option> byName)
    {
        var word = args[at];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var written = equals < 0 ? word : word[..equals];
        var option = Find(written, byName);
        if (equals >= 0)
            return (option, written, word[(equals + 1)..], at);
        var next = at + 1 < args.Count ? args[at + 1] : null;
        var isValue = next is not null && (option is { Placeholder: null } ? bool.TryParse(next, out _) : !IsOption(next));
        return isValue ? (option, written, next, at + 1) : (option, written, null, at);
    }

    private static Dictionary<string, Option> ByName(IEnumerable<Option> options)
    {
        var byName = new Dictionary<string, Option>(StringComparer.OrdinalIgnoreCase);
        foreach (var option in options)
        {
            foreach (var name in option.Aliases.Prepend(option.Name))
                byName.Add(name, option);
        }

        return byName;
    }

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]);

    private Option? Find(string written) => Find(written, _byName);

    private static Option? Find(string written, Dictionary<string, Option> byName)
    {
        var name = written.TrimStart('-');
        return byName.TryGetValue(name, out var option) && Option.Written(name).Length == written.Length ? option : null;
    }

    private void Take(Option option, string written, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            Refuse(written, "It needs a value.", $"Write {Option.Written(option.Name)}={option.Placeholder ?? "true"}: {option.Expected}.");
        else if (!option.TryRead(value, out var read))
            Refuse(
                written,
                $"'{value}' is not {option.Expected}.",
                Suggestion(Nearest.To(value, option.Choices)) ?? $"Write {Option.Written(option.Name)}={option.Placeholder ?? "true"}."
            );
        else if (option == CakeOptions.Target && !_targets.Contains(value, StringComparer.OrdinalIgnoreCase))
            Refuse(written, $"There is no target '{value}'.", Suggestion(Nearest.To(value, _targets)) ?? "See ./build.sh --description.");
        else
            _values.Add(option, read);
    }

    private void RefuseName(string written)
    {
        var name = written.TrimStart('-');
        var names = _byName.Keys.Where(static candidate => candidate.Length > 1);
        var nearest = _byName.ContainsKey(name) ? name : Nearest.To(name, names);
        Refuse(written, "Unknown option.", Suggestion(nearest is null ? null : Option.Written(nearest)) ?? "See ./build.sh --help.");
    }

    private void RefuseWord(string word)
    {
        var target = Nearest.To(word, _targets) ?? _targets.FirstOrDefault(candidate => candidate.Equals(word, StringComparison.OrdinalIgnoreCase));
        Refuse(word.Length == 0 ? "''" : word, "It is not an option.", Suggestion(target is null ? null : $"--target={target}") ?? "See ./build.sh --help.");
    }

    private void CheckTogether()
    {
        var isPlan = ProgramOptions.IsPlan(_values);
        if (_values.Get(ProgramOptions.DetailedExitCode) && !isPlan)
            Refuse("--detailed-exitcode", "It is only valid with --plan.", "Add --plan, or leave it out.");
        if (HasDocument(_values) && ReportFile.IsStandardOutput(_values.Get(ProgramOptions.Report)))
            Refuse("--report", "Standard output already carries the document of --output.", "Name a file for the report.");
        string[] withOutput = _values.Get(ProgramOptions.Output) switch
        {
            OutputFormat.Junit => ["Verify"],
            var format when PictureFormat.IsPicture(format) => [nameof(Topology)],
            _ => ["Verify", "Status", nameof(Tasks.Plan)],
        };
        if (!isPlan || _values.Get(ProgramOptions.Output) != OutputFormat.Json)
            GoesWith(ProgramOptions.Output, withOutput);
        GoesWithItsTargets(ProgramOptions.OutputFile);
        GoesWith(ProgramOptions.Smoke, "Verify", "SmokeRun");
        GoesWithItsTargets(ProgramOptions.SkipSmoke);
        GoesWithItsTargets(ProgramOptions.OlderThan);
        GoesWithItsTargets(ProgramOptions.Compromised);
        GoesWithItsTargets(ProgramOptions.MoveLabel);
        GoesWithItsTargets(ProgramOptions.AbortExecutions);
        GoesWithItsTargets(ProgramOptions.Unreachable);
        GoesWithItsTargets(ProgramOptions.Undrain);
        GoesWithItsTargets(ProgramOptions.Watch);
        GoesWithItsTargets(ProgramOptions.Batch, Targets.Upgrading);
        GoesWithItsTargets(ProgramOptions.AcceptVersionSkew, Targets.Upgrading);
        GoesWithItsTargets(ProgramOptions.To, Targets.RollingBack);
        GoesWithItsTargets(Tasks.Developers.Test.All, Targets.RollingBack);
        if (_values.Get(ProgramOptions.Watch) is not null && _values.Get(ProgramOptions.Output) != OutputFormat.Text)
            Refuse("--watch", "It shows a table again and again, and --output writes one document.", "Leave one of them out.");
        GoesWith(ProgramOptions.PruneLabels, "UpdateExecutionClusterLabels", "AddDataPlane");
        foreach (var option in Tasks.Imports.ImportOptions.All.Concat(Tasks.Rendering.RenderOptions.All).Where(_values.Has))
            GoesWith(option, isGiven: true, [.. option.Targets.Select(Targets.NameOf)]);
    }

    /// <summary>Whether standard output holds a document alone.</summary>
    /// <param name="values">What the command line says.</param>
    public static bool HasDocument(OptionValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Get(ProgramOptions.OutputFile) is { } file ? ReportFile.IsStandardOutput(file) : values.Get(ProgramOptions.Output) != OutputFormat.Text;
    }

    private void GoesWithItsTargets<T>(Option<T> option) => GoesWith(option, [.. option.Targets.Select(Targets.NameOf)]);

    // Their steps take it too, and need not be named.
    private void GoesWithItsTargets<T>(Option<T> option, IReadOnlySet<string> steps)
    {
        if (!_values.All(CakeOptions.Target).Any(target => Run(target) is { } name && steps.Contains(name)))
            GoesWithItsTargets(option);
    }

    private void GoesWith<T>(Option<T> option, params IReadOnlyList<string> targets) => GoesWith(option, !Equals(_values.Get(option), option.Default), targets);

    private void GoesWith(Option option, bool isGiven, IReadOnlyList<string> targets)
    {
        // Which target was meant by one that is none is not known.
        if (_problems.Exists(problem => Find(problem.Place) == CakeOptions.Target))
            return;
        if (!isGiven || _values.All(CakeOptions.Target).Any(target => targets.Contains(Run(target), StringComparer.OrdinalIgnoreCase)))
            return;
        var written = string.Join(" or ", targets.Select(target => $"--target={target}"));
        Refuse(Option.Written(option.Name), $"It is only valid with {written}.", $"Add {written}, or leave it out.");
    }

    // What AddDataPlane takes, its plan takes too.
    private static string? Run(string? target) =>
        string.Equals(target, nameof(Tasks.Plan), StringComparison.OrdinalIgnoreCase) ? nameof(Tasks.AddDataPlane) : target;

    private static string? Suggestion(string? nearest) => nearest is null ? null : $"Did you mean {nearest}?";

    private void Refuse(string place, string what, string remedy) => _problems.Add(new Problem(place, what, remedy));
}
