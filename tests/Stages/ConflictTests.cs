using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Fields and objects of a release that others have taken over.</summary>
internal sealed class ConflictTests : StageTests
{
    private const string Definition = """
        {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "flyteworkflows.flyte.lyft.com", "labels": {"app.kubernetes.io/managed-by": "Helm"},
          "annotations": {"meta.helm.sh/release-name": "other", "meta.helm.sh/release-namespace": "elsewhere"}},
         "spec": {"group": "flyte.lyft.com", "scope": "Namespaced", "names": {"kind": "FlyteWorkflow", "plural": "flyteworkflows", "singular": "flyteworkflow"},
          "versions": [{"name": "v1alpha1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}
        """;

    [Test]
    public async Task Fields_of_the_chart_that_kubectl_made_its_own_are_said_in_the_plan_and_taken_with_the_upgrade()
    {
        (await Bed.RunAsync()).Expect(0);
        Bed.Kubectl("controlplane", "scale deployment flyteadmin --replicas=2");
        Bed.Kubectl(
            "dataplane1",
            "apply --server-side --force-conflicts --field-manager=me -f -",
            """
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flyte-propeller-config"}, "data": {"resource_manager.yaml": "mine"}}
            """
        );
        var fleet = Changed("flyteadmin: {podLabels: {a: b}}\nflytepropeller: {podLabels: {a: b}}\n");

        var plan = (await Bed.RunAsync(fleet, "--plan")).Expect(0);
        var run = (await Bed.RunAsync(fleet)).Expect(0);

        foreach (var output in new[] { plan.Output, run.Output })
        {
            Assert.That(
                output,
                Does.Match(
                    @"\[controlplane\] (would )?update HelmRelease flyte/flyte-core \(.*; helm takes over Deployment flyteadmin \.spec\.replicas \(kubectl\)\)"
                )
            );
            Assert.That(
                output,
                Does.Match(
                    @"\[dataplane_1\] (would )?update HelmRelease flyte/flyte-core-data \(.*; helm takes over "
                        + @"ConfigMap flyte-propeller-config \.data\.resource_manager\.yaml \(me\)\)"
                )
            );
        }

        Assert.That((int?)(await ControlPlane.FlyteAsync("deployments", "flyteadmin"))?["spec"]?["replicas"], Is.EqualTo(1));
        Assert.That(await StatusesAsync(ControlPlane), Has.None.EqualTo("failed"));
        Assert.That(await StatusesAsync(DataPlane(1)), Has.None.EqualTo("failed"));
        Assert.That((await Bed.RunAsync(fleet)).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task A_field_that_is_not_the_charts_yet_is_taken_only_with_force_conflicts()
    {
        (await Bed.RunAsync()).Expect(0);
        Bed.Kubectl("controlplane", "label deployment flyteadmin team=theirs");
        Bed.Kubectl("controlplane", "annotate deployment flyteadmin owner=theirs");
        var fleet = Changed("flyteadmin: {annotations: {owner: ours}}\n");
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync(fleet)).Expect(ExitCode.Refused);

        Assert.That(refused.Output, Does.Contain("Deployment flyteadmin .metadata.annotations.owner (kubectl-annotate)").And.Contain("--force-conflicts"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        (await Bed.RunAsync(fleet, "--force-conflicts")).Expect(0);
        var metadata = (await ControlPlane.FlyteAsync("deployments", "flyteadmin"))!["metadata"]!;
        Assert.That(((string?)metadata["annotations"]!["owner"], (string?)metadata["labels"]!["team"]), Is.EqualTo(("ours", "theirs")));
        Assert.That(await StatusesAsync(ControlPlane), Has.None.EqualTo("failed"));
    }

    [TestCase(4)]
    [TestCase(3)]
    public async Task Objects_of_another_release_or_of_none_refuse_the_run_before_anything_is_written(int helm)
    {
        Bed.Kubectl("dataplane1", "apply -f -", Definition);
        Bed.Kubectl("controlplane", "create namespace flyte");
        Bed.Kubectl("controlplane", "create serviceaccount datacatalog");
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync([], helm)).Expect(ExitCode.Refused);

        Assert.That(
            run.Output,
            Does.Contain("CustomResourceDefinition flyteworkflows.flyte.lyft.com (of release other in namespace elsewhere)")
                .And.Contain("ServiceAccount datacatalog (not created by Helm)")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task A_release_of_helm_3_is_repaired_and_changed_by_helm_4()
    {
        (await Bed.RunAsync([], helm: 3)).Expect(0);
        Bed.Kubectl("controlplane", "scale deployment flyteconsole --replicas=2");
        Bed.Kubectl("dataplane1", """patch configmap flyte-propeller-config --type=merge -p {"data":{"admin.yaml":"edited"}}""");

        (await Bed.RunAsync()).Expect(0);
        (await Bed.RunAsync(Changed("flyteadmin: {podLabels: {a: b}}\n"))).Expect(0);

        Assert.That(await StatusesAsync(ControlPlane), Has.None.EqualTo("failed"));
        Assert.That(await StatusesAsync(DataPlane(1)), Has.None.EqualTo("failed"));
    }

    private string Changed(string values)
    {
        var file = Path.Combine(Bed.Folder, "values.yaml");
        File.WriteAllText(file, values);
        return $"--fleet={Bed.Fleet(name: "changed", settings: $"values: [{file}]")}";
    }

    private static async Task<IEnumerable<string?>> StatusesAsync(ClusterView cluster) =>
        (await cluster.ListAsync("secrets")).Values.Select(secret => (string?)secret["metadata"]?["labels"]?["status"]);
}
