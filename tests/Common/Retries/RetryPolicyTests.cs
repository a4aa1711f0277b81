using Flyte.MultiCluster.Common.Retries;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Retries;

/// <summary>What is tried again, how often and after which pauses.</summary>
internal sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Policy = new(4, static attempt => TimeSpan.FromSeconds(attempt));

    private readonly InstantTime _time = new();

    private int _attempts;

    [SetUp]
    public void Begin() => _attempts = 0;

    [Test]
    public async Task What_fails_in_passing_is_tried_again_after_its_pauses()
    {
        var time = new InstantTime();

        var result = await Policy.RunAsync(
            _ => ++_attempts < 3 ? throw new TransientException(new InvalidOperationException("busy")) : Task.FromResult("done"),
            time,
            default
        );

        Assert.That((result, _attempts), Is.EqualTo(("done", 3)));
        Assert.That(time.Pauses, Is.EqualTo(new[] { TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2) }));
    }

    [Test]
    public void The_failure_of_the_last_attempt_is_thrown_as_it_was()
    {
        Assert.That(() => FailAsync(), Throws.InvalidOperationException.With.Message.EqualTo("busy 4"));
        Assert.That(_attempts, Is.EqualTo(4));
    }

    [Test]
    public void What_does_not_pass_is_not_tried_again()
    {
        Assert.That(
            () => Policy.RunAsync<int>(_ => throw new InvalidOperationException($"refused {++_attempts}"), _time, default),
            Throws.InvalidOperationException
        );
        Assert.That(_attempts, Is.EqualTo(1));
    }

    [Test]
    public void The_pause_that_a_server_asks_for_takes_the_policys_place()
    {
        var time = new InstantTime();

        Assert.That(() => FailAsync(time, asked: TimeSpan.FromSeconds(7), attempts: 2), Throws.InvalidOperationException);

        Assert.That(time.Pauses, Is.EqualTo(new[] { TimeSpan.FromSeconds(7) }));
    }

    [Test]
    public void A_pause_that_would_outlast_the_whole_is_not_begun()
    {
        var time = new InstantTime();

        Assert.That(() => FailAsync(time, whole: TimeSpan.FromSeconds(1)), Throws.InvalidOperationException.With.Message.EqualTo("busy 1"));

        Assert.That(time.Pauses, Is.Empty);
    }

    [Test]
    public void An_interruption_ends_the_pauses()
    {
        using var interrupted = new CancellationTokenSource();

        Assert.That(
            () => Policy.RunAsync<int>(_ => throw Interrupt(), TimeProvider.System, interrupted.Token),
            Throws.InstanceOf<OperationCanceledException>()
        );
        Assert.That(_attempts, Is.EqualTo(1));

        TransientException Interrupt()
        {
            _attempts++;
            interrupted.Cancel();
            return new TransientException(new InvalidOperationException("busy"));
        }
    }

    private Task<int> FailAsync(TimeProvider? time = null, TimeSpan? asked = null, int? attempts = null, TimeSpan? whole = null) =>
        Policy.RunAsync<int>(
            _ => throw new TransientException(new InvalidOperationException($"busy {++_attempts}")) { RequestedDelay = asked, Attempts = attempts },
            time ?? _time,
            default,
            whole
        );
}
