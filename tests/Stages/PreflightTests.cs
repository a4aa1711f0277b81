using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What refuses a run before anything is written: everything that is wrong, at once.</summary>
internal sealed class PreflightTests : StageTests
{
    private const string NoLabels = "{label1: [{id: dataplane_1, weight: 1}]}";

    [Test]
    public async Task A_context_that_the_kubeconfig_lacks_is_named_with_the_nearest()
    {
        var fleet = Bed.Fleet(Bed.Plane(1).Replace("context: dataplane1", "context: dataplan1", StringComparison.Ordinal), NoLabels);

        var run = await RefusedAsync(fleet);

        Assert.That(run.Output, Does.Contain("no context 'dataplan1'").And.Contain("Did you mean 'dataplane1'?"));
    }

    [Test]
    public async Task A_missing_helm_is_reported_where_the_fleet_installs_with_it()
    {
        var program = Bed.RunAsync([], helm: 0);

        var run = (await program).Expect(ExitCode.Refused);

        Assert.That(run.Report["problems"]!.AsArray().Select(problem => (string?)problem!["place"]), Is.EqualTo(new[] { "helm" }));
        Assert.That(run.Output, Does.Contain("neither on PATH nor in tools/bin").And.Contain("--target=InstallTools"));
    }

    [Test]
    public async Task The_same_cluster_under_two_names_is_refused()
    {
        var kubeconfig = WithMore("", "- {name: again, context: {cluster: dataplane1, user: dataplane1-admin}}");
        var fleet = Bed.Fleet($"{Bed.Plane(1)}, {Bed.Plane(2, endpoint: 1).Replace("context: dataplane2", "context: again", StringComparison.Ordinal)}");

        var run = await RefusedAsync(fleet, kubeconfig);

        Assert.That(run.Output, Does.Match("dataplane_2: It is the same cluster as dataplane_1 \\(kube-system namespace UID [0-9a-f-]{36}\\)"));
    }

    [Test]
    public async Task The_control_plane_is_refused_as_a_data_plane()
    {
        var kubeconfig = WithMore("", "- {name: again, context: {cluster: controlplane, user: controlplane-admin}}");
        var fleet = Bed.Fleet($"{Bed.Plane(1)}, {Bed.Plane(2, endpoint: 0).Replace("context: dataplane2", "context: again", StringComparison.Ordinal)}");

        var run = await RefusedAsync(fleet, kubeconfig);

        Assert.That(run.Output, Does.Contain("It is the same cluster as "));
    }

    [Test]
    public async Task An_endpoint_on_localhost_that_only_the_kubeconfig_names_is_refused()
    {
        var run = await RefusedAsync(Bed.Fleet("{name: dataplane_1, context: dataplane1}", NoLabels));

        Assert.That(
            run.Output,
            Does.Contain($"dataplane_1: The kubeconfig's API server {Bed.Endpoint(1)} is this machine's own address").And.Contain("'endpoint'")
        );
    }

    [Test]
    public async Task Missing_permissions_are_named_by_verb_and_resource()
    {
        await DataPlane(1).CreateAsync("/api/v1/namespaces", """{"metadata": {"name": "flyte"} }""");
        Bed.Kubectl("dataplane1", "create serviceaccount reader");
        Bed.Kubectl("dataplane1", "create clusterrolebinding reader --clusterrole=view --serviceaccount=flyte:reader");
        var token = Bed.Kubectl("dataplane1", "create token reader").Trim();
        var kubeconfig = WithMore($"- {{name: reader, user: {{token: {token}}}}}", "- {name: reader, context: {cluster: dataplane1, user: reader}}");

        var run = await RefusedAsync(Bed.Fleet(Bed.Plane(1).Replace("context: dataplane1", "context: reader", StringComparison.Ordinal), NoLabels), kubeconfig);

        Assert.That(
            run.Output,
            Does.Contain("Context 'reader' is missing permissions: ")
                .And.Contain("create secrets")
                .And.Contain("patch deployments")
                .And.Contain("create clusterroles")
        );
        Assert.That(run.Output, Does.Not.Contain(token).And.Not.Contain("list deployments"));
    }

