using Flyte.MultiCluster.Sandbox.Hosting;
using Flyte.MultiCluster.Tests.Sandbox.Access;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class IdleTimerTests
{
    private readonly ManualClock _clock = new();
    private int _ends;

    [Test]
    public void An_hour_without_a_request_is_the_end()
    {
        using var timer = new IdleTimer(_clock, TimeSpan.FromHours(1), () => _ends++);
        timer.Start();

        _clock.Advance(TimeSpan.FromMinutes(59));
        timer.Touch();
        _clock.Advance(TimeSpan.FromMinutes(59));
        var before = _ends;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That(before, Is.Zero);
        Assert.That(_ends, Is.EqualTo(1));
    }

    [Test]
    public void A_slow_start_is_no_idleness()
    {
        using var timer = new IdleTimer(_clock, TimeSpan.FromHours(1), () => _ends++);
        _clock.Advance(TimeSpan.FromHours(2));
        timer.Start();

        _clock.Advance(TimeSpan.FromMinutes(59));
        var before = _ends;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That((before, _ends), Is.EqualTo((0, 1)));
    }
}
