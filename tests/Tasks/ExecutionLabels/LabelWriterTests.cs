using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

/// <summary>A writer that compares with inherited labels, as flytectl does, leaves rows out.</summary>
internal sealed class LabelWriterTests
{
    [Test]
    public async Task Rows_that_it_leaves_out_are_set_over_HTTP_and_reported()
    {
        using var bed = new LabelBed();
        bed.Admin.With("team1", "label1");
        var run = bed.Next(LabelBed.Fleet("team1/development=label1", "team2=label2"));

        await new LabelUpdate(run.Context, run.Control, bed.Admin, new Inheriting(bed.Admin), run.Values).RunAsync(default);

        Assert.That(bed.Admin.Rows, Is.EquivalentTo(new[] { "team1=label1", "team1/development=label1", "team2=label2" }));
        Assert.That(run.Lines, Has.Member("[controlplane] flytectl left 1 of the labels unset, because they are inherited: setting them over HTTP"));
    }

    [Test]
    public async Task What_it_writes_is_not_written_twice()
    {
        using var bed = new LabelBed();
        var run = bed.Next(LabelBed.Fleet("team1=label1"));

        await new LabelUpdate(run.Context, run.Control, bed.Admin, new Inheriting(bed.Admin), run.Values).RunAsync(default);

        Assert.That(bed.Admin.Writes, Has.Count.EqualTo(1));
    }

    private sealed class Inheriting(InMemoryFlyteAdmin admin) : ILabelWriter
    {
        public Task PutLabelAsync(ChangePermit permit, LabelScope scope, string label, CancellationToken cancellationToken) =>
            admin.Labels.Any(row => row.Key.Covers(scope) && row.Value == label)
                ? Task.CompletedTask
                : admin.PutExecutionLabelAsync(permit, scope, label, cancellationToken);
    }
}
