using System.ComponentModel;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Processes;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>A command whose standard output is a token. It ends with the run, as every child process does.</summary>
/// <param name="processes">Starts it.</param>
/// <param name="command">The command with its arguments.</param>
/// <param name="mask">Gets the token, and cleans what the command says.</param>
internal sealed class TokenCommand(IProcessRunner processes, IReadOnlyList<string> command, SecretMask mask)
{
    private static readonly string[] WindowsEndings = [".exe", ".cmd", ".bat"];

    /// <summary>Runs the command.</summary>
    /// <returns>The token.</returns>
    /// <exception cref="FlyteAdminException">The command failed, or printed no token; what it printed is never reported.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var arguments = new ProcessArgumentBuilder();
        foreach (var argument in command.Skip(1))
            arguments.AppendEscaped(argument);
        using var process = Start(arguments);
        int exitCode;
        if (process is ChildProcess child)
        {
            exitCode = await child.ExitAsync(cancellationToken);
        }
        else
        {
            process.WaitForExit();
            exitCode = process.GetExitCode();
        }

        var token = string.Join('\n', process.GetStandardOutput() ?? []).Trim();
        foreach (var line in token.Split('\n'))
            mask.Add(line.Trim());
        if (exitCode != 0)
            throw Failure(
                $"failed (exit code {exitCode}): "
                    + $"{(mask.Clean(string.Join(' ', process.GetStandardError() ?? [])) is { Length: > 0 } said ? said : "it printed nothing.")}"
            );
        return AccessToken.IsUsable(token) ? token : throw Failure(token.Length == 0 ? "printed no token." : "printed more than a token.");
    }

    /// <summary>The file that a command's first word starts.</summary>
    /// <param name="name">The first word: a path, or a name that is looked up on PATH.</param>
    /// <returns>An absolute path; null when there is none.</returns>
    public static string? Find(string name)
    {
        if (name.Length == 0)
            return null;
        var isPath = name.Contains('/', StringComparison.Ordinal) || name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        var folders = isPath
            ? [ProcessEnvironment.Current.WorkingDirectory]
            : (ProcessEnvironment.Current.Variable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders
            .Select(folder => Path.GetFullPath(Path.Combine(folder, name)))
            .SelectMany(path => OperatingSystem.IsWindows() ? WindowsEndings.Select(ending => path + ending).Prepend(path) : [path])
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (
            OperatingSystem.IsWindows()
                ? WindowsEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
                : (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None
        );

    private IProcess Start(ProcessArgumentBuilder arguments)
    {
        try
        {
            return processes.Start(
                    new FilePath(Find(command[0]) ?? command[0]),
                    new ProcessSettings
                    {
                        Arguments = arguments,
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                        Silent = true,
                    }
                ) ?? throw Failure("could not be started.");
        }
        catch (Win32Exception exception)
        {
            throw Failure($"could not be started: {exception.Message}");
        }
    }

    private FlyteAdminException Failure(string what) => new("login", null, GrpcCodes.Unauthenticated, mask.Clean($"the token command '{command[0]}' {what}"));
}
