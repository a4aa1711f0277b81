using Cake.Core;

namespace Cake.Frosting.Hosting;

/// <summary>
/// Cake's own options, and everything else as arguments for tasks: <c>--name=value</c>, <c>--name value</c>, or a bare <c>--name</c>,
/// whose value is null. Nothing is refused here.
/// </summary>
internal sealed class HostCommandLine
{
    private static readonly Dictionary<string, string> Valued = new(StringComparer.Ordinal)
    {
        ["--target"] = Target,
        ["--Target"] = Target,
        ["-t"] = Target,
        ["--working"] = "working",
        ["-w"] = "working",
        ["--verbosity"] = "verbosity",
        ["-v"] = "verbosity",
    };

    private static readonly Dictionary<string, string> Flags = new(StringComparer.Ordinal)
    {
        ["--description"] = nameof(Description),
        ["--descriptions"] = nameof(Description),
        ["--showdescription"] = nameof(Description),
        ["--showdescriptions"] = nameof(Description),
        ["--tree"] = nameof(Tree),
        ["--showtree"] = nameof(Tree),
        ["--dryrun"] = nameof(DryRun),
        ["--noop"] = nameof(DryRun),
        ["--whatif"] = nameof(DryRun),
        ["--exclusive"] = nameof(Exclusive),
        ["-e"] = nameof(Exclusive),
        ["--version"] = nameof(Version),
        ["--ver"] = nameof(Version),
        ["--info"] = nameof(Info),
        ["--help"] = nameof(Help),
        ["-h"] = nameof(Help),
    };

    private const string Target = "target";
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string?>> _values = [];
    private readonly List<KeyValuePair<string, string?>> _remaining = [];

    public HostCommandLine(IEnumerable<string> args)
    {
        var words = args.ToArray();
        for (var at = 0; at < words.Length; at++)
        {
            var (name, value) = Split(words[at]);
            if (name.Length == 0)
                continue;
            if (Flags.TryGetValue(name, out var flag))
            {
                Set(flag, !string.Equals(value, "false", StringComparison.OrdinalIgnoreCase));
                continue;
            }

            if (value is null && at + 1 < words.Length && !words[at + 1].StartsWith('-'))
                value = words[++at];
            if (Valued.TryGetValue(name, out var option))
                _values.Add(new(option, value));
            else
                _remaining.Add(new(name.TrimStart('-'), value));
        }

        if (!_values.Exists(static value => value.Key == Target))
            _values.Add(new(Target, "Default"));
    }

    public IReadOnlyList<string> Targets => [.. _values.Where(static value => value.Key == Target).Select(static value => value.Value).OfType<string>()];

    public string? Working => Last("working");

    public string? Verbosity => Last("verbosity");

    public bool Description => _flags.Contains(nameof(Description));

    public bool Tree => _flags.Contains(nameof(Tree));

    public bool DryRun => _flags.Contains(nameof(DryRun));

    public bool Exclusive => _flags.Contains(nameof(Exclusive));

    public bool Version => _flags.Contains(nameof(Version));

    public bool Info => _flags.Contains(nameof(Info));

    public bool Help => _flags.Contains(nameof(Help));

    /// <summary>What tasks read through <c>context.Arguments</c>: the remaining arguments and the targets.</summary>
    public CakeArguments Arguments =>
        new(
            _remaining
                .Concat(Targets.Select(static target => new KeyValuePair<string, string?>(Target, target)))
                .ToLookup(static argument => argument.Key, static argument => argument.Value!, StringComparer.OrdinalIgnoreCase)
        );

    private static (string Name, string? Value) Split(string word)
    {
        if (!word.StartsWith('-'))
            return (string.Empty, null);
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private void Set(string flag, bool on)
    {
        if (on)
            _flags.Add(flag);
        else
            _flags.Remove(flag);
    }

    private string? Last(string option) => _values.LastOrDefault(value => value.Key == option).Value;
}
