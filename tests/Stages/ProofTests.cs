using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A credential is used as flyteadmin will use it before it is stored.</summary>
internal sealed class ProofTests : StageTests
{
    [Test]
    public async Task With_the_endpoint_of_another_cluster_it_fails_and_is_not_stored()
    {
        var run = (await Bed.RunAsync("--fleet=" + Bed.Fleet($"{Bed.Plane(1)}, {Bed.Plane(2, endpoint: 1)}"))).Expect(ExitCode.SomeClustersFailed);

        Assert.That(
            run.Output,
            Does.Contain("[dataplane_2] failed in CollectCredentials: ").And.Contain($"{Bed.Endpoint(1)} cannot be used with the CA of dataplane_2")
        );
        Assert.That((await ControlPlane.SecretAsync("cluster-credentials")).Keys, Has.None.Contains("dataplane_2"));
    }

    [Test]
    public async Task A_role_that_was_weakened_by_hand_is_named_by_what_it_lacks()
    {
        (await Bed.RunAsync()).Expect(0);
        Bed.Kubectl("dataplane2", "delete clusterrolebinding flyte-flyteadmin-binding");
        Bed.Kubectl("dataplane2", "create clusterrolebinding flyte-flyteadmin-binding --clusterrole=view --serviceaccount=flyte:flyteadmin");

        var run = (await Bed.RunAsync("--exclusive", "--target=CollectCredentials")).Expect(ExitCode.SomeClustersFailed);

        Assert.That(
            run.Output,
            Does.Contain("[dataplane_2] failed in CollectCredentials: flyteadmin's token is missing permissions: ")
                .And.Contain("create flyteworkflows")
                .And.Contain("patch namespaces")
        );
    }

    [Test]
    public async Task A_missing_role_is_restored_by_helm_before_the_proof()
    {
        (await Bed.RunAsync()).Expect(0);
        Bed.Kubectl("dataplane2", "delete clusterrole flyte-flyteadmin");

        var run = (await Bed.RunAsync()).Expect(0);

        Assert.That(run.Changes, Is.EqualTo(new[] { "dataplane_2 update HelmRelease flyte-core-data" }));
    }
}
