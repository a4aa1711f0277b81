using Flyte.MultiCluster.Tests.Common.Processes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A plan that was looked at is what gets applied: <c>--expect</c> on empty clusters.</summary>
internal sealed class PlanExpectTests : StageTests
{
    [Test]
    public async Task Two_plans_of_the_same_state_have_the_same_digest()
    {
        var first = (await Bed.RunAsync("--target=Plan")).Expect(0).PlanDigest;
        var second = (await Bed.RunAsync("--plan")).Expect(0).PlanDigest;

        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public async Task A_run_with_the_digest_of_its_plan_joins()
    {
        var plan = (await Bed.RunAsync("--target=Plan")).Expect(0);

        var run = (await Bed.RunAsync($"--expect={plan.PlanDigest}")).Expect(0);

        Assert.That(run.Changes, Does.Contain("controlplane create HelmRelease flyte-core"));
        (await Bed.RunAsync("--target=Plan", "--detailed-exitcode")).Expect(0);
    }

    [Test]
    public async Task With_helm_3_too_a_run_with_the_digest_of_its_plan_joins()
    {
        var writes = await Bed.WritesAsync();
        var plan = (await Bed.RunAsync(["--target=Plan"], helm: 3)).Expect(0);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));

        (await Bed.RunAsync([$"--expect={plan.PlanDigest}"], helm: 3)).Expect(0);
    }

    [Test]
    public async Task A_plan_of_an_upgrade_writes_nothing_and_is_what_is_done()
    {
        (await Bed.RunAsync()).Expect(0);
        var fleet = Changed("secret: {password: first-password-1}\nflyteadmin: {podLabels: {team: a} }\n");
        (await Bed.RunAsync(fleet)).Expect(0);
        fleet = Changed("secret: {password: other-password-2}\nflyteadmin: {podLabels: {team: b} }\n");
        var writes = await Bed.WritesAsync();
        Assert.That(await File.ReadAllTextAsync(Bed.CommandLines), Does.Not.Contain("--dry-run"), "Only a plan looks at differences.");

        var plan = (await Bed.RunAsync(fleet, "--target=Plan")).Expect(0);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(
            plan.Difference("controlplane", "Values"),
            Does.Contain("-  password: [masked, 16 bytes]").And.Contain("+  password: [masked, 16 bytes, changed]").And.Contain("+    team: b")
        );
        Assert.That(plan.Output, Does.Not.Contain("first-password-1").And.Not.Contain("other-password-2"));
        Assert.That((await Bed.RunAsync(fleet, $"--expect={plan.PlanDigest}")).Expect(0).Changes, Is.EquivalentTo(plan.Changes));
    }

    [Test]
    public async Task A_run_that_is_held_to_a_plan_leaves_out_a_cluster_that_has_failed_in_both()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");
        var plan = (await Bed.RunAsync("--target=Plan")).Expect(4);

        var run = (await Bed.RunAsync($"--expect={plan.PlanDigest}")).Expect(4);

        Assert.That(run.Changes, Does.Contain("controlplane create HelmRelease flyte-core").And.None.StartsWith("dataplane_2"));
    }

    [Test]
    public async Task A_run_with_another_digest_is_refused_and_touches_nothing()
    {
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync("--expect=sha256:0123456789abcdef")).Expect(3);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(run.Output, Does.Match(@"--expect=sha256:0123456789abcdef: That is not what would be done: this plan's digest is sha256:[0-9a-f]{16}\."));
    }

    [Test]
    public async Task A_change_that_turns_up_while_the_run_works_stops_it_before_it_is_made()
    {
        (await Bed.RunAsync()).Expect(0);
        var fleet = Changed("flyteadmin: {podLabels: {team: a} }\nflytepropeller: {podLabels: {team: a} }\n");
        var plan = (await Bed.RunAsync(fleet, "--target=Plan")).Expect(0);
        var tools = Path.Combine(Bed.Folder, "tools4");
        var folder = Directory.CreateDirectory(Path.Combine(Bed.Folder, "meddling")).FullName;

        // Somebody revokes a token while helm is at work.
        ExecutableFile.Write(
            Path.Combine(folder, "helm"),
            $"""
            #!/bin/sh
            case "$*" in
              *--dry-run*) ;;
              *upgrade*dataplane2*) '{tools}/kubectl' --kubeconfig '{Bed.State.Kubeconfig}' --context dataplane2 -n flyte delete secret dataplane-2-token >&2 ;;
            esac
            exec '{tools}/helm' "$@"

            """
        );
        var path = string.Join(Path.PathSeparator, folder, tools, Environment.GetEnvironmentVariable("PATH"));

        var run = await Bed.RunAsync(
            [fleet, $"--expect={plan.PlanDigest}"],
            environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = path }
        );

        run.Expect(1);
        Assert.That(run.Output, Does.Match(@"Stopped:\n  dataplane_2: The plan of --expect does not have this change: create Secret flyte/dataplane-2-token"));
        Assert.That(run.Output, Does.Match("Next: .*--target=AddDataPlane (?!.*--expect).*--plan   .shows what is left to do"));
        Assert.That(run.Changes, Has.None.StartsWith("controlplane").And.None.Contains(" Secret "));
        Assert.That(await DataPlane(2).TokensAsync(), Is.Empty);
    }

    private string Changed(string values)
    {
        var file = Path.Combine(Bed.Folder, "values.yaml");
        File.WriteAllText(file, values);
        return $"--fleet={Bed.Fleet(name: "changed", settings: $"values: [{file}]")}";
    }
}
