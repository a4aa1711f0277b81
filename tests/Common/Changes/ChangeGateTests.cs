using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Changes;

/// <summary>The one gate in front of every change.</summary>
internal sealed class ChangeGateTests
{
    private static readonly Change Some = new("dp1", "Secret", "flyte", "dp1-token", ChangeAction.Create);

    private readonly ICakeLog _log = Substitute.For<ICakeLog>();

    [Test]
    public async Task An_open_gate_makes_the_change_and_counts_it()
    {
        var gate = new ChangeGate(_log, isOpen: true);
        Change? permitted = null;

        var made = await gate.PassAsync(Some, (permit, _) => Task.FromResult(permitted = permit.Change), CancellationToken.None);

        Assert.That((made, permitted), Is.EqualTo((true, Some)));
        Assert.That(gate.Changes, Is.EqualTo(new[] { Some }));
    }

    [Test]
    public async Task A_closed_gate_counts_the_change_and_makes_none()
    {
        var gate = new ChangeGate(_log, isOpen: false);

        var made = await gate.PassAsync(Some, (_, _) => throw new InvalidOperationException("made"), CancellationToken.None);

        Assert.That(made, Is.False);
        Assert.That(gate.Changes, Is.EqualTo(new[] { Some }));
    }

    [Test]
    public async Task A_change_that_failed_is_not_counted()
    {
        var gate = new ChangeGate(_log, isOpen: true);

        await Assert.ThrowsAsync<IOException>(() => gate.PassAsync(Some, (_, _) => Task.FromException(new IOException()), CancellationToken.None));

        Assert.That(gate.Changes, Is.Empty);
    }

    [Test]
    public async Task A_change_that_was_begun_is_named_until_it_is_made()
    {
        var gate = new ChangeGate(_log, isOpen: true);
        var made = new TaskCompletionSource();

        var change = gate.PassAsync(Some, (_, _) => made.Task, CancellationToken.None);
        Assert.That(gate.Begun, Is.EqualTo(new[] { Some }));
        made.SetResult();
        await change;

        Assert.That(gate.Begun, Is.Empty);
    }

    [Test]
    public void After_an_interruption_no_change_is_begun()
    {
        var gate = new ChangeGate(_log, isOpen: true);

        Assert.That(
            () => gate.PassAsync(Some, (_, _) => throw new InvalidOperationException("made"), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>()
        );
        Assert.That(gate.Changes, Is.Empty);
    }

    [Test]
    public async Task Changes_are_reported_in_their_order()
    {
        var gate = new ChangeGate(_log, isOpen: true);
        foreach (var number in Enumerable.Range(0, 10))
            await gate.PassAsync(Some with { Name = $"{number}" }, (_, _) => Task.CompletedTask, CancellationToken.None);

        Assert.That(gate.Changes.Select(change => change.Name), Is.EqualTo(Enumerable.Range(0, 10).Select(number => $"{number}")));
    }

    [Test]
    public async Task Changes_at_once_are_all_counted()
    {
        var gate = new ChangeGate(_log, isOpen: true);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 500),
            async (number, token) => await gate.PassAsync(Some with { Name = $"{number}" }, (_, _) => Task.CompletedTask, token)
        );

        Assert.That(gate.Changes.Select(change => change.Name).Distinct().Count(), Is.EqualTo(500));
    }

    [TestCase(ChangeAction.Create, "flyte", null, true, "create Secret flyte/x")]
    [TestCase(ChangeAction.Update, "flyte", "why", true, "update Secret flyte/x (why)")]
    [TestCase(ChangeAction.Delete, null, null, true, "delete Secret x")]
    [TestCase(ChangeAction.Restart, "flyte", null, false, "would restart Secret flyte/x")]
    public void A_change_is_reported_in_words(ChangeAction action, string? ns, string? detail, bool made, string expected) =>
        Assert.That(ChangeGate.Describe(new Change("dp1", "Secret", ns, "x", action, detail), made), Is.EqualTo(expected));
}
