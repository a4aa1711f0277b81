using System.Globalization;
using Cake.Core.Diagnostics;

namespace Flyte.MultiCluster.Build;

/// <summary>
/// Cake's log as plain lines, one call at a time: errors and warnings on standard error, the rest on standard output. Unlike Cake's own it
/// colours a terminal only, never a pipe or a file.
/// </summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="colours">Whether errors and warnings are coloured.</param>
/// <param name="isReported">Whether the summary has said how the run ended, so that Cake need not say it again; null for never.</param>
internal sealed class ProgramLog(TextWriter output, TextWriter error, bool colours, Func<bool>? isReported = null) : ICakeLog
{
    // CakeEngine's and Cake.Cli's own lines about a failed task.
    private const string TaskFailed = "An error occurred when executing task '{0}'.";
    private const string RunFailed = "Error: {0}";

    private readonly Lock _line = new();

    /// <inheritdoc/>
    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    /// <inheritdoc/>
    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args)
    {
        if (verbosity > Verbosity || (Verbosity < Verbosity.Verbose && IsRepeated(level, format)))
            return;

        var line = args is { Length: > 0 } ? string.Format(CultureInfo.InvariantCulture, format, args) : format;
        var writer = level <= LogLevel.Warning ? error : output;
        lock (_line)
            writer.WriteLine(Coloured(level, line));
    }

    private bool IsRepeated(LogLevel level, string format) =>
        level == LogLevel.Error && (format == TaskFailed || (format == RunFailed && isReported?.Invoke() == true));

    private string Coloured(LogLevel level, string line) =>
        level switch
        {
            LogLevel.Fatal or LogLevel.Error when colours => $"\e[31m{line}\e[0m",
            LogLevel.Warning when colours => $"\e[33m{line}\e[0m",
            _ => line,
        };
}
