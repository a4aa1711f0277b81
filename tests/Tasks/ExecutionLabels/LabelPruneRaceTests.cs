using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

/// <summary><c>--prune-labels</c> while others write, and when it is interrupted.</summary>
internal sealed class LabelPruneRaceTests
{
    private const string Theirs = "team1/development/theirs";

    private static readonly RunOptions Prune = new() { PruneLabels = true };

    private LabelBed _bed = null!;

    // This tool set team1/development; the fleet drops it and names team2, whose PUT comes between the first read and the deletion.
    [SetUp]
    public async Task Begin()
    {
        _bed = new LabelBed();
        await _bed.UpdateAsync(LabelBed.Fleet("team1/development=label1"));
        _bed.Admin.With(Theirs, "label2");
    }

    [TearDown]
    public void End() => _bed.Dispose();

    [Test]
    public async Task A_row_that_somebody_adds_below_meanwhile_is_noted_and_put_back()
    {
        string[] noted = [];
        _bed.Admin.Before = call =>
        {
            if (call.StartsWith("PUT team2", StringComparison.Ordinal))
                _bed.Admin.With("team1/development/new", "label1");
            if (call.StartsWith("DELETE", StringComparison.Ordinal))
                noted = [.. _bed.Data.Keys.Where(key => key.StartsWith("restore-", StringComparison.Ordinal))];
        };

        await PruneAsync();

        Assert.That(noted, Has.Length.EqualTo(2));
        Assert.That(_bed.Admin.Rows, Is.EquivalentTo(new[] { "team2=label2", $"{Theirs}=label2", "team1/development/new=label1" }));
        Assert.That(_bed.Data.Keys, Has.None.StartsWith("restore-"));
    }

    [Test]
    public async Task A_row_that_somebody_adds_while_the_notes_are_written_is_put_back()
    {
        var looks = 0;
        _bed.Admin.Before = call =>
        {
            if (call == "GET labels" && ++looks == 3)
                _bed.Admin.With("team1/development/new", "label1");
        };

        await PruneAsync();

        Assert.That(_bed.Admin.Rows, Is.EquivalentTo(new[] { "team2=label2", $"{Theirs}=label2", "team1/development/new=label1" }));
    }

    [Test]
    public async Task A_row_that_somebody_changes_meanwhile_is_put_back_as_it_is_now()
    {
        OnFirstPut(() => _bed.Admin.With(Theirs, "label1"));

        await PruneAsync();

        Assert.That(_bed.Admin.Rows, Is.EquivalentTo(new[] { "team2=label2", $"{Theirs}=label1" }));
    }

    [Test]
    public async Task A_row_that_somebody_takes_over_meanwhile_is_not_deleted()
    {
        OnFirstPut(() => _bed.Admin.With("team1/development", "label2"));

        await PruneAsync();

        Assert.That(_bed.Admin.Rows, Does.Contain("team1/development=label2"));
        Assert.That(_bed.Admin.Writes, Has.None.StartsWith("DELETE"));
        Assert.That(_bed.Notes, Is.EqualTo(new[] { "team1/development keeps its label label2: this tool set label1, and somebody changed it since." }));
    }

    [Test]
    public async Task A_row_that_another_fleet_records_meanwhile_is_not_deleted()
    {
        OnFirstPut(() => _bed.Enter("", "team1/development", "\"label\": \"label1\", \"fleet\": \"other\""));

        await PruneAsync();

        Assert.That(_bed.Admin.Writes, Has.None.StartsWith("DELETE"));
        Assert.That(_bed.Data.Values, Has.Some.Contains("other"));
    }

    [Test]
    public async Task What_is_missing_after_the_deletions_is_put_back()
    {
        var isFirst = true;
        _bed.Admin.Before = call =>
        {
            if (call.StartsWith($"PUT {Theirs}", StringComparison.Ordinal) && isFirst)
            {
                isFirst = false;
                throw new IOException("broken pipe");
            }
        };

        await PruneAsync();

        Assert.That(_bed.Admin.Rows, Does.Contain($"{Theirs}=label2"));
    }

    [Test]
    public async Task A_deletion_without_an_answer_is_put_back_too()
    {
        _bed.Admin.Before = call =>
        {
            if (call == "DELETE team1/development" && _bed.Admin.Labels.TryRemove(InMemoryFlyteAdmin.Scope(Theirs), out _))
                throw new IOException("no answer");
        };

        Assert.That(PruneAsync, Throws.InvalidOperationException.With.Message.Contains("1 label was not deleted. team1/development: no answer Run again."));

        Assert.That(_bed.Admin.Rows, Does.Contain($"{Theirs}=label2"));
    }

