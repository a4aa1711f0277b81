using Flyte.MultiCluster.Common.Problems;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Problems;

internal sealed class ProblemListTests
{
    private static readonly string[] Places = ["control", "b", "a"];

    [Test]
    public void Problems_come_in_the_order_of_the_places_whoever_was_faster()
    {
        var list = new ProblemList(Places);

        list.AddRange([Of("a", "1"), Of("b", "2"), Of("a", "3"), Of("control", "4")]);

        Assert.That(list.InOrder.Select(problem => problem.What), Is.EqualTo(new[] { "4", "2", "1", "3" }));
    }

    [Test]
    public void Problems_of_no_given_place_come_first()
    {
        var list = new ProblemList(Places);

        list.AddRange([Of("b", "1"), Of("kubeconfig", "2"), Of("aws", "3")]);

        Assert.That(list.InOrder.Select(problem => problem.What), Is.EqualTo(new[] { "2", "3", "1" }));
    }

    [Test]
    public void A_run_is_refused_for_all_of_them_at_once_and_for_none_not_at_all()
    {
        var list = new ProblemList(Places);
        Assert.That(list.Refuse, Throws.Nothing);

        list.Add(Of("a", "1"));
        list.Add(Of("b", "2"));

        Assert.That(list.Refuse, Throws.TypeOf<RefusedException>().With.Property(nameof(RefusedException.Problems)).Count.EqualTo(2));
        Assert.That(list.IsEmpty, Is.False);
    }

    private static Problem Of(string place, string what) => new(place, what, "Fix it.");
}
