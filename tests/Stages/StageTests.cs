using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Tests with empty clusters, every one.</summary>
[TestFixture, Platform("Linux", Reason = "The program's processes are looked up under /proc."), NonParallelizable]
internal abstract class StageTests
{
    protected static StageBed Bed => StagesSandbox.Bed;

    protected static ClusterView ControlPlane => Bed.ControlPlane;

    protected static ClusterView DataPlane(int number) => Bed.Clusters[number];

    [SetUp]
    public virtual Task Prepare() => Bed.ResetAsync();
}

/// <summary>Tests that find two joined data planes and leave them so; after a failed one they are joined anew.</summary>
internal abstract class JoinedTests : StageTests
{
    private bool _joined;

    /// <summary>The run that joined them.</summary>
    protected Finished Join { get; private set; } = null!;

    /// <summary>The major version of helm to join and run with.</summary>
    protected virtual int HelmMajor => 4;

    public override async Task Prepare()
    {
        if (_joined)
        {
            await Bed.Control.ClearFaultsAsync(default);
            return;
        }

        await base.Prepare();
        Join = (await RunAsync()).Expect(0);
        _joined = true;
    }

    [TearDown]
    public void DoubtAfterFailure() => _joined &= TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Passed;

    protected async Task<Finished> RunAsync(params string[] arguments)
    {
        using var program = Bed.Start(arguments, HelmMajor);
        return await program.EndAsync();
    }
}
