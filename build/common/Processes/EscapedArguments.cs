using System.Text;
using Cake.Core;
using Cake.Core.IO;

namespace Flyte.MultiCluster.Common.Processes;

/// <summary>Arguments that reach the child process as they are; Cake's own quoting leaves quotes inside a value alone.</summary>
internal static class EscapedArguments
{
    /// <summary>Appends one argument.</summary>
    public static ProcessArgumentBuilder AppendEscaped(this ProcessArgumentBuilder arguments, string value) => arguments.Append(Escape(value));

    /// <summary>Appends an option and its value as two arguments; nothing for null.</summary>
    public static ProcessArgumentBuilder AppendOption(this ProcessArgumentBuilder arguments, string name, string? value) =>
        value is null ? arguments : arguments.Append(name).AppendEscaped(value);

    // The rules that .NET splits a command line by, on every system: backslashes count only before a quote.
    private static string Escape(string value)
    {
        var escaped = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var letter in value)
        {
            if (letter == '"')
                escaped.Append('\\', backslashes + 1);
            backslashes = letter == '\\' ? backslashes + 1 : 0;
            escaped.Append(letter);
        }

        return escaped.Append('\\', backslashes).Append('"').ToString();
    }
}
