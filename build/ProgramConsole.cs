using System.Globalization;
using Cake.Core;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Build;

/// <summary>Cake's console on the run's streams, without colours: what Cake prints there (targets, versions) has none.</summary>
internal sealed class ProgramConsole : IConsole
{
    private readonly ProcessEnvironment _environment = ProcessEnvironment.Current;

    /// <inheritdoc/>
    public ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    /// <inheritdoc/>
    public ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    /// <inheritdoc/>
    public bool SupportAnsiEscapeCodes => false;

    /// <inheritdoc/>
    public void Write(string format, params object[] arg) => _environment.Output.Write(Formatted(format, arg));

    /// <inheritdoc/>
    public void WriteLine(string format, params object[] arg) => _environment.Output.WriteLine(Formatted(format, arg));

    /// <inheritdoc/>
    public void WriteError(string format, params object[] arg) => _environment.Error.Write(Formatted(format, arg));

    /// <inheritdoc/>
    public void WriteErrorLine(string format, params object[] arg) => _environment.Error.WriteLine(Formatted(format, arg));

    /// <inheritdoc/>
    public void ResetColor() { }

    private static string Formatted(string format, object[] arg) => arg is { Length: > 0 } ? string.Format(CultureInfo.InvariantCulture, format, arg) : format;
}
