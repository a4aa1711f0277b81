using Flyte.MultiCluster.Common.Fleets;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

internal sealed class LabelWeightsTests
{
    [TestCase("a=0.5 b=0.3 c=0.2", "b=0.6 c=0.4", TestName = "The_others_take_the_weight_in_proportion")]
    [TestCase("a=0.1 b=0.3 c=0.3 d=0.3", "b=0.3334 c=0.3333 d=0.3333", TestName = "Rounded_weights_still_sum_to_1")]
    [TestCase("a=0 b=0.7 c=0.3", "b=0.7 c=0.3", TestName = "Without_a_weight_it_leaves_the_others_as_they_are")]
    [TestCase("b=1", "b=1", TestName = "A_label_without_it_stays")]
    [TestCase("a=1 b=0", null, TestName = "A_cluster_of_weight_0_takes_nothing")]
    [TestCase("a=1", null, TestName = "A_label_of_its_own_would_be_empty")]
    public void Without_a(string before, string? after) => Assert.That(Without(before), Is.EqualTo(after));

    [TestCase("a=0.4 b=0.6", "b=1", TestName = "A_target_that_is_there_takes_the_whole_weight")]
    [TestCase("a=0.4 c=0.6", "c=0.6 b=0.4", TestName = "A_new_target_takes_the_whole_weight")]
    [TestCase("a=1", "b=1", TestName = "A_target_keeps_a_label_from_being_empty")]
    public void With_a_target(string before, string after) => Assert.That(Without(before, "b"), Is.EqualTo(after));

    [Test]
    public void Several_leave_at_once() =>
        Assert.That(
            LabelWeights.Without(Parse("a=0.25 b=0.25 c=0.5"), new HashSet<string>(StringComparer.Ordinal) { "a", "b" }),
            Is.EqualTo(new[] { new WeightedCluster("c", 1) })
        );

    private static string? Without(string members, string? target = null) =>
        LabelWeights.Without(Parse(members), new HashSet<string>(StringComparer.Ordinal) { "a" }, target) is { } left
            ? string.Join(' ', left.Select(member => FormattableString.Invariant($"{member.Id}={member.Weight}")))
            : null;

    private static WeightedCluster[] Parse(string members) =>
        [
            .. members
                .Split(' ')
                .Select(member => member.Split('='))
                .Select(member => new WeightedCluster(member[0], double.Parse(member[1], System.Globalization.CultureInfo.InvariantCulture))),
        ];
}
