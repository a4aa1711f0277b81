using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Tasks.SmokeRuns;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.SmokeRuns;

/// <summary>How many executions show every cluster.</summary>
internal sealed class SmokeOddsTests
{
    [TestCase(1, 1.0)]
    [TestCase(8, 0.5, 0.5)]
    [TestCase(17, 0.75, 0.25)]
    [TestCase(20, 0.9, 0.1)]
    [TestCase(15, 0.34, 0.33, 0.33)]
    [TestCase(20, 0.01, 0.99)]
    public void As_many_as_leave_a_chance_of_one_percent(int expected, params double[] weights) =>
        Assert.That(SmokeOdds.Count([.. weights.Select((weight, index) => new WeightedCluster($"dp{index}", weight))]), Is.EqualTo(expected));
}
