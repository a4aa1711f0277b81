using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

/// <summary>The fleet's labels become FlyteAdmin's.</summary>
internal sealed class LabelUpdateTests
{
    [Test]
    public async Task Rows_that_differ_are_set_and_reported()
    {
        using var bed = new LabelBed();
        bed.Admin.With("team1/production", "label1").With("team2", "label2");

        var changes = await bed.UpdateAsync(
            LabelBed.Fleet("team1/development=label1", "team1/production=label2", "team2=label2", "team1/development/wf=label2")
        );

        Assert.That(
            changes,
            Is.EquivalentTo(
                new[]
                {
                    "create ConfigMap flyte/flyte-multicluster-execution-labels (record 3 labels before they are set)",
                    "create ExecutionClusterLabel team1/development (label1)",
                    "update ExecutionClusterLabel team1/production (label2, was label1)",
                    "create ExecutionClusterLabel team1/development/wf (label2)",
                }
            )
        );
        Assert.That(
            bed.Admin.Rows,
            Is.EquivalentTo(new[] { "team1/development=label1", "team1/production=label2", "team2=label2", "team1/development/wf=label2" })
        );
    }

    [Test]
    public async Task A_live_label_that_differs_in_case_alone_is_set()
    {
        using var bed = new LabelBed();
        bed.Admin.With("team1/development", "Label1");

        var changes = await bed.UpdateAsync(LabelBed.Fleet("team1/development=label1"));

        Assert.That(changes, Has.One.EqualTo("update ExecutionClusterLabel team1/development (label1, was Label1)"));
        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1/development=label1" }));
    }

    [Test]
    public async Task A_second_run_changes_nothing_and_writes_nothing()
    {
        using var bed = new LabelBed();
        var fleet = LabelBed.Fleet("team1/development=label1", "team2=label2");
        await bed.UpdateAsync(fleet);
        var writes = bed.Admin.Writes;

        var changes = await bed.UpdateAsync(fleet);

        Assert.That(changes, Is.Empty);
        Assert.That(bed.Admin.Writes, Is.EqualTo(writes));
        Assert.That(bed.Last.ControlServer.Writes, Is.Empty);
        Assert.That(
            bed.Last.Context.Journal.Stages.Select(stage => (stage.Status, stage.Note)),
            Is.EqualTo(new[] { (StageStatus.Skipped, "FlyteAdmin has all 2 execution labels of the fleet") })
        );
    }

    [Test]
    public async Task Rows_that_the_fleet_does_not_name_stay()
    {
        using var bed = new LabelBed();
        bed.Admin.With("team2/production", "label2");

        await bed.UpdateAsync(LabelBed.Fleet("team1=label1"), new RunOptions { PruneLabels = true });

        Assert.That(bed.Admin.Rows, Does.Contain("team2/production=label2"));
    }

    [Test]
    public async Task A_closed_gate_reports_the_same_changes_and_writes_nothing()
    {
        using var bed = new LabelBed();

        var changes = await bed.UpdateAsync(LabelBed.Fleet("team1=label1"), new RunOptions { Plan = true });

        Assert.That(changes, Has.Count.EqualTo(2).And.Member("create ExecutionClusterLabel team1 (label1)"));
        Assert.That(bed.Admin.Writes, Is.Empty);
        Assert.That(bed.Last.ControlServer.Writes, Is.Empty);
    }

    [Test]
    public async Task Ownership_is_recorded_in_one_patch_before_the_first_row_is_set()
    {
        using var bed = new LabelBed();
        var patchesAtFirstRow = -1;
        bed.Admin.Before = call =>
        {
            if (call.StartsWith("PUT", StringComparison.Ordinal) && patchesAtFirstRow < 0)
                patchesAtFirstRow = bed.Last.ControlServer.Writes.Count(write => write.ContentType == "application/merge-patch+json");
        };

        await bed.UpdateAsync(LabelBed.Fleet([.. Enumerable.Range(0, 200).Select(number => $"team1/development/wf{number}=label1")]));

        Assert.That(patchesAtFirstRow, Is.EqualTo(1));
        Assert.That(bed.Last.ControlServer.Writes, Has.Count.EqualTo(2), "the empty ConfigMap, then one patch");
        Assert.That(bed.Data, Has.Count.EqualTo(200));
    }

