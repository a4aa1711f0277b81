using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

/// <summary><c>--prune-labels</c>, although FlyteAdmin deletes the labels below along with one.</summary>
internal sealed class LabelPruneTests
{
    private static readonly RunOptions Prune = new() { PruneLabels = true };

    [Test]
    public async Task Without_the_option_the_rows_stay_and_are_reported()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1", "team2=label2"));

        var changes = await bed.UpdateAsync(LabelBed.Fleet("team2=label2"));

        Assert.That(changes, Is.Empty);
        Assert.That(bed.Notes, Is.EqualTo(new[] { "The fleet no longer names team1 (label1); --prune-labels removes this label." }));
    }

    [Test]
    public async Task Rows_that_this_tool_set_go_and_their_record_with_them()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1", "team2=label2"));

        var changes = await bed.UpdateAsync(LabelBed.Fleet("team2=label2"), Prune);

        Assert.That(
            changes,
            Is.EqualTo(
                new[] { "delete ExecutionClusterLabel team1 (was label1)", "update ConfigMap flyte/flyte-multicluster-execution-labels (forget 1 label)" }
            )
        );
        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team2=label2" }));
        Assert.That(bed.Data.Values.Single(), Does.Contain("team2"));
        Assert.That(await bed.UpdateAsync(LabelBed.Fleet("team2=label2"), Prune), Is.Empty);
    }

    [Test]
    public async Task A_row_that_somebody_changed_since_stays_and_is_reported_and_forgotten()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1"));
        bed.Admin.With("team1", "label2");

        await bed.UpdateAsync(LabelBed.Fleet(), Prune);

        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1=label2" }));
        Assert.That(bed.Data, Is.Empty);
        Assert.That(bed.Notes, Is.EqualTo(new[] { "team1 keeps its label label2: this tool set label1, and somebody changed it since." }));
    }

    [Test]
    public async Task Rows_that_go_along_are_put_back_whoever_set_them()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1/development=label1", "team1/development/mine=label2"));
        bed.Admin.With("team1/development/theirs", "label1");

        var changes = await bed.UpdateAsync(LabelBed.Fleet("team1/development/mine=label2"), Prune);

        Assert.That(bed.Admin.Rows, Is.EquivalentTo(new[] { "team1/development/mine=label2", "team1/development/theirs=label1" }));
        Assert.That(bed.Data, Has.Count.EqualTo(1));
        Assert.That(bed.Data.Keys, Has.None.StartsWith("restore-"));
        Assert.That(
            changes,
            Has.Member("create ExecutionClusterLabel team1/development/theirs (label1; restored: FlyteAdmin deletes it with team1/development)")
        );
    }

    [Test]
    public async Task The_deepest_rows_go_first()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1", "team1/development=label1", "team1/development/wf=label1"));

        await bed.UpdateAsync(LabelBed.Fleet(), Prune);

        Assert.That(
            bed.Admin.Writes.Where(call => call.StartsWith("DELETE", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "DELETE team1/development/wf", "DELETE team1/development", "DELETE team1" })
        );
        Assert.That(bed.Admin.Writes.Skip(6), Is.Empty, "nothing is put back that goes anyway");
    }

    [Test]
    public async Task A_kill_between_the_deletion_and_the_putting_back_loses_nothing()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1/development=label1"));
        bed.Admin.With("team1/development/theirs", "label2");
        bed.Admin.Before = call => _ = call.StartsWith("PUT", StringComparison.Ordinal) ? throw new IOException("killed") : call;
        Assert.That(() => bed.UpdateAsync(LabelBed.Fleet(), Prune), Throws.InvalidOperationException);
        Assert.That(bed.Admin.Rows, Is.Empty, "the row is gone, as it would be after a kill");
        bed.Admin.Before = null;

        var changes = await bed.UpdateAsync(LabelBed.Fleet());

        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1/development/theirs=label2" }));
        Assert.That(changes, Has.Member("create ExecutionClusterLabel team1/development/theirs (label2; an interrupted run deleted it along with others)"));
        Assert.That(bed.Data.Keys, Has.None.StartsWith("restore-"));
        Assert.That(await bed.UpdateAsync(LabelBed.Fleet()), Is.Empty);
    }

    [Test]
    public async Task A_row_that_the_fleet_names_is_set_and_not_put_back_as_it_was()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1", "team1/development=label1"));

        await bed.UpdateAsync(LabelBed.Fleet("team1/development=label2"), Prune);

        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1/development=label2" }));
    }

    [Test]
    public async Task A_closed_gate_reports_deletions_and_puttings_back()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1", "team1/development=label2"));
        var writes = bed.Admin.Writes.Count;

        var changes = await bed.UpdateAsync(LabelBed.Fleet("team1/development=label2"), new RunOptions { PruneLabels = true, Plan = true });

        Assert.That(changes, Has.Some.StartsWith("delete ExecutionClusterLabel team1 ").And.Some.StartsWith("create ExecutionClusterLabel team1/development "));
        Assert.That(bed.Admin.Writes, Has.Count.EqualTo(writes));
    }
}
