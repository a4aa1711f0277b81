using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary><c>--plan</c> where nothing is yet.</summary>
internal sealed class PlanTests : StageTests
{
    [Test]
    public async Task It_reports_the_changes_and_writes_nothing()
    {
        var writes = await Bed.WritesAsync();

        var plan = (await Bed.RunAsync("--plan")).Expect(0);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(
            plan.Changes,
            Does.Contain("dataplane_1 create HelmRelease flyte-core-data")
                .And.Contain("dataplane_2 create Secret dataplane-2-token")
                .And.Contain("controlplane create HelmRelease flyte-core")
        );
        Assert.That(
            plan.Output,
            Does.Contain("would create HelmRelease flyte/flyte-core-data").And.Match("Next: .*--target=AddDataPlane .*makes these changes")
        );
    }

    [Test]
    public async Task Of_the_end_of_a_sandbox_it_ends_nothing()
    {
        var plan = (await Bed.RunAsync("--target=SandboxDown", $"--sandbox={Bed.State.Folder}", "--plan", "--detailed-exitcode")).Expect(2);

        Assert.That(plan.Output, Does.Contain($"[sandbox] would delete Sandbox {Bed.State.Folder}"));
        Assert.That(async () => await Bed.WritesAsync(), Throws.Nothing);
    }

    [Test]
    public async Task Of_a_sandbox_it_starts_and_grows_nothing()
    {
        var none = Path.Combine(Bed.Folder, "none");

        var start = (await Bed.RunAsync("--target=SandboxUp", $"--sandbox={none}", "--plan")).Expect(0);
        var growth = (await Bed.RunAsync("--target=SandboxUp", $"--sandbox={Bed.State.Folder}", "--dataplanes=7", "--plan")).Expect(0);

        Assert.That(start.Changes, Is.EqualTo(new[] { $"sandbox create Sandbox {none}" }));
        Assert.That(Directory.Exists(none), Is.False);
        Assert.That(growth.Changes, Is.EqualTo(new[] { $"sandbox update Sandbox {Bed.State.Folder}" }));
        Assert.That((await Bed.Control.StatusAsync(default))["clusters"]!.AsArray(), Has.Count.EqualTo(Bed.Clusters.Count));
    }

    [Test]
    public async Task With_detailed_exit_codes_changes_are_a_2() => (await Bed.RunAsync("--plan", "--detailed-exitcode")).Expect(2);
}