    [Test]
    public async Task A_run_killed_between_record_and_rows_is_finished_by_the_next()
    {
        using var bed = new LabelBed();
        bed.Admin.Before = call => _ = call.StartsWith("PUT", StringComparison.Ordinal) ? throw new IOException("killed") : call;
        var fleet = LabelBed.Fleet("team1=label1");
        Assert.That(() => bed.UpdateAsync(fleet), Throws.InvalidOperationException);
        bed.Admin.Before = null;

        await bed.UpdateAsync(fleet);
        await bed.UpdateAsync(LabelBed.Fleet(), new RunOptions { PruneLabels = true });

        Assert.That(bed.Admin.Rows, Is.Empty, "the row was this tool's");
    }

    [Test]
    public void Every_row_that_fails_is_named_and_the_others_are_set()
    {
        using var bed = new LabelBed();
        bed.Admin.Before = call =>
            _ = call.Contains("team1", StringComparison.Ordinal) && call.StartsWith("PUT", StringComparison.Ordinal) ? throw new IOException("no") : call;

        Assert.That(
            () => bed.UpdateAsync(LabelBed.Fleet("team1/development=label1", "team1/production=label1", "team2=label2")),
            Throws.InvalidOperationException.With.Message.Contains("2 labels were not set. team1/development: no team1/production: no")
        );
        Assert.That(bed.Admin.Rows, Is.EquivalentTo(new[] { "team2=label2" }));
    }

    [Test]
    public void A_row_that_is_not_so_afterwards_fails_the_run()
    {
        using var bed = new LabelBed();
        bed.Admin.Before = call =>
        {
            if (call == "GET labels" && bed.Admin.Labels.ContainsKey(new LabelScope("team1")))
                bed.Admin.With("team1", "label2");
        };

        Assert.That(
            () => bed.UpdateAsync(LabelBed.Fleet("team1=label1")),
            Throws.InvalidOperationException.With.Message.Contains("team1 is label2 and not label1")
        );
    }

    [Test]
    public async Task Two_operators_lose_nothing_of_each_others_record()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1"));
        var first = bed.Data;

        await bed.UpdateAsync(LabelBed.Fleet("team2=label2"));

        Assert.That(bed.Data, Is.SupersetOf(first).And.Count.EqualTo(2));
        Assert.That(bed.Last.ControlServer.Writes.Single().Body, Does.Not.Contain("team1"));
    }

    [Test]
    public async Task A_row_whose_label_flyteadmin_has_not_loaded_waits()
    {
        using var bed = new LabelBed();
        var run = bed.Next(LabelBed.Fleet("team1=label1", "team2=label2"));
        run.Context.Tasks = new HashSet<string> { "UpgradeControlPlane" };
        run.ControlServer.Put("/api/v1/namespaces/flyte/configmaps/flyte-admin-clusters-config", Loaded.Map("label1: [{id: dp1, weight: 1}]"));

        await run.RunAsync<UpdateExecutionClusterLabels>();

        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1=label1" }));
        Assert.That(
            bed.Notes.Single(),
            Is.EqualTo("team2 does not get its label label2 yet: flyteadmin has not loaded that label. Run AddDataPlane for its clusters.")
        );
    }

    [Test]
    public async Task Without_an_address_nothing_is_done_and_the_reason_says_what_to_write()
    {
        using var run = new TestRun();

        await run.RunAsync<UpdateExecutionClusterLabels>();

        Assert.That(run.Context.Journal.Stages.Single().Note, Does.Contain("flyteAdmin: {endpoint: https://"));
    }
}
