using Flyte.MultiCluster.Common.Options;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>How durations are written.</summary>
internal sealed class DurationTests
{
    [TestCase("90s", 90_000)]
    [TestCase("10m", 600_000)]
    [TestCase("1h30m", 5_400_000)]
    [TestCase("1h0m1s", 3_601_000)]
    [TestCase("1.5h", 5_400_000)]
    [TestCase("500ms", 500)]
    [TestCase("1m500ms", 60_500)]
    [TestCase("00:10:00", 600_000)]
    [TestCase("1:00:01", 3_601_000)]
    [TestCase("7d", 604_800_000)]
    public void A_duration_is_read(string text, long milliseconds) =>
        Assert.That(Durations.TryRead(text, out var duration) ? duration : TimeSpan.Zero, Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));

    [TestCase("90d", 90)]
    [TestCase("1000d", 1000)]
    public void An_age_may_be_longer(string text, int days) =>
        Assert.That(Durations.TryReadAge(text, out var age) ? age : TimeSpan.Zero, Is.EqualTo(TimeSpan.FromDays(days)));

    [TestCase("1001d")]
    [TestCase("0d")]
    [TestCase("90 days")]
    [TestCase("3mo")]
    public void What_is_no_age_is_none(string text) => Assert.That(Durations.TryReadAge(text, out _), Is.False);

    [TestCase(0.4, "0s")]
    [TestCase(119, "119s")]
    [TestCase(120, "2m")]
    [TestCase(7199, "119m")]
    [TestCase(7200, "2h")]
    [TestCase(172_799, "47h")]
    [TestCase(172_800, "2d")]
    [TestCase(7_776_000, "90d")]
    [TestCase(-5, "0s")]
    public void An_age_is_shown_in_the_unit_that_says_enough(double seconds, string shown) =>
        Assert.That(Ages.Format(TimeSpan.FromSeconds(seconds)), Is.EqualTo(shown));

    [Test]
    public void An_age_that_is_not_known_is_shown_so() => Assert.That(Ages.Format(null), Is.EqualTo("unknown"));

    [TestCase("10")]
    [TestCase("s")]
    [TestCase("0s")]
    [TestCase("-5m")]
    [TestCase("5x")]
    [TestCase("5 m")]
    [TestCase("30m1h")]
    [TestCase("5m5m")]
    [TestCase("1,5h")]
    [TestCase(".5h")]
    [TestCase("1.2.3h")]
    [TestCase("8d")]
    [TestCase("999999999999999999999h")]
    [TestCase("00:00:00")]
    [TestCase("10:00")]
    [TestCase("00:61:00")]
    public void Anything_else_is_not(string text) => Assert.That(Durations.TryRead(text, out _), Is.False);

    [FsCheck.NUnit.Property(QuietOnSuccess = true)]
    public Property What_is_written_in_units_reads_back() =>
        Prop.ForAll(
            Gen.Choose(1, 6 * 24 * 3600).ToArbitrary(),
            static seconds =>
                Durations.TryRead($"{seconds / 3600}h{seconds / 60 % 60}m{seconds % 60}s", out var duration) && duration == TimeSpan.FromSeconds(seconds)
        );
}