    [Test]
    public async Task A_token_that_no_cluster_accepts_refuses_the_run()
    {
        var kubeconfig = WithMore("- {name: stranger, user: {token: garbage-token}}", "- {name: stranger, context: {cluster: dataplane1, user: stranger}}");

        var run = await RefusedAsync(
            Bed.Fleet(Bed.Plane(1).Replace("context: dataplane1", "context: stranger", StringComparison.Ordinal), NoLabels),
            kubeconfig
        );

        Assert.That(
            run.Output,
            Does.Contain("dataplane_1: ").And.Contain("Unauthorized").And.Contain($"Log in first: kubectl --kubeconfig {kubeconfig} --context stranger get ns")
        );
        Assert.That(run.Output, Does.Not.Contain("garbage-token"));
    }

    [Test]
    public async Task The_problems_of_all_clusters_are_reported_at_once()
    {
        var kubeconfig = WithMore(
            "- {name: stranger, user: {token: garbage-token}}",
            "- {name: s1, context: {cluster: dataplane1, user: stranger}}\n- {name: s2, context: {cluster: dataplane2, user: stranger}}"
        );
        await Bed.FaultAsync("""{"cluster": "controlplane", "kind": "refuse"}""");
        var fleet = Bed.Fleet(
            Bed.Plane(1).Replace("context: dataplane1", "context: s1", StringComparison.Ordinal)
                + ", "
                + Bed.Plane(2).Replace("context: dataplane2", "context: s2", StringComparison.Ordinal)
        );

        var run = await RefusedAsync(fleet, kubeconfig);

        Assert.That(
            run.Report["problems"]!.AsArray().Select(problem => (string?)problem!["place"]),
            Is.EquivalentTo(new[] { "controlplane", "dataplane_1", "dataplane_2" }),
            run.Output
        );
    }

    [Test]
    public async Task A_flyte_core_of_another_release_name_is_refused_and_named()
    {
        Bed.Helm("dataplane1", $"install flyte {Bed.Chart} --create-namespace -f {Bed.Chart}/values-dataplane.yaml");

        var run = (await Bed.RunAsync()).Expect(ExitCode.Refused);

        Assert.That(
            run.Output,
            Does.Contain("no Helm release 'flyte-core-data' in namespace flyte, but 'flyte' is one of flyte-core").And.Contain("release: flyte")
        );
    }

    [Test]
    public async Task Workflows_that_the_upgrade_would_delete_refuse_it_until_that_is_accepted()
    {
        Bed.Helm(
            "controlplane",
            $"install flyte-core {Bed.Chart} --create-namespace -f {Bed.Chart}/values-controlplane.yaml --set flytepropeller.enabled=true"
        );
        foreach (var name in new[] { "one", "two" })
            await ControlPlane.CreateAsync(
                "/apis/flyte.lyft.com/v1alpha1/namespaces/flyte/flyteworkflows",
                $$"""{"apiVersion": "flyte.lyft.com/v1alpha1", "kind": "FlyteWorkflow", "metadata": {"name": "{{name}}"} }"""
            );
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("deletes the FlyteWorkflow CRD and all 2 workflow objects").And.Contain("--accept-crd-deletion"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        (await Bed.RunAsync("--accept-crd-deletion", "--accept-value-loss")).Expect(0);
    }

    private async Task<Finished> RefusedAsync(string fleet, string? kubeconfig = null)
    {
        var writes = await Bed.WritesAsync();
        var run = (await Bed.RunAsync(kubeconfig is null ? [$"--fleet={fleet}"] : [$"--fleet={fleet}", $"--kubeconfig={kubeconfig}"])).Expect(ExitCode.Refused);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        return run;
    }

    private string WithMore(string users, string contexts)
    {
        var path = Path.Combine(Bed.Folder, "more.kubeconfig");
        File.WriteAllText(
            path,
            File.ReadAllText(Bed.State.Kubeconfig)
                .Replace("users:\n", $"users:\n{users}\n", StringComparison.Ordinal)
                .Replace("contexts:\n", $"contexts:\n{contexts}\n", StringComparison.Ordinal)
        );
        return path;
    }
}
