using Flyte.MultiCluster.Common.Charts;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Charts;

/// <summary>Versions of the chart.</summary>
internal sealed class ChartVersionTests
{
    [TestCase("v1.16.8", "v1.16.9", false, false)]
    [TestCase("v1.16.8", "1.17.0", false, false)]
    [TestCase("v1.16.8", "v1.18.0", true, false)]
    [TestCase("v1.16.8", "v2.16.8", true, false)]
    [TestCase("v1.16.8", "v1.16.7", false, true)]
    [TestCase("v1.16.8", "v1.15.9", false, true)]
    [TestCase("v1.16.8-b1+meta", "v1.14.0", true, true)]
    public void A_step_is_far_from_two_minor_versions_on_and_may_go_back(string from, string to, bool isFar, bool isOlder)
    {
        var (one, other) = (ChartVersion.Parse(from)!, ChartVersion.Parse(to)!);
        Assert.That((other.IsFarFrom(one), other.IsOlderThan(one)), Is.EqualTo((isFar, isOlder)));
    }

    [TestCase("")]
    [TestCase("1.16")]
    [TestCase("1.16.x")]
    [TestCase("latest")]
    public void What_is_no_version_is_none(string text) => Assert.That(ChartVersion.Parse(text), Is.Null);

    [Test]
    public void The_leading_v_is_no_part_of_a_version() => Assert.That(ChartVersion.Same("v1.16.8", "1.16.8"), Is.True);
}
