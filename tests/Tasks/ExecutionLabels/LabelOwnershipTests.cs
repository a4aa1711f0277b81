using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

/// <summary>Several fleets have one control plane: each prunes its own rows.</summary>
internal sealed class LabelOwnershipTests
{
    private static readonly RunOptions Prune = new() { PruneLabels = true };

    [TestCase(false)]
    [TestCase(true)]
    public async Task Another_fleets_rows_are_left_alone_and_not_reported(bool prune)
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Named("one", "team1=label1"));
        var data = bed.Data;

        var changes = await bed.UpdateAsync(LabelBed.Named("two"), new RunOptions { PruneLabels = prune });

        Assert.That((changes, bed.Notes), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));
        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1=label1" }));
        Assert.That(bed.Data, Is.EqualTo(data));
    }

    [Test]
    public async Task Another_fleets_row_that_somebody_changed_is_not_forgotten()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Named("one", "team1=label1"));
        bed.Admin.With("team1", "label2");

        await bed.UpdateAsync(LabelBed.Named("two"), Prune);

        Assert.That(bed.Data, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_entry_without_a_fleet_is_nobodys_and_reported()
    {
        using var bed = new LabelBed();
        bed.Admin.With("team1", "label1");
        bed.Enter("", "team1", "\"label\": \"label1\"");

        var changes = await bed.UpdateAsync(LabelBed.Fleet(), Prune);

        Assert.That(changes, Is.Empty);
        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1=label1" }));
        Assert.That(bed.Data, Has.Count.EqualTo(1));
        Assert.That(
            bed.Notes,
            Is.EqualTo(
                new[]
                {
                    "team1 (label1) is kept: an older version recorded it without its fleet. If no fleet needs it, delete it by hand; FlyteAdmin also "
                        + "deletes all labels below it.",
                }
            )
        );
    }

    [Test]
    public async Task A_row_is_the_fleets_that_wrote_it_last()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Named("one", "team1=label1"));
        await bed.UpdateAsync(LabelBed.Named("two", "team1=label2"));

        var first = await bed.UpdateAsync(LabelBed.Named("one"), Prune);
        await bed.UpdateAsync(LabelBed.Named("two"), Prune);

        Assert.That(first, Is.Empty);
        Assert.That(bed.Admin.Rows, Is.Empty);
    }

    [Test]
    public async Task A_row_whose_new_value_was_not_written_is_still_this_tools()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1"));
        bed.Admin.Before = call => _ = call.StartsWith("PUT", StringComparison.Ordinal) ? throw new IOException("killed") : call;
        Assert.That(() => bed.UpdateAsync(LabelBed.Fleet("team1=label2")), Throws.InvalidOperationException);
        bed.Admin.Before = null;

        await bed.UpdateAsync(LabelBed.Fleet(), Prune);

        Assert.That(bed.Admin.Rows, Is.Empty);
        Assert.That(bed.Notes, Is.Empty);
    }

    [Test]
    public async Task A_row_that_somebody_set_to_an_earlier_value_is_theirs()
    {
        using var bed = new LabelBed();
        await bed.UpdateAsync(LabelBed.Fleet("team1=label1"));
        await bed.UpdateAsync(LabelBed.Fleet("team1=label2"));
        Assert.That(await bed.UpdateAsync(LabelBed.Fleet("team1=label2")), Is.Empty);
        bed.Admin.With("team1", "label1");

        await bed.UpdateAsync(LabelBed.Fleet(), Prune);

        Assert.That(bed.Admin.Rows, Is.EqualTo(new[] { "team1=label1" }));
    }
}
