using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Tables as lines of a log.</summary>
public static class TerminalTable
{
    private const int WidestLine = 10_000;

    /// <summary>A table's lines, two columns from the left. It is as wide as it is: a log keeps a row on one line, and a terminal wraps it itself.</summary>
    /// <param name="table">The table.</param>
    /// <param name="colours">Whether its colours are written.</param>
    public static IReadOnlyList<string> Lines(IRenderable table, bool colours)
    {
        ArgumentNullException.ThrowIfNull(table);
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = WidestLine;
        console.Write(new Padder(table, new Padding(2, 0, 0, 0)));
        return [.. text.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
    }
}
