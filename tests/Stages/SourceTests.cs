using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The Git commit that a fleet was deployed from.</summary>
internal sealed class SourceTests : JoinedTests
{
    private GitRepository _repository = null!;

    protected override string JoinedFleet => Bed.Fleet(name: "repository/fleet");

    private string Untracked => Path.Combine(Bed.Folder, "repository", "untracked");

    [OneTimeSetUp]
    public void MakeRepository()
    {
        Directory.CreateDirectory(Path.Combine(Bed.Folder, "repository"));
        _ = JoinedFleet;
        _repository = new GitRepository(Path.Combine(Bed.Folder, "repository"));
    }

    [TearDown]
    public void Clean() => File.Delete(Untracked);

    [Test]
    public async Task Every_release_the_report_and_Status_say_the_commit()
    {
        await DataPlane(1).DeleteAsync("deployments", "flytepropeller");
        await DataPlane(2).DeleteAsync("deployments", "flytepropeller");
        (await RunAsync()).Expect(ExitCode.Done);

        Assert.That(await DescriptionAsync(ControlPlane, "flyte-core"), Is.EqualTo($"Git commit {_repository.Head}"));
        Assert.That(await DescriptionAsync(DataPlane(1), "flyte-core-data"), Is.EqualTo($"Git commit {_repository.Head}"));
        Assert.That(Join.Report["source"]!.ToJsonString(), Is.EqualTo($$"""{"commit":"{{_repository.Head}}","dirty":false}"""));
        var rows = JsonNode.Parse((await RunAsync("--target=Status", "--output=json")).Expect(ExitCode.Done).StandardOutput)!["clusters"]!.AsArray();
        Assert.That(rows.Select(row => ((string?)row!["commit"], (bool?)row["dirty"])), Is.All.EqualTo((_repository.Head, (bool?)false)));
        Assert.That((await RunAsync("--target=Status")).Output, Does.Match($@"dataplane_2 .* \d +{_repository.Head[..10]} "));
    }

    [Test]
    public async Task Another_commit_alone_changes_nothing_and_git_is_not_started()
    {
        _repository.Commit();

        var run = (await RunAsync("--verbosity=diagnostic")).Expect(ExitCode.Done);

        Assert.That(run.Changes, Is.Empty);
        Assert.That(run.Report["source"], Is.Null);
        Assert.That(run.Output, Does.Contain("Runs: ").And.Not.Contain("/git "));
        _repository.Git("reset", "--quiet", "--hard", "HEAD~1");
    }

    [Test]
    public async Task A_dirty_tree_is_said_to_be_dirty()
    {
        await File.WriteAllTextAsync(Untracked, string.Empty);
        await DataPlane(1).DeleteAsync("deployments", "flytepropeller");

        var run = (await RunAsync("--verbosity=diagnostic")).Expect(ExitCode.Done);

        Assert.That(await DescriptionAsync(DataPlane(1), "flyte-core-data"), Is.EqualTo($"Git commit {_repository.Head}, with uncommitted changes"));
        Assert.That((bool?)run.Report["source"]!["dirty"], Is.True);
        Assert.That(run.Output.Split('\n').Count(line => line.Contains("/git ", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That((await RunAsync("--target=Status")).Output, Does.Match($@"dataplane_1 .* {_repository.Head[..10]} dirty "));
    }

    [Test]
    public async Task A_clean_tree_is_what_require_clean_wants()
    {
        var run = (await RunAsync("--require-clean")).Expect(ExitCode.Done);

        Assert.That((string?)run.Report["source"]!["commit"], Is.EqualTo(_repository.Head));
    }

    [Test]
    public async Task A_dirty_tree_is_refused_before_anything_is_touched()
    {
        await File.WriteAllTextAsync(Untracked, string.Empty);
        await DataPlane(1).DeleteAsync("deployments", "flytepropeller");
        var (writes, requests) = (await Bed.WritesAsync(), (await Bed.RequestsAsync()).Count);

        var run = (await RunAsync("--require-clean")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("--require-clean: The Git tree of ").And.Contain($"not in commit {_repository.Head[..10]}"));
        Assert.That((await Bed.WritesAsync(), (await Bed.RequestsAsync()).Count), Is.EqualTo((writes, requests)));
        (await RunAsync()).Expect(ExitCode.Done);
    }

    [Test]
    public async Task A_fleet_file_in_no_repository_is_refused_too_and_deployed_without_a_commit_otherwise()
    {
        var fleet = Bed.Fleet(name: "nowhere");
        await DataPlane(2).DeleteAsync("deployments", "flytepropeller");

        var refused = (await RunAsync("--require-clean", $"--fleet={fleet}")).Expect(ExitCode.Refused);
        var run = (await RunAsync($"--fleet={fleet}")).Expect(ExitCode.Done);

        Assert.That(refused.Output, Does.Contain("--require-clean: ").And.Contain("nowhere.yaml: It is in no Git repository. Commit the fleet file"));
        Assert.That(run.Report["source"], Is.Null);
        Assert.That(await DescriptionAsync(DataPlane(2), "flyte-core-data"), Is.EqualTo("Upgrade complete"));
    }

    private static async Task<string?> DescriptionAsync(ClusterView cluster, string release) =>
        (string?)(await cluster.ReleaseAsync(release))?.Release["info"]?["description"];
}
