using Flyte.MultiCluster.Common.Problems;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Problems;

/// <summary>The nearest name to a misspelt one.</summary>
internal sealed class NearestTests
{
    [TestCase("", "", 0)]
    [TestCase("abc", "abc", 0)]
    [TestCase("abc", "ABC", 0)]
    [TestCase("abc", "", 3)]
    [TestCase("abc", "abd", 1)]
    [TestCase("abc", "abcd", 1)]
    [TestCase("abc", "ac", 1)]
    [TestCase("abc", "acb", 1)]
    [TestCase("ca", "abc", 3)]
    [TestCase("kitten", "sitting", 3)]
    public void The_distance_counts_edits_and_swaps(string left, string right, int expected) =>
        Assert.That((Nearest.Distance(left, right), Nearest.Distance(right, left)), Is.EqualTo((expected, expected)));

    [TestCase("fleett", "fleet")]
    [TestCase("acount", "count")]
    [TestCase("par", "parallelism")]
    [TestCase("xyzzy", null)]
    [TestCase("", null)]
    public void The_nearest_is_reported_when_it_is_near(string name, string? expected) =>
        Assert.That(Nearest.To(name, ["fleet", "count", "parallelism"]), Is.EqualTo(expected));

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property One_edit_is_at_distance_one_at_most() =>
        Prop.ForAll(
            Gen.Choose(1, 12)
                .SelectMany(static length => Gen.Elements("abcde".ToCharArray()).ArrayOf(length))
                .SelectMany(static letters => Gen.Choose(0, letters.Length - 1).Select(at => (Word: new string(letters), At: at)))
                .ToArbitrary(),
            static sample =>
                Nearest.Distance(sample.Word, sample.Word.Remove(sample.At, 1)) == 1 && Nearest.Distance(sample.Word, sample.Word.Insert(sample.At, "z")) == 1
        );
}
