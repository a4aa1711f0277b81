namespace Flyte.MultiCluster.Common.Options;

/// <summary>An option of the command line: name, aliases, help and reading in one object. Help and parser work from the same one.</summary>
public abstract class Option
{
    private protected Option(string name, string help, IReadOnlyList<string> aliases)
    {
        Name = name;
        Help = help;
        Aliases = aliases;
    }

    /// <summary>Its name without dashes.</summary>
    public string Name { get; }

    /// <summary>What it does, one sentence.</summary>
    public string Help { get; }

    /// <summary>Its other names; one letter goes with one dash.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The group it is listed under.</summary>
    public OptionGroup Group { get; init; }

    /// <summary>The task classes of the targets that it is for; empty for all.</summary>
    public IReadOnlyList<Type> Targets { get; init; } = [];

    /// <summary>Command lines that show its use, for help; empty where its description says enough.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Whether every value counts, not only the last.</summary>
    public bool Repeatable { get; init; }

    /// <summary>The value's name in help; null for a flag.</summary>
    public abstract string? Placeholder { get; }

    /// <summary>The default as help gives it; null when there is nothing to show.</summary>
    public abstract string? DefaultText { get; }

    /// <summary>What a right value looks like.</summary>
    public abstract string Expected { get; }

    /// <summary>The words to choose from, for the nearest of a wrong one; empty for other kinds of value.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>How it is written: <c>--fleet</c>, <c>-t</c>.</summary>
    /// <param name="name">Its name or one of its aliases.</param>
    public static string Written(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 1 ? $"-{name}" : $"--{name}";
    }

    /// <summary>Reads a value.</summary>
    /// <param name="text">The value as written.</param>
    /// <param name="value">The value, boxed.</param>
    /// <returns>Whether it is right.</returns>
    public abstract bool TryRead(string text, out object? value);
}

/// <summary>Where help lists an option.</summary>
public enum OptionGroup
{
    /// <summary>The run itself.</summary>
    Run,

    /// <summary>The embedded sandbox.</summary>
    Sandbox,

    /// <summary>Tools and tests.</summary>
    Tools,

    /// <summary>Cake's own, handed on to the host.</summary>
    Cake,
}

/// <summary>An option with a typed value.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public sealed class Option<T> : Option
{
    private readonly ValueKind<T> _kind;

    /// <summary>Describes an option.</summary>
    /// <param name="name">Its name without dashes.</param>
    /// <param name="kind">What its value looks like.</param>
    /// <param name="help">What it does, one sentence.</param>
    /// <param name="fallback">The value where it is not given.</param>
    /// <param name="aliases">Its other names.</param>
    public Option(string name, ValueKind<T> kind, string help, T fallback, params IReadOnlyList<string> aliases)
        : base(name, help, aliases)
    {
        _kind = kind;
        Default = fallback;
    }

    /// <summary>The value where it is not given.</summary>
    public T Default { get; }

    /// <summary>The default in words, where its value says too little.</summary>
    public string? DefaultIn { get; init; }

    /// <inheritdoc/>
    public override string? Placeholder => _kind.Placeholder;

    /// <inheritdoc/>
    public override string Expected => _kind.Expected;

    /// <inheritdoc/>
    public override string? DefaultText =>
        DefaultIn
        ?? Default switch
        {
            null or bool or System.Collections.ICollection => null,
            var value => value.ToString(),
        };

    /// <inheritdoc/>
    public override bool TryRead(string text, out object? value)
    {
        var right = _kind.Read(text, out var read);
        value = read;
        return right;
    }
}
