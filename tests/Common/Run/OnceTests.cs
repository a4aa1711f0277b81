using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>What a run reads once.</summary>
internal sealed class OnceTests
{
    [Test]
    public async Task However_many_ask_at_the_same_time_it_is_read_once()
    {
        var (once, reads, gate) = (new Once<int>(), 0, new TaskCompletionSource<int>());

        var first = once.GetAsync(ReadAsync);
        var second = once.GetAsync(ReadAsync);
        gate.SetResult(7);

        Assert.That((await first, await second, reads), Is.EqualTo((7, 7, 1)));

        Task<int> ReadAsync()
        {
            reads++;
            return gate.Task;
        }
    }

    [Test]
    public void A_failure_is_everybodys_and_leaves_no_value()
    {
        var once = new Once<string>();

        Assert.That(() => once.GetAsync(() => throw new InvalidOperationException("no")), Throws.InvalidOperationException);
        Assert.That(once.Value, Is.Null);
    }

    [Test]
    public async Task What_is_set_takes_the_place_of_what_was_read()
    {
        var once = new Once<string>();
        await once.GetAsync(() => Task.FromResult("old"));

        once.Set("new");

        Assert.That((once.Value, await once.GetAsync(() => Task.FromResult("other"))), Is.EqualTo(("new", "new")));
    }

    [Test]
    public void Each_type_of_state_is_one_object_of_the_run()
    {
        var state = new RunState();

        var part = state.Of<OnceTests>();

        Assert.That(state.Of<OnceTests>(), Is.SameAs(part));
        Assert.That(new RunState().Of<OnceTests>(), Is.Not.SameAs(part));
    }
}
