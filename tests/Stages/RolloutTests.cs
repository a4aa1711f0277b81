using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What rollouts leave behind, and what keeps them from their end.</summary>
internal sealed class RolloutTests : AdminTests
{
    [Test]
    public async Task What_is_asked_of_FlyteAdmin_after_a_rollout_is_answered_by_the_new_pods_alone()
    {
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "podsLinger", "delayMs": 4000, "name": "flyteadmin"}""");
        var fleet = Fleet(["flytesnacks/production=label3"], Smoke, "with-label3");
        await File.WriteAllTextAsync(
            fleet,
            (await File.ReadAllTextAsync(fleet)).Replace("labels: {", "labels: {label3: [{id: dataplane_2, weight: 1}], ", StringComparison.Ordinal)
        );

        var run = (await RunAsync($"--fleet={fleet}")).Expect(0);

        Assert.That(run.Output, Does.Match(@"Waited [2-9]\.\d s for 1 replaced pod of flyteadmin to end"));
        Assert.That(run.Report["smokes"]?.ToJsonString() ?? run.Output, Does.Contain("label3"));
        Assert.That((await ControlPlane.ListAsync("pods")).Values.Count(pod => pod["metadata"]!["deletionTimestamp"] is not null), Is.Zero);
        var again = (await RunAsync($"--fleet={fleet}")).Expect(0);
        Assert.That(again.Changes, Is.Empty);
        Assert.That(again.Output, Does.Not.Contain("Waited"));
        (await RunAsync("--accept-value-loss")).Expect(0);
    }

    [Test]
    public async Task Verify_waits_for_replaced_pods_too()
    {
        var fleet = Fleet([], Smoke, "verify");
        (await RunAsync($"--fleet={fleet}")).Expect(0);
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "podsLinger", "delayMs": 20000, "name": "flyteadmin"}""");
        Bed.Kubectl("controlplane", "rollout restart deployment flyteadmin");
        Bed.Kubectl("controlplane", "rollout status deployment flyteadmin");

        var run = await RunAsync("--target=Verify", $"--fleet={fleet}");

        Assert.That(run.Output, Does.Match(@"ok +flyteadmin .*Waited \d+\.\d s for 1 replaced pod"));
    }

    [Test]
    public async Task A_volume_that_cannot_be_mounted_is_reported_by_its_event()
    {
        await ControlPlane.PatchAsync(
            "deployments",
            "flyteconsole",
            """{"spec": {"template": {"spec": {"volumes": [{"name": "certificate", "secret": {"secretName": "nowhere"}}]} } } }"""
        );

        var run = (await RunAsync("--target=VerifyPods", "--exclusive", "--timeout=10s")).Expect(ExitCode.Failed);
        await ControlPlane.PatchAsync("deployments", "flyteconsole", """{"spec": {"template": {"spec": {"volumes": null} } } }""");

        const string Reason = "FailedMount: MountVolume.SetUp failed for volume \"certificate\" : secret \"nowhere\" not found";
        Assert.That(run.Output, Does.Match($@"not available within 10 s: .*Deployment flyteconsole: 1 old replicas are left; pod flyteconsole-\S+: {Reason}"));
        Assert.That(
            run.Output.Split('\n')
                .Count(line => line.Contains(Reason, StringComparison.Ordinal) && !line.Contains("not available within", StringComparison.Ordinal)),
            Is.EqualTo(1),
            "It is reported while it waits, once."
        );
        (await RunAsync()).Expect(0);
    }

    [TestCase("unschedulable", "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu")]
    [TestCase("podsNeverReady", "Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503")]
    [TestCase("imagePull", "ImagePullBackOff: Back-off pulling image .* not found")]
    public async Task Why_new_pods_do_not_start_is_reported(string fault, string reason)
    {
        await Bed.FaultAsync($$"""{"cluster": "controlplane", "kind": "{{fault}}", "name": "flyteconsole"}""");
        Bed.Kubectl("controlplane", "rollout restart deployment flyteconsole");

        var run = (await RunAsync("--target=VerifyPods", "--exclusive", "--timeout=10s")).Expect(ExitCode.Failed);
        await Bed.Control.ClearFaultsAsync(default);
        (await RunAsync("--target=VerifyPods", "--exclusive")).Expect(0);

        Assert.That(run.Output, Does.Match($"not available within 10 s: .*{reason}"));
    }

    [Test]
    public async Task A_crash_is_reported_by_the_last_line_of_its_log_and_the_log_kept()
    {
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "podsCrash", "name": "flyteconsole"}""");
        Bed.Kubectl("controlplane", "rollout restart deployment flyteconsole");

        var run = (await RunAsync("--target=VerifyPods", "--exclusive", "--timeout=10s")).Expect(ExitCode.Failed);
        await Bed.Control.ClearFaultsAsync(default);
        (await RunAsync("--target=VerifyPods", "--exclusive")).Expect(0);

        Assert.That(
            run.Output,
            Does.Match(
                @"container flyteconsole: CrashLoopBackOff: Ended by a fault of the sandbox\. "
                    + @"\(its log: artifacts/log/controlplane/flyteconsole-\S+-flyteconsole\.log\)"
            )
        );
        Assert.That(
            Directory.EnumerateFiles(Path.Combine(Bed.Folder, "artifacts", "log", "controlplane")).Select(File.ReadAllText),
            Has.Some.Contain("stands for the log of container flyteconsole")
        );
    }

    [Test]
    public async Task A_rollout_that_is_stuck_is_a_warning_and_beyond_its_deadline_a_failure()
    {
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "podsCrash", "name": "flyteconsole"}""");
        Bed.Kubectl("controlplane", "rollout restart deployment flyteconsole");
        Bed.Kubectl("controlplane", "wait deployment flyteconsole --for=jsonpath={.status.unavailableReplicas}=1 --timeout=20s");

        var early = (await RunAsync("--target=Verify")).Expect(0);
        await ControlPlane.PatchAsync("deployments", "flyteconsole", """{"spec": {"progressDeadlineSeconds": 1} }""");
        Bed.Kubectl("controlplane", "wait deployment flyteconsole --for=condition=Progressing=False --timeout=20s");
        var late = (await RunAsync("--target=Verify")).Expect(ExitCode.Failed);
        await Bed.Control.ClearFaultsAsync(default);
        await ControlPlane.PatchAsync("deployments", "flyteconsole", """{"spec": {"progressDeadlineSeconds": 600} }""");
        (await RunAsync("--target=VerifyPods", "--exclusive")).Expect(0);

        Assert.That(early.StandardOutput, Does.Match("warning  deployments-available +controlplane .*flyteconsole: .*CrashLoopBackOff: Ended by a fault"));
        Assert.That(
            late.StandardOutput,
            Does.Match("failed   deployments-available +controlplane .*its progress deadline is exceeded; pod .*CrashLoopBackOff: Ended by a fault")
        );
    }
}
