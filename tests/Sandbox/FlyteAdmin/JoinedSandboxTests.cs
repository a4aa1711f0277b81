using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

/// <summary>Tests of one sandbox with two joined data planes; each leaves the faults as it found them.</summary>
[TestFixture]
internal abstract class JoinedSandboxTests
{
    protected FlyteSandbox Sandbox { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Sandbox = await FlyteSandbox.StartAsync();
        await Sandbox.JoinAsync();
    }

    [TearDown]
    public Task ClearFaults() => Sandbox.Control.ClearFaultsAsync(default);

    [OneTimeTearDown]
    public async Task End()
    {
        if (Sandbox is not null)
            await Sandbox.DisposeAsync();
    }
}
