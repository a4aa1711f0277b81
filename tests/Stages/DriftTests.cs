using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What somebody changed by hand is put right by the next run, which says so.</summary>
internal abstract class DriftTests : JoinedTests
{
    [Test]
    public async Task Replicas_volumes_and_accounts_become_the_releases_again_and_a_second_run_changes_nothing()
    {
        Bed.Kubectl("controlplane", "scale deployment flyteadmin --replicas=0");
        await WithoutCredentialsAsync("syncresources");
        Bed.Kubectl("dataplane1", "scale deployment flytepropeller --replicas=0");
        await DataPlane(2).PatchAsync("deployments", "flytepropeller", """{"spec": {"template": {"spec": {"serviceAccountName": "default"} } } }""");
        Bed.Kubectl("dataplane2", "scale deployment flyte-pod-webhook --replicas=0");

        var plan = (await RunAsync("--plan")).Expect(0);
        var run = (await RunAsync()).Expect(0);
        var again = (await RunAsync()).Expect(0);

        Assert.That(
            run.Changes,
            Is.EquivalentTo(
                new[]
                {
                    "controlplane update HelmRelease flyte-core",
                    "dataplane_1 update HelmRelease flyte-core-data",
                    "dataplane_2 update HelmRelease flyte-core-data",
                    "dataplane_2 update Deployment flyte-pod-webhook",
                }
            )
        );
        Assert.That(plan.Changes, Is.EquivalentTo(run.Changes));
        Assert.That(
            run.Output,
            Does.Contain("Deployment flyteadmin has 0 replicas, not 1")
                .And.Contain("Deployment syncresources has a different volume cluster-secrets")
                .And.Contain("Deployment flytepropeller has a different serviceAccountName")
        );
        Assert.That(again.Changes, Is.Empty);
        Assert.That(
            (await ControlPlane.ListAsync("deployments"))
                .Values.Concat((await DataPlane(1).ListAsync("deployments")).Values)
                .Concat((await DataPlane(2).ListAsync("deployments")).Values)
                .Select(found => (int?)found["status"]?["availableReplicas"]),
            Is.All.EqualTo(1)
        );
        (await RunAsync("--target=Verify")).Expect(0);
    }

    [Test]
    public async Task VerifyPods_by_itself_does_not_call_a_Deployment_at_0_available()
    {
        Bed.Kubectl("controlplane", "scale deployment flyteconsole --replicas=0");
        Bed.Kubectl("controlplane", "rollout status deployment flyteconsole");

        var run = (await RunAsync("--target=VerifyPods", "--exclusive")).Expect(ExitCode.Failed);

        Assert.That(run.Output, Does.Contain("Deployment flyteconsole is scaled to 0 replicas. Run AddDataPlane"));
        (await RunAsync()).Expect(0);
    }

    [Test]
    public async Task More_replicas_of_an_autoscaler_stay()
    {
        await ControlPlane.CreateAsync(
            "/apis/autoscaling/v2/namespaces/flyte/horizontalpodautoscalers",
            """{"metadata": {"name": "console"}, "spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "flyteconsole"} } }"""
        );
        Bed.Kubectl("controlplane", "scale deployment flyteconsole --replicas=2");
        Bed.Kubectl("controlplane", "rollout status deployment flyteconsole");

        var run = (await RunAsync()).Expect(0);
        Assert.That(run.Changes, Is.Empty);

        await ControlPlane.DeleteAsync("/apis/autoscaling/v2/namespaces/flyte/horizontalpodautoscalers/console");
        Assert.That((await RunAsync()).Expect(0).Changes, Is.EqualTo(new[] { "controlplane update HelmRelease flyte-core" }));
    }

    private async Task WithoutCredentialsAsync(string deployment)
    {
        var spec = (JsonObject)(await ControlPlane.FlyteAsync("deployments", deployment))!["spec"]!["template"]!["spec"]!;
        Remove(spec["volumes"]!.AsArray());
        foreach (var container in spec["containers"]!.AsArray())
            Remove(container!["volumeMounts"]!.AsArray());
        await ControlPlane.PatchAsync(
            "deployments",
            deployment,
            new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = spec.DeepClone() } } }.ToJsonString()
        );

        static void Remove(JsonArray list)
        {
            foreach (var item in list.Where(item => (string?)item!["name"] == "cluster-secrets").ToArray())
                list.Remove(item);
        }
    }
}

/// <summary>With helm 4, whose applies find conflicts.</summary>
internal sealed class DriftWithHelm4Tests : DriftTests { }

/// <summary>With helm 3.</summary>
internal sealed class DriftWithHelm3Tests : DriftTests
{
    protected override int HelmMajor => 3;
}
