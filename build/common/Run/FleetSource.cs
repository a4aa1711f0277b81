using Cake.Core;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Tools.Git;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>
/// The Git tree that a run's fleet file is in, read when something is about to be installed, and once; git is not started where no folder above the file
/// is a repository.
/// </summary>
/// <param name="status">Runs git status.</param>
/// <param name="files">Runs git ls-files.</param>
/// <param name="log">Runs git log.</param>
public sealed class FleetSource(GitStatusRunner status, GitLsFilesRunner files, GitLogRunner log)
{
    private readonly Once<(SourceTree? Tree, string? Failure)> _read = new();

    /// <summary>The tree, where it was read; null before, and where there is none.</summary>
    public SourceTree? Known => _read.Value.Tree;

    /// <summary>The tree; null where the file is in no commit.</summary>
    /// <param name="file">The fleet file, an absolute path.</param>
    /// <param name="cancellationToken">Cancels git.</param>
    public async Task<SourceTree?> ReadAsync(string file, CancellationToken cancellationToken) => (await ReadOnceAsync(file, cancellationToken)).Tree;

    /// <summary>Why a run that requires a clean tree is refused; nothing where the tree is clean.</summary>
    /// <param name="file">The fleet file, an absolute path.</param>
    /// <param name="cancellationToken">Cancels git.</param>
    public async Task<IReadOnlyList<Problem>> UncleanAsync(string file, CancellationToken cancellationToken)
    {
        var (tree, failure) = await ReadOnceAsync(file, cancellationToken);
        return tree switch
        {
            null => [new Problem("--require-clean", $"{file}: {failure}", "Commit the fleet file to a Git repository, or leave the option out.")],
            { IsDirty: true } =>
            [
                new Problem(
                    "--require-clean",
                    $"The Git tree of {file} has changes that are not in commit {tree.Short.Split(' ')[0]}.",
                    "Commit or stash them (git status shows them, untracked files too), or leave the option out."
                ),
            ],
            _ => [],
        };
    }

    /// <summary>The newest commit that changed a fleet: unlike the tree's, it stays when something else is committed beside it.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="cancellationToken">Cancels git.</param>
    /// <returns>The commit, and whether the fleet's files differ from it; null where the fleet file is in no commit.</returns>
    public async Task<SourceTree?> OfFleetAsync(Fleet fleet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        if (await ReadAsync(fleet.Path, cancellationToken) is not { } tree)
            return null;
        var folder = Path.GetDirectoryName(fleet.Path)!;
        var (settings, root) = (new GitSettings { Folder = folder }, Repository(folder)!);
        string[] own =
        [
            .. fleet.Files.Where(file => file.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal),
        ];
        try
        {
            var (commit, isDirty) = (log.CommitOfAsync(settings, own, cancellationToken), status.AreDirtyAsync(settings, own, cancellationToken));
            await Task.WhenAll(commit, isDirty);
            return new SourceTree(await commit ?? tree.Commit, await isDirty);
        }
        catch (Exception exception) when (exception is GitException or CakeException)
        {
            return tree;
        }
    }

    private Task<(SourceTree? Tree, string? Failure)> ReadOnceAsync(string file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        return _read.GetAsync(() => LookAsync(file, cancellationToken));
    }

    private async Task<(SourceTree? Tree, string? Failure)> LookAsync(string file, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(file)!;
        if (Repository(folder) is null)
            return (null, "It is in no Git repository.");
        var settings = new GitSettings { Folder = folder };
        try
        {
            var (tree, isTracked) = (status.TreeAsync(settings, cancellationToken), files.IsTrackedAsync(settings, Path.GetFileName(file), cancellationToken));
            await Task.WhenAll(tree, isTracked);
            return !await isTracked ? (null, "Git does not track it.")
                : await tree is { } read ? (read, null)
                : (null, "Its Git repository has no commit.");
        }
        catch (Exception exception) when (exception is GitException or CakeException)
        {
            return (null, exception.Message);
        }
    }

    // A file .git is that of a work tree or a submodule.
    private static string? Repository(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (Path.Exists(Path.Combine(at.FullName, ".git")))
                return at.FullName;
        }

        return null;
    }
}
