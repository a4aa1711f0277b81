using System.Globalization;
using Cake.Core.Diagnostics;

namespace Flyte.MultiCluster.Build;

/// <summary>
/// The run's log: a line an entry, errors and warnings on standard error, colours only on a terminal and never with <c>NO_COLOR</c>.
/// Takes the place of Cake's own, which colours pipes too.
/// </summary>
public sealed class ConsoleLog : ICakeLog
{
    private const string Reset = "\u001b[0m";

    private readonly Lock _gate = new();
    private readonly bool _colourOut = IsTerminal(Console.IsOutputRedirected);
    private readonly bool _colourError = IsTerminal(Console.IsErrorRedirected);

    /// <inheritdoc/>
    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    /// <inheritdoc/>
    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args)
    {
        if (verbosity > Verbosity)
            return;
        var isError = level <= LogLevel.Warning;
        var text = args is { Length: > 0 } ? string.Format(CultureInfo.InvariantCulture, format, args) : format;
        var colour = (isError ? _colourError : _colourOut) ? Colour(level) : string.Empty;
        lock (_gate)
            (isError ? Console.Error : Console.Out).WriteLine(colour.Length == 0 ? text : $"{colour}{text}{Reset}");
    }

    private static bool IsTerminal(bool redirected)
        => !redirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private static string Colour(LogLevel level) => level switch
    {
        LogLevel.Fatal or LogLevel.Error => "\u001b[31m",
        LogLevel.Warning => "\u001b[33m",
        LogLevel.Verbose or LogLevel.Debug => "\u001b[90m",
        _ => string.Empty,
    };
}