    [Test]
    public void Interrupted_after_the_deletion_it_puts_back_and_then_ends()
    {
        using var interruption = new CancellationTokenSource();
        _bed.Admin.Before = call =>
        {
            if (call.StartsWith("DELETE", StringComparison.Ordinal))
                interruption.Cancel();
        };
        var run = _bed.Next(LabelBed.Fleet(), Prune);

        Assert.That(
            () => new LabelUpdate(run.Context, run.Control, _bed.Admin, new HttpLabelWriter(_bed.Admin), run.Values).RunAsync(interruption.Token),
            Throws.InstanceOf<OperationCanceledException>()
        );

        Assert.That(_bed.Admin.Rows, Is.EqualTo(new[] { $"{Theirs}=label2" }));
    }

    [Test]
    public void Interrupted_and_not_put_back_it_says_what_is_missing()
    {
        using var interruption = new CancellationTokenSource();
        _bed.Admin.Before = call =>
        {
            if (call.StartsWith("DELETE", StringComparison.Ordinal))
                interruption.Cancel();
            if (call.StartsWith("PUT", StringComparison.Ordinal))
                throw new IOException("no");
        };
        var run = _bed.Next(LabelBed.Fleet(), Prune);

        Assert.That(
            () => new LabelUpdate(run.Context, run.Control, _bed.Admin, new HttpLabelWriter(_bed.Admin), run.Values).RunAsync(interruption.Token),
            Throws.InstanceOf<OperationCanceledException>()
        );

        Assert.That(_bed.Notes.Single(), Does.Contain(Theirs).And.Contain("The next run restores it"));
    }

    [Test]
    public void A_putting_back_that_fails_is_reported_as_that()
    {
        _bed.Admin.Before = call => _ = call.StartsWith($"PUT {Theirs}", StringComparison.Ordinal) ? throw new IOException("no") : call;

        Assert.That(
            PruneAsync,
            Throws.InvalidOperationException.With.Message.EqualTo(
                $"FlyteAdmin deleted 1 label along with team1/development, and it was not restored: {Theirs} (label2): no. The record keeps it. The "
                    + "next run restores it, with or without --prune-labels."
            )
        );
        Assert.That(_bed.Data.Keys, Has.Some.StartsWith("restore-"));
    }

    [Test]
    public async Task Another_operators_note_is_left_also_where_the_row_is_set()
    {
        _bed.Enter("restore-", Theirs, "\"label\": \"label2\", \"at\": \"2026-01-02T03:00:00Z\"");

        await _bed.UpdateAsync(LabelBed.Fleet("team1/development=label1", $"{Theirs}=label1"));

        Assert.That(_bed.Admin.Rows, Does.Contain($"{Theirs}=label1"));
        Assert.That(_bed.Data.Keys, Has.Some.StartsWith("restore-"));
    }

    [Test]
    public async Task A_row_that_waits_for_its_new_label_is_put_back_with_the_former()
    {
        _bed.Admin.Labels.TryRemove(InMemoryFlyteAdmin.Scope(Theirs), out _);
        _bed.Enter("restore-", Theirs, "\"label\": \"label1\", \"at\": \"2026-01-02T03:00:00Z\"");
        var run = _bed.Next(LabelBed.Fleet("team1/development=label1", $"{Theirs}=label2"));
        run.ControlServer.Put(Loaded.Path, Loaded.Map("label1: [{id: dp1, weight: 1}]"));

        await new LabelUpdate(run.Context, run.Control, _bed.Admin, new HttpLabelWriter(_bed.Admin), run.Values).RunAsync(default);

        Assert.That(_bed.Admin.Rows, Does.Contain($"{Theirs}=label1"));
    }

    [TestCase("2026-01-02T03:00:00Z", true)]
    [TestCase("2026-01-02T02:50:00Z", false)]
    public async Task Another_operators_note_is_left_for_ten_minutes(string at, bool stays)
    {
        _bed.Enter("restore-", Theirs, $"\"label\": \"label2\", \"at\": \"{at}\"");

        await _bed.UpdateAsync(LabelBed.Fleet("team1/development=label1"));

        Assert.That(_bed.Data.Keys.Any(key => key.StartsWith("restore-", StringComparison.Ordinal)), Is.EqualTo(stays));
    }

    [Test]
    public async Task A_row_that_is_put_back_only_to_be_pruned_goes_with_its_record()
    {
        _bed.Admin.Labels.Clear();
        _bed.Enter("restore-", "team1/development", "\"label\": \"label1\", \"at\": \"2026-01-02T03:00:00Z\"");

        await _bed.UpdateAsync(LabelBed.Fleet(), Prune);

        Assert.That(_bed.Admin.Rows, Is.Empty);
        Assert.That(_bed.Data, Is.Empty);
    }

    private Task<IReadOnlyList<string>> PruneAsync() => _bed.UpdateAsync(LabelBed.Fleet("team2=label2"), Prune);

    private void OnFirstPut(Action happens) =>
        _bed.Admin.Before = call =>
        {
            if (call.StartsWith("PUT team2", StringComparison.Ordinal))
                happens();
        };
}
