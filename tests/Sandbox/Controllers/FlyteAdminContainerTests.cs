using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Controllers;

internal sealed class FlyteAdminContainerTests : ControllerTests
{
    private const string One =
        "{name: dataplane_1, endpoint: 'https://a', enabled: true, auth: {tokenPath: /var/run/credentials/dataplane_1_token, certPath: "
        + "/var/run/credentials/dataplane_1_cacert}}";
    private const string Disabled =
        "{name: dataplane_2, endpoint: 'https://b', enabled: false, auth: {tokenPath: /var/run/credentials/dataplane_2_token, certPath: "
        + "/var/run/credentials/dataplane_2_cacert}}";
    private const string InCluster = "{name: controlplane, inCluster: true, enabled: true}";

    private static readonly string[] Keys = ["dataplane_1_token", "dataplane_1_cacert"];

    [Test]
    public async Task With_all_credentials_flyteadmin_runs()
    {
        await Start(Clusters(One), Keys);
        Assert.That(IsReady(Pods("flyteadmin").Single()), Is.True);
    }

    [TestCase("dataplane_1_token", "open /var/run/credentials/dataplane_1_token: no such file or directory")]
    [TestCase("dataplane_1_cacert", "open /var/run/credentials/dataplane_1_cacert: no such file or directory")]
    public async Task Without_a_credential_the_init_container_panics(string missing, string message)
    {
        await Start(Clusters(One), [.. Keys.Where(k => k != missing)]);
        var container = Container(Pods("flyteadmin").Single(), "sync-cluster-resources");
        Assert.Multiple(() =>
        {
            Assert.That(container["state"]!["waiting"]!["reason"]!.GetValue<string>(), Is.EqualTo("CrashLoopBackOff"));
            Assert.That(container["lastState"]!["terminated"]!["exitCode"]!.GetValue<int>(), Is.EqualTo(2));
            Assert.That(
                container["lastState"]!["terminated"]!["message"]!.GetValue<string>(),
                Does.StartWith("panic: Failed to get auth ").And.Contain(message)
            );
            Assert.That(container["restartCount"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(Status(Pods("flyteadmin").Single(), "phase")!.GetValue<string>(), Is.EqualTo("Pending"));
        });
    }

    [Test]
    public async Task A_credential_that_is_added_is_seen_at_the_next_restart()
    {
        await Start(Clusters(One), ["dataplane_1_token"]);
        Cluster.Change("Secret", "flyte", "cluster-credentials", s => s["data"]!["dataplane_1_cacert"] = Base64(ControlledCluster.Certificate));
        await Cluster.Pass(TimeSpan.FromSeconds(9));
        Assert.That(IsReady(Pods("flyteadmin").Single()), Is.False);
        await Cluster.Pass(TimeSpan.FromSeconds(1));
        Assert.That(IsReady(Pods("flyteadmin").Single()), Is.True);
        Assert.That(Container(Pods("flyteadmin").Single(), "sync-cluster-resources")["restartCount"]!.GetValue<int>(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_credential_that_is_removed_is_missed_at_the_next_start_only()
    {
        await Start(Clusters(One), Keys);
        Cluster.Change("Secret", "flyte", "cluster-credentials", s => ((JsonObject)s["data"]!).Remove("dataplane_1_token"));
        await Cluster.Quiet();
        Assert.That(IsReady(Pods("flyteadmin").Single()), Is.True);
        Cluster.Delete("Pod", "flyte", Pods("flyteadmin").Single()["metadata"]!["name"]!.GetValue<string>());
        await Cluster.Quiet();
        Assert.That(IsReady(Pods("flyteadmin").Single()), Is.False);
    }

    [Test]
    public Task The_credential_of_a_disabled_cluster_is_needed_too() => Panics(Clusters($"{One}, {Disabled}"), Keys, "dataplane_2_token");

    [Test]
    public Task Two_clusters_of_one_name_panic() => Panics(Clusters($"{One}, {One}"), Keys, "Duplicate cluster names");

    [Test]
    public Task A_certificate_whose_end_line_does_not_begin_a_line_panics() =>
        Panics(
            Clusters(One),
            Keys,
            "unable to parse bytes as PEM block",
            ControlledCluster.Certificate.Replace("\n-----END", "\n -----END", StringComparison.Ordinal)
        );

    [TestCase("-0.1")]
    [TestCase("1.5")]
    public Task A_weight_outside_zero_and_one_panics(string weight) =>
        Panics(Clusters(One, $"{{label1: [{{id: dataplane_1, weight: {weight}}}]}}"), Keys, "invalid weight", container: "flyteadmin");

    [Test]
    public Task Clusters_of_which_none_is_enabled_panic() =>
        Panics(Clusters(One.Replace("enabled: true", "enabled: false", StringComparison.Ordinal)), Keys, "entries is empty", container: "flyteadmin");

    [Test]
    public async Task The_cluster_that_flyteadmin_runs_in_needs_no_credential()
    {
        await Start(Clusters(InCluster), []);
        Assert.That(IsReady(Pods("flyteadmin").Single()), Is.True);
    }

    [Test]
    public async Task Without_clusters_no_credential_is_looked_for()
    {
        await Start("clusters: {clusterConfigs: [], labelClusterMap: {}}", null, mounts: false);
        Assert.That(IsReady(Pods("flyteadmin").Single()), Is.True);
    }

    [Test]
    public async Task Clusters_without_mounted_credentials_panic()
    {
        await Start(Clusters(One), Keys, mounts: false);
        Assert.That(Panic("sync-cluster-resources"), Does.Contain("no such file or directory"));
    }

    [Test]
    public async Task Without_the_secret_the_pod_waits_for_its_volume()
    {
        await Start(Clusters(One), null);
        Assert.Multiple(() =>
        {
            Assert.That(
                Cluster.Events("FailedMount"),
                Is.EqualTo(new[] { "MountVolume.SetUp failed for volume \"credentials\" : secret \"cluster-credentials\" not found" })
            );
            foreach (var container in new[] { "sync-cluster-resources", "flyteadmin" })
                Assert.That(Waiting(Pods("flyteadmin").Single(), container)!["reason"]!.GetValue<string>(), Is.EqualTo("PodInitializing"), container);
        });
    }

    private async Task Panics(
        string clusters,
        string[] keys,
        string message,
        string certificate = ControlledCluster.Certificate,
        string container = "sync-cluster-resources"
    )
    {
        await Start(clusters, keys, certificate: certificate);
        Assert.That(Panic(container), Does.StartWith("panic: ").And.Contain(message));
    }

    private string Panic(string container) => Container(Pods("flyteadmin").Single(), container)["lastState"]!["terminated"]!["message"]!.GetValue<string>();

    private static string Clusters(string configs, string labels = "{label1: [{id: dataplane_1, weight: 1}]}") =>
        $"clusters: {{clusterConfigs: [{configs}], labelClusterMap: {labels}}}";

    private async Task Start(string clusters, string[]? keys, bool mounts = true, string certificate = ControlledCluster.Certificate)
    {
        var config = ControlledCluster.Parse("{apiVersion: v1, kind: ConfigMap, metadata: {name: flyte-admin-clusters-config, namespace: flyte}}");
        config["data"] = new JsonObject { ["clusters.yaml"] = clusters };
        Cluster.Store.Create("", "configmaps", "flyte", config, "test");
        if (keys is not null)
        {
            var secret = ControlledCluster.Parse("{apiVersion: v1, kind: Secret, metadata: {name: cluster-credentials, namespace: flyte}}");
            secret["data"] = new JsonObject(
                keys.Select(k => KeyValuePair.Create(k, (JsonNode?)Base64(k.EndsWith("cacert", StringComparison.Ordinal) ? certificate : "token")))
            );
            Cluster.Store.Create("", "secrets", "flyte", secret, "test");
        }

        var credentials = mounts ? ", {name: credentials, mountPath: /var/run/credentials}" : "";
        Cluster.Create(
            $$$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: flyteadmin, namespace: flyte}
            spec:
              selector: {matchLabels: {app: flyteadmin}}
              template:
                metadata: {labels: {app: flyteadmin}}
                spec:
                  initContainers:
                    - name: sync-cluster-resources
                      image: "flyteadmin:1"
                      command: [flyteadmin, --config, "/etc/flyte/config/*.yaml", clusterresource, sync]
                      volumeMounts: [{name: config, mountPath: /etc/flyte/config}{{{credentials}}}]
                  containers:
                    - name: flyteadmin
                      image: "flyteadmin:1"
                      command: [flyteadmin, --config, "/etc/flyte/config/*.yaml", serve]
                      volumeMounts: [{name: config, mountPath: /etc/flyte/config}{{{credentials}}}]
                  volumes:
                    - name: config
                      projected: {sources: [{configMap: {name: flyte-admin-clusters-config}}]}
                    {{{(mounts ? "- {name: credentials, secret: {secretName: cluster-credentials}}" : "")}}}
            """
        );
        await Cluster.Quiet();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
