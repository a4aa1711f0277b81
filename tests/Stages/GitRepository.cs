using System.Diagnostics;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A Git repository of a test's own, with one commit of everything in its folder.</summary>
internal sealed class GitRepository
{
    private readonly string _folder;

    /// <summary>Makes it.</summary>
    /// <param name="folder">The folder.</param>
    public GitRepository(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Git("init", "--quiet");
        Commit();
    }

    /// <summary>The commit that is checked out.</summary>
    public string Head => Git("rev-parse", "HEAD");

    /// <summary>Commits everything.</summary>
    public void Commit()
    {
        Git("add", "--all");
        Git("-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "--allow-empty", "--no-gpg-sign", "--message=test");
    }

    /// <summary>Runs git in it.</summary>
    public string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {arguments[0]}: {error.GetAwaiter().GetResult()}");
    }
}
