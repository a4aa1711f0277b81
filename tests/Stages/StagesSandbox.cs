using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The one sandbox process of all tests of the stages.</summary>
[SetUpFixture]
internal sealed class StagesSandbox
{
    private static StageBed? _bed;

    public static StageBed Bed => _bed ?? throw new InvalidOperationException("The sandbox has not been started.");

    [OneTimeSetUp]
    public async Task Start() => _bed = await StageBed.StartAsync();

    [OneTimeTearDown]
    public async Task End()
    {
        if (_bed is not null)
            await _bed.DisposeAsync();
    }
}
