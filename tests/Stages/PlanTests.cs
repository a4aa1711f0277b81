using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary><c>--plan</c> where nothing is yet.</summary>
internal sealed class PlanTests : StageTests
{
    [Test]
    public async Task It_tells_the_changes_and_writes_nothing()
    {
        var writes = await Bed.WritesAsync();

        var plan = (await Bed.RunAsync("--plan")).Expect(0);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(plan.Changes, Does.Contain("dataplane_1 create HelmRelease flyte-core-data").And.Contain("dataplane_2 create Secret dataplane-2-token").And.Contain("controlplane create HelmRelease flyte-core"));
        Assert.That(plan.Output, Does.Contain("would create HelmRelease flyte/flyte-core-data").And.Match("Next: .*--target=AddDataPlane .*makes these changes"));
    }

    [Test]
    public async Task With_detailed_exit_codes_changes_are_a_2() => (await Bed.RunAsync("--plan", "--detailed-exitcode")).Expect(2);
}
