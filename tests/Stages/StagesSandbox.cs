using System.Collections.Concurrent;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The sandboxes of the tests of the stages: as many as tests run at once, lent to one test or fixture at a time.</summary>
[SetUpFixture]
internal sealed class StagesSandbox
{
    private static readonly ConcurrentBag<StageBed> All = [];
    private static readonly ConcurrentBag<StageBed> Free = [];

    /// <summary>An emptied bed, for the borrower alone until it is given back.</summary>
    public static async Task<StageBed> BorrowAsync()
    {
        if (!Free.TryTake(out var bed))
            All.Add(bed = await StageBed.StartAsync());
        await bed.ResetAsync();
        return bed;
    }

    public static void GiveBack(StageBed bed) => Free.Add(bed);

    [OneTimeTearDown]
    public Task End() => Task.WhenAll(All.Select(bed => bed.DisposeAsync().AsTask()));
}
