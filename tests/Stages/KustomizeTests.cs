using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The kustomize form, with the overlays of <c>values/kustomize</c>: a control plane and two data planes.</summary>
internal sealed class KustomizeTests : StageTests
{
    private const string Extra = """

        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: extra, namespace: flyte}
        data: {a: b}
        """;

    private static string Hidden(string value) =>
        $$"""

            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: hidden, namespace: flyte}
            stringData: {value: {{value}}}
            """.Replace("\n            ", "\n", StringComparison.Ordinal);

    private KustomizeFleet Overlays { get; set; } = null!;

    [SetUp]
    public void Copy() => Overlays = new KustomizeFleet(Bed);

    [Test]
    public async Task Two_data_planes_are_joined_and_a_second_run_and_a_plan_find_nothing()
    {
        var plan = (await RunAsync("--plan")).Expect(0);
        var join = (await RunAsync($"--expect={plan.PlanDigest}")).Expect(0);
        var writes = await Bed.WritesAsync();
        var second = (await RunAsync()).Expect(0);
        var planned = (await RunAsync("--plan", "--detailed-exitcode")).Expect(0);

        var clusters = (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"];
        Assert.Multiple(async () =>
        {
            Assert.That(plan.Changes, Does.Contain("dataplane_1 create Deployment flytepropeller").And.Contain("controlplane create Deployment flyteadmin"));
            Assert.That(
                join.Changes,
                Does.Contain("dataplane_2 create CustomResourceDefinition flyteworkflows.flyte.lyft.com")
                    .And.Contain("controlplane create Secret cluster-credentials")
            );
            Assert.That(clusters, Does.Contain("name: dataplane_1").And.Contain("name: dataplane_2").And.Contain("label2"));
            Assert.That(await ControlPlane.SecretAsync("cluster-credentials"), Has.Count.EqualTo(4));
            Assert.That((await ControlPlane.ListAsync("deployments")).Keys, Is.EqualTo(new[] { "datacatalog", "flyteadmin", "flyteconsole", "syncresources" }));
            Assert.That((await DataPlane(1).ListAsync("deployments")).Keys, Is.EqualTo(new[] { "flyte-pod-webhook", "flytepropeller" }));
            Assert.That(
                (await ControlPlane.ListAsync("deployments"))
                    .Values.Concat((await DataPlane(2).ListAsync("deployments")).Values)
                    .Select(deployment => (int?)deployment["status"]?["availableReplicas"]),
                Is.All.EqualTo(1)
            );
            Assert.That(second.Changes.Concat(planned.Changes), Is.Empty);
            Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
            Assert.That(await File.ReadAllTextAsync(Bed.CommandLines), Does.Contain("kubectl kustomize").And.Not.Contain("helm upgrade"));
        });

        var verify = await RunAsync("--target=Verify");
        Assert.That(verify.ExitCode, Is.Zero, verify.Output);
    }

    [Test]
    public async Task A_plan_shows_what_would_differ_in_the_objects_and_no_secret()
    {
        var auth = Overlays["dataplane/auth.yaml"];
        await File.AppendAllTextAsync(auth, Extra + Hidden("first-secret-1"));
        (await RunAsync()).Expect(0);
        await File.WriteAllTextAsync(auth, (await File.ReadAllTextAsync(auth)).Replace("{a: b}", "{a: c}").Replace("first-secret-1", "other-secret-22"));
        var writes = await Bed.WritesAsync();

        var plan = (await RunAsync("--target=Plan")).Expect(0);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(plan.Difference("dataplane_1", "ConfigMap"), Does.Contain("-  a: b").And.Contain("+  a: c"));
        Assert.That(plan.Difference("dataplane_1", "Secret"), Is.EqualTo(new[] { "+ value: 15 bytes, changed, was 14 bytes" }));
        Assert.That(plan.Output, Does.Not.Contain("first-secret").And.Not.Contain("other-secret"));
        (await RunAsync($"--expect={plan.PlanDigest}")).Expect(0);
    }

    [Test]
    public async Task Secrets_that_Flyte_has_written_are_left_alone_after_restarts_too()
    {
        (await RunAsync()).Expect(0);
        Bed.Kubectl("dataplane1", "rollout restart deployment flyte-pod-webhook");
        Bed.Kubectl("dataplane1", "rollout status deployment flyte-pod-webhook");
        Bed.Kubectl("controlplane", "rollout restart deployment flyteadmin");
        Bed.Kubectl("controlplane", "rollout status deployment flyteadmin");
        var written = (
            (await DataPlane(1).FlyteAsync("secrets", "flyte-pod-webhook"))!.ToJsonString(),
            (await ControlPlane.FlyteAsync("secrets", "flyte-admin-secrets"))!.ToJsonString()
        );

        var second = (await RunAsync()).Expect(0);

        Assert.That(second.Changes, Is.Empty);
        Assert.That((await ControlPlane.SecretAsync("flyte-admin-secrets")).Keys, Does.Contain("token_rsa_key.pem"));
        Assert.That(
            (
                (await DataPlane(1).FlyteAsync("secrets", "flyte-pod-webhook"))!.ToJsonString(),
                (await ControlPlane.FlyteAsync("secrets", "flyte-admin-secrets"))!.ToJsonString()
            ),
            Is.EqualTo(written)
        );
    }

    [Test]
    public async Task What_left_the_overlay_is_deleted_and_what_was_made_by_hand_stays()
    {
        var auth = Overlays["dataplane/auth.yaml"];
        var before = await File.ReadAllTextAsync(auth);
        await File.WriteAllTextAsync(auth, before + Extra);
        (await RunAsync()).Expect(0);
        Bed.Kubectl("dataplane1", "create configmap by-hand");
        Bed.Kubectl("dataplane2", "delete configmap extra");
        Bed.Kubectl("dataplane2", "create configmap extra");
        await File.WriteAllTextAsync(auth, before);

        var pruned = (await RunAsync()).Expect(0);

        Assert.That(pruned.Changes, Does.Contain("dataplane_1 delete ConfigMap extra").And.None.Contains("dataplane_2 delete"));
        Assert.That((await DataPlane(1).ListAsync("configmaps")).Keys, Does.Contain("by-hand").And.Not.Contain("extra"));
        Assert.That((await DataPlane(2).ListAsync("configmaps")).Keys, Does.Contain("extra"), "Somebody created it again.");
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task A_control_plane_resource_in_the_data_planes_overlay_is_refused_by_name_before_any_write()
    {
        File.Copy(Overlays["controlplane/datacatalog.yaml"], Overlays["dataplane/auth.yaml"], overwrite: true);
        var writes = await Bed.WritesAsync();

        var refused = (await RunAsync()).Expect(ExitCode.Refused);

        Assert.That(What(refused), Has.Some.StartsWith("Deployment datacatalog belongs to the control plane").And.Some.StartsWith("Service datacatalog"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task A_data_planes_resource_in_the_control_planes_overlay_is_refused_by_name_before_any_write()
    {
        File.Copy(Overlays["dataplane/flytepropeller.yaml"], Overlays["controlplane/auth.yaml"], overwrite: true);
        var writes = await Bed.WritesAsync();

        var refused = (await RunAsync()).Expect(ExitCode.Refused);

        Assert.That(What(refused), Has.Some.StartsWith("Deployment flytepropeller belongs to a data plane"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task Clusters_of_others_survive()
    {
        (await RunAsync()).Expect(0);
        var map = (await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))!;
        var clusters = (string)map["data"]!["clusters.yaml"]!;
        var foreign =
            "clusterConfigs:\n    - {name: legacy, endpoint: 'https://legacy.example.com', enabled: false, auth: {type: file_path, tokenPath: "
            + "/var/run/credentials/dataplane_1_token, certPath: /var/run/credentials/dataplane_1_cacert}}\n";
        var edited = clusters.Replace("clusterConfigs:\n", foreign, StringComparison.Ordinal);
        Assert.That(edited, Is.Not.EqualTo(clusters), clusters);
        await ControlPlane.PatchAsync(
            "configmaps",
            "flyte-admin-clusters-config",
            new JsonObject { ["data"] = new JsonObject { ["clusters.yaml"] = edited } }.ToJsonString()
        );

        var run = (await RunAsync()).Expect(0);

        Assert.That(
            (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"],
            Does.Contain("https://legacy.example.com").And.Contain("name: dataplane_2")
        );
        Assert.That(run.Report["notes"]!.AsArray().Select(note => (string?)note), Has.Some.Contains("Kept").And.Some.Contains("cluster legacy"));
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Two_operators_at_once_both_succeed_and_lose_nothing()
    {
        var one = Bed.RunAsync(["--fleet=" + Overlays.Write(Bed.Plane(1), "{label1: [{id: dataplane_1, weight: 1}]}", name: "one")]);
        var other = Bed.RunAsync(["--fleet=" + Overlays.Write(Bed.Plane(2), "{label2: [{id: dataplane_2, weight: 1}]}", name: "other")]);
        var ended = await Task.WhenAll(one, other);
        ended[0].Expect(0);
        ended[1].Expect(0);

        var clusters = (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"];
        Assert.That(clusters, Does.Contain("name: dataplane_1").And.Contain("name: dataplane_2").And.Contain("label1").And.Contain("label2"));
        Assert.That(await ControlPlane.SecretAsync("cluster-credentials"), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_field_edited_by_hand_and_a_deleted_object_are_restored()
    {
        (await RunAsync()).Expect(0);
        await DataPlane(1).DeleteAsync("deployments", "flytepropeller");
        Bed.Kubectl("dataplane2", """patch configmap flyte-propeller-config --type=merge -p {"data":{"admin.yaml":"edited"}}""");

        var run = (await RunAsync()).Expect(0);

        Assert.That(
            run.Changes,
            Is.EquivalentTo(new[] { "dataplane_1 create Deployment flytepropeller", "dataplane_2 update ConfigMap flyte-propeller-config" })
        );
        Assert.That(
            (string?)(await DataPlane(2).FlyteAsync("configmaps", "flyte-propeller-config"))?["data"]?["admin.yaml"],
            Does.Contain("dns:///flyteadmin.flyte.svc:81")
        );
    }

    [Test]
    public async Task A_ConfigMap_of_another_name_with_the_guides_list_is_found_and_its_entries_are_kept()
    {
        var file = Overlays["controlplane/flyteadmin.yaml"];
        var text = (await File.ReadAllTextAsync(file))
            .Replace("flyte-admin-clusters-config", "my-admin-config", StringComparison.Ordinal)
            .Replace(
                "      clusterConfigs: []\n      labelClusterMap: {}\n",
                "    - {name: legacy, endpoint: 'https://legacy.example.com', enabled: false, auth: {type: file_path, tokenPath: "
                    + "/var/run/credentials/dataplane_1_token, certPath: /var/run/credentials/dataplane_1_cacert}}\n",
                StringComparison.Ordinal
            );
        Assert.That(text, Does.Contain("legacy"));
        await File.WriteAllTextAsync(file, text);

        (await RunAsync()).Expect(0);

        Assert.That(
            (string?)(await ControlPlane.FlyteAsync("configmaps", "my-admin-config"))?["data"]?["clusters.yaml"],
            Does.Contain("clusterConfigs:").And.Contain("https://legacy.example.com").And.Contain("name: dataplane_1")
        );
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task A_data_plane_has_its_own_overlay_and_is_proven_anew_when_that_changes()
    {
        Overlays.CopyOverlay("dataplane", "large");
        await WorkersAsync("workers: 4", "workers: 40");
        var fleet = Overlays.Write($"{Bed.Plane(1)}, {Bed.Plane(2)[..^1]}, overlay: ./overlays/large}}", more: Overlays.Smoke);

        var first = (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);
        var workers = (await WorkersAsync(1), await WorkersAsync(2));
        var second = (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);
        await WorkersAsync("workers: 40", "workers: 41");
        var third = (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);

        Assert.That(first.Output, Does.Match(@"dataplane_2 \(context dataplane2\), overlay .*overlays/large"));
        Assert.That(workers, Is.EqualTo(("workers: 4", "workers: 40")));
        Assert.That(second.Changes, Is.Empty);
        Assert.That(
            third.Changes.Select(change => string.Join(' ', change.Split(' ')[..3])),
            Is.EquivalentTo(
                new[] { "dataplane_2 update ConfigMap", "dataplane_2 update Deployment", "dataplane_2 update Deployment", "controlplane create Execution" }
            )
        );
    }

    private async Task WorkersAsync(string before, string after)
    {
        var file = Overlays["large/flytepropeller.yaml"];
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(before, after, StringComparison.Ordinal));
    }

    private async Task<string?> WorkersAsync(int plane) =>
        ((string?)(await DataPlane(plane).FlyteAsync("configmaps", "flyte-propeller-config"))?["data"]?["core.yaml"])
            ?.Split('\n')
            .Select(line => line.Trim())
            .FirstOrDefault(line => line.StartsWith("workers:", StringComparison.Ordinal));

    private static IEnumerable<string> What(Finished refused) => refused.Report["problems"]!.AsArray().Select(problem => (string)problem!["what"]!);

    private Task<Finished> RunAsync(params string[] arguments) => Bed.RunAsync([$"--fleet={Overlays.Write()}", .. arguments]);
}
