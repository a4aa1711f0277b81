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
