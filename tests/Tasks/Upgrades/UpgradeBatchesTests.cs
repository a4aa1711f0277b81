using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Tasks.Upgrades;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Upgrades;

/// <summary>Which data planes are upgraded together.</summary>
internal sealed class UpgradeBatchesTests
{
    [TestCase(1, 1, null, "1")]
    [TestCase(2, 2, null, "1 1")]
    [TestCase(9, 9, null, "1 2 2 2 2")]
    [TestCase(12, 12, null, "1 3 3 3 2")]
    [TestCase(101, 101, null, "1 25 25 25 25")]
    [TestCase(7, 9, null, "2 2 2 1", Description = "Two of them were upgraded before.")]
    [TestCase(0, 4, null, "")]
    [TestCase(10, 10, "4", "4 4 2")]
    [TestCase(10, 10, "25%", "3 3 3 1")]
    [TestCase(10, 10, "100%", "10")]
    [TestCase(10, 100, "1%", "1 1 1 1 1 1 1 1 1 1")]
    public void One_goes_first_and_the_rest_by_quarters_unless_a_size_is_asked_for(int left, int all, string? size, string batches)
    {
        BatchSize? asked = null;
        Assert.That(size is null || BatchSize.TryRead(size, out asked), Is.True);

        var cut = UpgradeBatches.Of(Enumerable.Range(1, left).ToArray(), all, asked);

        Assert.That(string.Join(' ', cut.Select(batch => batch.Count)), Is.EqualTo(batches));
        Assert.That(cut.SelectMany(batch => batch), Is.EqualTo(Enumerable.Range(1, left)));
    }

    [TestCase("0")]
    [TestCase("0%")]
    [TestCase("101%")]
    [TestCase("1001")]
    [TestCase("-1")]
    [TestCase("50%%")]
    [TestCase("%")]
    [TestCase("many")]
    public void What_is_no_size_is_not_taken(string text) => Assert.That(BatchSize.TryRead(text, out _), Is.False);
}
