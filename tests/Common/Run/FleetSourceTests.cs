using Cake.Core.IO;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Git;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Stages;
using NSubstitute;
using NUnit.Framework;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>The Git tree of a fleet file, with real git.</summary>
internal sealed class FleetSourceTests
{
    private TemporaryFolder _folder = null!;
    private string _fleet = string.Empty;

    [SetUp]
    public void MakeFleet()
    {
        _folder = new TemporaryFolder();
        _fleet = _folder.Write("a folder/fleet.yaml", "x");
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public async Task It_is_the_commit_of_the_repository_above_the_file()
    {
        var repository = new GitRepository(_folder.Path);

        Assert.That(await ReadAsync(), Is.EqualTo(new SourceTree(repository.Head, IsDirty: false)));
    }

    [TestCase("a folder/fleet.yaml")]
    [TestCase("elsewhere/untracked")]
    public async Task A_change_anywhere_in_the_tree_makes_it_dirty(string file)
    {
        _ = new GitRepository(_folder.Path);
        _folder.Write(file, "y");

        Assert.That((await ReadAsync())?.IsDirty, Is.True);
    }

    [Test]
    public async Task A_file_that_is_ignored_is_in_no_commit()
    {
        _folder.Write(".gitignore", "fleet.yaml");
        _ = new GitRepository(_folder.Path);

        Assert.That(await ReadAsync(), Is.Null);
        Assert.That(await UncleanAsync(), Does.Contain("Git does not track it."));
    }

    [Test]
    public async Task Without_a_repository_git_is_not_asked() => Assert.That(await UncleanAsync(), Does.Contain("It is in no Git repository."));

    [Test]
    public async Task What_is_no_repository_although_it_looks_like_one_is_said_in_gits_words()
    {
        _folder.Write(".git", "gitdir: /nowhere");

        Assert.That(await UncleanAsync(), Does.Contain("git ").And.Contain("failed (exit code 128): fatal: not a git repository"));
    }

    [TestCase("Upgrade complete")]
    [TestCase("Git commit 0123")]
    [TestCase(null)]
    public void Other_descriptions_name_no_commit(string? description) => Assert.That(SourceTree.Parse(description), Is.Null);

    [TestCase(true)]
    [TestCase(false)]
    public void A_description_is_read_as_it_is_written(bool isDirty)
    {
        var tree = new SourceTree(new string('a', 40), isDirty);

        Assert.That(SourceTree.Parse(tree.Description), Is.EqualTo(tree));
    }

    private Task<SourceTree?> ReadAsync() => Source().ReadAsync(_fleet, default);

    private async Task<string> UncleanAsync() => string.Join('\n', await Source().UncleanAsync(_fleet, default));

    private static FleetSource Source()
    {
        var cake = new RecordingRunner();
        var git = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "git"));
        cake.Environment.WorkingDirectory = new DirectoryPath(Path.GetTempPath());
        cake.Tools.Resolve(Arg.Any<IEnumerable<string>>()).Returns(new FilePath(git.First(File.Exists)));
        var processes = new ChildProcessRunner();
        return new FleetSource(
            new GitStatusRunner(cake.FileSystem, cake.Environment, processes, cake.Tools),
            new GitLsFilesRunner(cake.FileSystem, cake.Environment, processes, cake.Tools),
            new GitLogRunner(cake.FileSystem, cake.Environment, processes, cake.Tools)
        );
    }
}
