using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>What a run leaves to read: notes, files and the report.</summary>
internal sealed class RunJournalTests
{
    [Test]
    public void The_same_note_is_reported_once()
    {
        var journal = new RunJournal();
        Parallel.For(0, 50, _ => journal.Add("note"));

        Assert.That(journal.Notes, Is.EqualTo(new[] { "note" }));
    }

    [Test]
    public void A_file_is_written_only_where_it_differs_and_leaves_no_other()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "a", "b.yaml");

        Assert.That((ArtifactFile.Write(path, "one"), ArtifactFile.Write(path, "one"), ArtifactFile.Write(path, "two")), Is.EqualTo((true, false, true)));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(path)!), Is.EqualTo(new[] { path }));
        Assert.That(File.ReadAllText(path), Is.EqualTo("two"));
    }

    [Test]
    public async Task The_report_reports_each_clusters_outcome()
    {
        using var run = new TestRun(dataPlanes: 3);
        await run.Context.Gate.PassAsync(new Change("dp1", "Secret", "flyte", "dp1-token", ChangeAction.Create), (_, _) => Task.CompletedTask, default);
        run.Context.Run.DataPlanes[1].Fail("Some", "broken");

        var report = RunReport.Of(run.Context, 4, "AddDataPlane", TimeSpan.FromSeconds(2), childProcesses: 0);

        Assert.That(((string?)report["target"], (long?)report["durationMs"], (int?)report["exitCode"]), Is.EqualTo(("AddDataPlane", 2000L, 4)));
        Assert.That(
            report["clusters"]!.AsArray().Select(Cluster),
            Is.EqualTo(new[] { "controlplane unchanged ", "dp1 changed ", "dp2 failed broken", "dp3 unchanged " })
        );
        Assert.That(
            report["changes"]![0]!.ToJsonString(),
            Is.EqualTo("""{"cluster":"dp1","kind":"Secret","namespace":"flyte","name":"dp1-token","action":"create","detail":null}""")
        );
    }

    [Test]
    public async Task The_report_of_a_plan_reports_what_is_planned()
    {
        using var run = new TestRun(new RunOptions { Plan = true });
        await run.Context.Gate.PassAsync(new Change("dp1", "Secret", "flyte", "dp1-token", ChangeAction.Create), (_, _) => Task.CompletedTask, default);

        Assert.That(
            RunReport.Of(run.Context, 0, null, TimeSpan.Zero, childProcesses: 0)["clusters"]!.AsArray().Select(Cluster),
            Is.EqualTo(new[] { "controlplane unchanged ", "dp1 planned " })
        );
    }

    private static string Cluster(JsonNode? cluster) => $"{cluster!["name"]} {cluster["outcome"]} {cluster["error"]}";
}
