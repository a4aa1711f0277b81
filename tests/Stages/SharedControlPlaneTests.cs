using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A control plane that others change too: another operator at the same time, and people by hand.</summary>
internal sealed class SharedControlPlaneTests : StageTests
{
    // Disabled: an enabled cluster that does not answer keeps every new flyteadmin from starting.
    private const string Legacy = """
        flyteadmin:
          additionalVolumes: [{name: cluster-credentials, secret: {secretName: cluster-credentials}}]
          additionalVolumeMounts: [{name: cluster-credentials, mountPath: /var/run/credentials}]
        configmap:
          clusters:
            labelClusterMap: {legacy: [{id: legacy, weight: 1}]}
            clusterConfigs:
              - {name: legacy, endpoint: "https://legacy.example.com", enabled: false, auth: {type: file_path, tokenPath: /var/run/credentials/legacy_token, certPath: /var/run/credentials/legacy_cacert}}
        """;

    private static int Rounds => Sampled.IsAll ? 4 : 1;

    private string LegacySecret =>
        $$"""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cluster-credentials"}, "data": {"legacy_token": "dG9rZW4=", "legacy_cacert": "{{DataPlane(1).Authority}}"} }""";

    [Test]
    public async Task Two_operators_at_once_both_succeed_and_lose_nothing()
    {
        var one = Bed.RunAsync(["--fleet=" + Bed.Fleet(Bed.Plane(1), "{label1: [{id: dataplane_1, weight: 1}]}", name: "one")]);
        var other = Bed.RunAsync(["--fleet=" + Bed.Fleet(Bed.Plane(2), "{label2: [{id: dataplane_2, weight: 1}]}", name: "other")]);

        var ended = await Task.WhenAll(one, other);

        ended[0].Expect(0);
        ended[1].Expect(0);
        Assert.That(
            (await ControlPlane.SecretAsync("cluster-credentials")).Keys,
            Is.EquivalentTo(new[] { "dataplane_1_token", "dataplane_1_cacert", "dataplane_2_token", "dataplane_2_cacert" })
        );
        Assert.That(await ClustersAsync(), Does.Contain("name: dataplane_1").And.Contain("name: dataplane_2").And.Contain("label1").And.Contain("label2"));
        Assert.That(
            (await ControlPlane.ListAsync("deployments")).Values.Select(deployment => (int?)deployment["status"]?["availableReplicas"]),
            Is.All.EqualTo(1)
        );
    }

    // Each takes as long as two joins; with --all there are 20, on five sandboxes.
    [TestCase(0)]
    [TestCase(15)]
    [TestCase(30)]
    [TestCase(100)]
    [TestCase(300)]
    public async Task Two_first_joins_of_the_same_fleet_at_the_same_moment_both_succeed(int apart)
    {
        var fleet = Bed.Fleet();
        for (var round = 1; round <= Rounds; round++)
        {
            using var one = Bed.Start([$"--fleet={fleet}"]);
            await Task.Delay(apart);
            using var other = Bed.Start([$"--fleet={fleet}"]);
            var ended = await Task.WhenAll(one.EndAsync(), other.EndAsync());

            Assert.That(ended.Select(run => run.ExitCode), Is.All.Zero, () => $"Round {round}:\n{ended[0].Output}\n\nThe other:\n{ended[1].Output}");
            Assert.That(await ClustersAsync(), Does.Contain("name: dataplane_1").And.Contain("name: dataplane_2").And.Contain("label1").And.Contain("label2"));
            Assert.That(await ControlPlane.SecretAsync("cluster-credentials"), Has.Count.EqualTo(4));
            foreach (var cluster in Bed.Clusters)
                Assert.That(
                    (await cluster.ListAsync("secrets")).Values.Select(secret => (string?)secret["metadata"]?["labels"]?["status"]),
                    Has.None.EqualTo("failed").And.None.StartsWith("pending"),
                    cluster.Name
                );
            await Bed.ResetAsync();
        }
    }

    [TestCase("apply -f -")]
    [TestCase("apply --server-side -f -")]
    public async Task Credentials_applied_by_hand_survive(string apply)
    {
        Bed.Kubectl("controlplane", "create namespace flyte");
        Bed.Kubectl("controlplane", apply, LegacySecret);

        (await Bed.RunAsync()).Expect(0);

        var entries = await ControlPlane.SecretAsync("cluster-credentials");
        Assert.That(entries, Has.Count.EqualTo(6));
        Assert.That((entries["legacy_token"], entries["legacy_cacert"]), Is.EqualTo(("dG9rZW4=", DataPlane(1).Authority)));
        Bed.Kubectl("controlplane", apply, LegacySecret);
        Assert.That(await ControlPlane.SecretAsync("cluster-credentials"), Is.EquivalentTo(entries), "Applied once more by hand, the others stay.");
    }

    [Test]
    public async Task Clusters_and_labels_that_only_the_live_release_has_survive_and_are_reported()
    {
        var values = Path.Combine(Bed.Folder, "legacy.yaml");
        await File.WriteAllTextAsync(values, Legacy);
        Bed.Kubectl("controlplane", "create namespace flyte");
        Bed.Kubectl("controlplane", "apply -f -", LegacySecret);
        Bed.Helm("controlplane", $"install flyte-core {Bed.Chart} -f {Bed.Chart}/values-controlplane.yaml -f {values}");

        var run = (await Bed.RunAsync()).Expect(0);

        Assert.That(
            await ClustersAsync(),
            Does.Contain("https://legacy.example.com").And.Contain("legacy:").And.Contain("name: dataplane_1").And.Contain("label2")
        );
        Assert.That(run.Report["notes"]!.AsArray().Select(note => (string?)note), Has.Some.Contains("Kept").And.Some.Contains("cluster legacy, label legacy"));
        Assert.That((await Bed.RunAsync()).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task An_enabled_cluster_of_others_that_does_not_answer_is_reported_before_anything_is_written()
    {
        var values = Path.Combine(Bed.Folder, "legacy.yaml");
        await File.WriteAllTextAsync(values, Legacy.Replace("enabled: false", "enabled: true", StringComparison.Ordinal));
        Bed.Kubectl("controlplane", "create namespace flyte");
        Bed.Kubectl("controlplane", "apply -f -", LegacySecret);
        Bed.Helm("controlplane", $"install flyte-core {Bed.Chart} -f {Bed.Chart}/values-controlplane.yaml -f {values}");
        var writes = await Bed.WritesAsync();

        var run = (await Bed.RunAsync()).Expect(ExitCode.Refused);

        Assert.That(
            (string?)run.Report["problems"]!.AsArray().Single()!["what"],
            Does.Contain("no new flyteadmin pod starts").And.Contain("https://legacy.example.com")
        );
        Assert.That((string?)run.Report["problems"]![0]!["place"], Is.EqualTo("legacy"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    private async Task<string?> ClustersAsync() =>
        (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"];
}
