namespace Flyte.MultiCluster.Common.Options;

/// <summary>What the command line says, option by option; tasks with options of their own read them here.</summary>
public sealed class OptionValues
{
    private readonly Dictionary<Option, List<object?>> _values = [];

    /// <summary>The option's value: the last one given, else its default.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="option">The option.</param>
    public T Get<T>(Option<T> option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return _values.TryGetValue(option, out var values) ? (T)values[^1]! : option.Default;
    }

    /// <summary>Every value given, in order; empty when none was.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="option">The option.</param>
    public IReadOnlyList<T> All<T>(Option<T> option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return _values.TryGetValue(option, out var values) ? [.. values.Cast<T>()] : [];
    }

    /// <summary>Whether the option was given.</summary>
    /// <param name="option">The option.</param>
    public bool Has(Option option) => _values.ContainsKey(option);

    /// <summary>Adds a value.</summary>
    /// <param name="option">The option.</param>
    /// <param name="value">Its value, boxed.</param>
    public void Add(Option option, object? value)
    {
        if (!_values.TryGetValue(option, out var values))
            _values[option] = values = [];
        values.Add(value);
    }
}
