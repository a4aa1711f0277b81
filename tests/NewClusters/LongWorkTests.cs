using Flyte.MultiCluster.NewClusters;
using Flyte.MultiCluster.Tests.Runs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.NewClusters;

/// <summary>Telling in between.</summary>
internal sealed class LongWorkTests
{
    [Test]
    public async Task Work_is_told_again_and_again_until_it_is_done()
    {
        var work = new TaskCompletionSource();
        var told = new List<TimeSpan>();

        await LongWork.TellingAsync(work.Task, TimeSpan.FromMinutes(2), new InstantTime(), elapsed =>
        {
            told.Add(elapsed);
            if (told.Count == 3)
                work.SetResult();
        });

        Assert.That(told.Take(3), Is.EqualTo(new[] { TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6) }));
    }

    [Test]
    public void Work_that_fails_fails()
        => Assert.That(() => LongWork.TellingAsync(Task.FromException(new InvalidOperationException("no")), TimeSpan.FromMinutes(2), TimeProvider.System, static _ => { }), Throws.InvalidOperationException);
}
