using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Tests on a bed.</summary>
[Platform("Linux", Reason = "The program's processes are looked up under /proc.")]
internal abstract class BedTests
{
    private StageBed? _bed;

    protected StageBed Bed => _bed ?? throw new InvalidOperationException("No bed was borrowed.");

    protected ClusterView ControlPlane => Bed.ControlPlane;

    protected ClusterView DataPlane(int number) => Bed.Clusters[number];

    protected async Task BorrowAsync() => _bed = await StagesSandbox.BorrowAsync();

    protected void GiveBack()
    {
        if (_bed is not null)
            StagesSandbox.GiveBack(_bed);
        _bed = null;
    }
}

/// <summary>Tests with empty clusters, every one on a bed of its own and at the same time as others.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
internal abstract class StageTests : BedTests
{
    [SetUp]
    public Task Borrow() => BorrowAsync();

    [TearDown]
    public void Return() => GiveBack();
}

/// <summary>Tests that find two joined data planes and leave them so, one after the other on one bed; after a failed one they are joined anew.</summary>
[TestFixture]
internal abstract class JoinedTests : BedTests
{
    private bool _joined;

    /// <summary>The run that joined them.</summary>
    protected Finished Join { get; private set; } = null!;

    /// <summary>The major version of helm to join and run with.</summary>
    protected virtual int HelmMajor => 4;

    [OneTimeSetUp]
    public Task Borrow() => BorrowAsync();

    [OneTimeTearDown]
    public void Return() => GiveBack();

    [SetUp]
    public virtual async Task Prepare()
    {
        if (_joined)
        {
            await Bed.Control.ClearFaultsAsync(default);
            return;
        }

        await Bed.ResetAsync();
        Join = (await RunAsync()).Expect(0);
        _joined = true;
    }

    [TearDown]
    public void DoubtAfterFailure() => _joined &= TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Passed;

    /// <summary>The fleet of runs that name none.</summary>
    protected virtual string JoinedFleet => Bed.Fleet();

    protected Task<Finished> RunAsync(params string[] arguments)
    {
        string[] fleet = Array.Exists(arguments, argument => argument.StartsWith("--fleet=", StringComparison.Ordinal)) ? [] : [$"--fleet={JoinedFleet}"];
        return Bed.RunAsync([.. arguments, .. fleet], HelmMajor);
    }
}
