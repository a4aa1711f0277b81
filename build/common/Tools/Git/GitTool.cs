using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Git;

/// <summary>What every git call has.</summary>
public sealed class GitSettings : ToolSettings
{
    /// <summary>The folder to look at, in the repository's tree.</summary>
    public required string Folder { get; set; }
}

/// <summary>git failed.</summary>
public sealed class GitException : Exception
{
    /// <summary>Names the command that failed and what git said.</summary>
    /// <param name="command">The subcommand.</param>
    /// <param name="exitCode">git's exit code.</param>
    /// <param name="errors">git's standard error.</param>
    public GitException(string command, int exitCode, IEnumerable<string> errors)
        : base($"git {command} failed (exit code {exitCode}): {string.Join(' ', errors.Select(line => line.Trim()))}") => ExitCode = exitCode;

    /// <summary>git's exit code; 1 is an answer for some commands, 128 a failure.</summary>
    public int ExitCode { get; }
}

/// <summary>The base of all git runners: they read, and take no lock that somebody's git would have to wait for.</summary>
public abstract class GitTool : CommandLineTool<GitSettings>
{
    /// <summary>Makes a runner from Cake's services.</summary>
    protected GitTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected sealed override Exception Failure(int exitCode, IReadOnlyList<string> errors) => new GitException(Command, exitCode, errors);

    /// <inheritdoc/>
    protected sealed override void AddLeading(GitSettings settings, ProcessArgumentBuilder arguments)
    {
        ArgumentNullException.ThrowIfNull(settings);
        arguments.Append("--no-optional-locks").Append("-C").AppendEscaped(settings.Folder);
    }

    /// <inheritdoc/>
    protected sealed override void AddCommon(GitSettings settings, ProcessArgumentBuilder arguments) { }

    /// <summary>Appends files for a command to look at alone.</summary>
    private protected static void AppendFiles(ProcessArgumentBuilder arguments, IEnumerable<string> files)
    {
        arguments.Append("--");
        foreach (var file in files)
            arguments.AppendEscaped($":(literal){file}");
    }

    /// <inheritdoc/>
    protected sealed override string GetToolName() => "git";

    /// <inheritdoc/>
    protected sealed override IEnumerable<string> GetToolExecutableNames() => ["git", "git.exe"];
}

/// <summary>Runs <c>git status</c>.</summary>
public sealed class GitStatusRunner : GitTool
{
    private const string Commit = "# branch.oid ";

    /// <summary>Makes the runner from Cake's services.</summary>
    public GitStatusRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "status";

    /// <summary>The commit that is checked out, and whether anything differs from it; untracked files do.</summary>
    /// <param name="settings">The folder.</param>
    /// <param name="cancellationToken">Cancels git.</param>
    /// <returns>The tree; null where there is no commit yet.</returns>
    /// <exception cref="GitException">It is no repository, or git does not trust its owner.</exception>
    /// <exception cref="CakeException">There is no git.</exception>
    public async Task<SourceTree?> TreeAsync(GitSettings settings, CancellationToken cancellationToken)
    {
        var lines = await RunAsync(
            settings,
            arguments => arguments.Append("--porcelain=v2").Append("--branch").Append("--untracked-files=normal"),
            cancellationToken
        );
        var commit = lines.FirstOrDefault(line => line.StartsWith(Commit, StringComparison.Ordinal))?[Commit.Length..];
        return commit is null or "(initial)" ? null : new SourceTree(commit, lines.Any(line => line.Length > 0 && line[0] != '#'));
    }

    /// <summary>Whether some files differ from the commit that is checked out; untracked ones do.</summary>
    /// <param name="settings">A folder of the repository.</param>
    /// <param name="files">The files and folders in it, absolute paths.</param>
    /// <param name="cancellationToken">Cancels git.</param>
    /// <exception cref="GitException">It is no repository, or git does not trust its owner.</exception>
    /// <exception cref="CakeException">There is no git.</exception>
    public async Task<bool> AreDirtyAsync(GitSettings settings, IReadOnlyList<string> files, CancellationToken cancellationToken) =>
        (
            await RunAsync(settings, arguments => AppendFiles(arguments.Append("--porcelain=v2").Append("--untracked-files=normal"), files), cancellationToken)
        ).Count > 0;
}

/// <summary>Runs <c>git log</c>.</summary>
public sealed class GitLogRunner : GitTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public GitLogRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "log";

    /// <summary>The newest commit that changed some files.</summary>
    /// <param name="settings">A folder of the repository.</param>
    /// <param name="files">The files and folders in it, absolute paths.</param>
    /// <param name="cancellationToken">Cancels git.</param>
    /// <returns>The commit; null for none.</returns>
    /// <exception cref="GitException">It is no repository, or git does not trust its owner.</exception>
    /// <exception cref="CakeException">There is no git.</exception>
    public async Task<string?> CommitOfAsync(GitSettings settings, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var lines = await RunAsync(settings, arguments => AppendFiles(arguments.Append("-1").Append("--format=%H"), files), cancellationToken);
        return lines.Count == 0 ? null : lines[0];
    }
}

/// <summary>Runs <c>git ls-files</c>.</summary>
public sealed class GitLsFilesRunner : GitTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public GitLsFilesRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "ls-files";

    /// <summary>Whether a file is tracked: an ignored one changes without a trace.</summary>
    /// <param name="settings">The file's folder.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="cancellationToken">Cancels git.</param>
    /// <exception cref="GitException">It is no repository, or git does not trust its owner.</exception>
    /// <exception cref="CakeException">There is no git.</exception>
    public async Task<bool> IsTrackedAsync(GitSettings settings, string name, CancellationToken cancellationToken) =>
        (await RunAsync(settings, arguments => arguments.Append("--").AppendEscaped($":(literal){name}"), cancellationToken)).Count > 0;
}
