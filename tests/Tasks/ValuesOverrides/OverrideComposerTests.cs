using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ValuesOverrides;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ValuesOverrides;

/// <summary>The control plane's values override: the fleet's clusters over those that are there already.</summary>
internal sealed class OverrideComposerTests
{
    private static readonly HelmValues Values = new();
    private static readonly Fleet Two = SomeFleet.Of(2);
    private static readonly Fleet Running = Two with { ControlPlane = Two.ControlPlane with { RunsWorkflows = true } };
    private static readonly Dictionary<string, string> Joined = new(StringComparer.Ordinal) { ["dp1"] = "https://dp1", ["dp2"] = "https://dp2" };

    [Test]
    public void A_fresh_control_plane_gets_the_fleet() =>
        Assert.That(
            Values.Write(Compose(Two, ["dp1", "dp2"]).Values),
            Is.EqualTo(
                """
                flyteadmin:
                  additionalVolumes:
                    - name: cluster-credentials
                      secret:
                        secretName: cluster-credentials
                  additionalVolumeMounts:
                    - name: cluster-credentials
                      mountPath: /var/run/credentials
                configmap:
                  clusters:
                    labelClusterMap:
                      label1:
                        - id: dp1
                          weight: 1
                      label2:
                        - id: dp2
                          weight: 1
                    clusterConfigs:
                      - name: dp1
                        endpoint: https://dp1
                        enabled: true
                        auth:
                          type: file_path
                          tokenPath: /var/run/credentials/dp1_token
                          certPath: /var/run/credentials/dp1_cacert
                      - name: dp2
                        endpoint: https://dp2
                        enabled: true
                        auth:
                          type: file_path
                          tokenPath: /var/run/credentials/dp2_token
                          certPath: /var/run/credentials/dp2_cacert

                """
            )
        );

    [Test]
    public void Clusters_and_labels_of_others_are_kept_and_reported()
    {
        var composed = Compose(Two, ["dp1", "dp2"], Live("[{name: old, endpoint: https://old, enabled: true}]", "{team: [{id: old, weight: 1}]}"));

        Assert.That((Clusters(composed), Labels(composed)), Is.EqualTo(("old dp1 dp2", "label1 label2 team")));
        Assert.That(composed.Kept, Is.EqualTo(new[] { "cluster old", "label team" }));
        Assert.That((string?)Cluster(composed, "old")["endpoint"], Is.EqualTo("https://old"));
    }

    [Test]
    public void A_label_of_the_fleet_has_the_fleets_members_alone()
    {
        var composed = Compose(Two, ["dp1", "dp2"], Live("[{name: old}]", "{label1: [{id: old, weight: 0.5}, {id: dp1, weight: 0.5}]}"));

        Assert.That(Label(composed, "label1"), Is.EqualTo("""[{"id":"dp1","weight":1}]"""));
    }

    [Test]
    public void A_label_of_the_fleets_clusters_that_the_fleet_gave_up_is_left_to_the_check_for_lost_values() =>
        Assert.That(Labels(Compose(Two, ["dp1", "dp2"], Live("[]", "{gone: [{id: dp1, weight: 1}]}"))), Is.EqualTo("label1 label2"));

    [Test]
    public void A_data_plane_that_failed_before_it_ever_joined_is_left_out()
    {
        var composed = Compose(Two, ["dp1"]);

        Assert.That((Clusters(composed), Labels(composed)), Is.EqualTo(("dp1", "label1")));
    }

    [Test]
    public void A_data_plane_that_failed_or_was_not_chosen_stays_as_it_is_live()
    {
        var composed = Compose(Two, ["dp1"], Live("[{name: dp2, endpoint: https://before, enabled: false}]", "{label2: [{id: dp2, weight: 1}]}"));

        Assert.That((Clusters(composed), Labels(composed), composed.Kept.Count), Is.EqualTo(("dp2 dp1", "label1 label2", 0)));
        Assert.That(Cluster(composed, "dp2").ToJsonString(), Is.EqualTo("""{"name":"dp2","endpoint":"https://before","enabled":false}"""));
    }

    [Test]
    public void A_label_whose_new_members_all_failed_keeps_its_old_ones()
    {
        var composed = Compose(Two, ["dp1"], Live("[{name: old}]", "{label2: [{id: old, weight: 1}]}"));

        Assert.That(Label(composed, "label2"), Is.EqualTo("""[{"id":"old","weight":1}]"""));
    }

    [Test]
    public void A_label_that_moved_to_a_data_plane_that_failed_stays_with_the_fleets_own_one() =>
        Assert.That(
            Label(Compose(Two, ["dp1"], Live("[{name: dp1}]", "{label2: [{id: dp1, weight: 1}]}")), "label2"),
            Is.EqualTo("""[{"id":"dp1","weight":1}]""")
        );

    [Test]
    public void Keys_that_the_fleet_does_not_speak_of_stay()
    {
        var composed = Compose(Two, ["dp1", "dp2"], Live("[{name: dp1, endpoint: https://before, kubeClientConfig: {qps: 20}}]", "{}"));

        Assert.That(
            ((string?)Cluster(composed, "dp1")["endpoint"], Cluster(composed, "dp1")["kubeClientConfig"]!.ToJsonString()),
            Is.EqualTo(("https://dp1", """{"qps":20}"""))
        );
    }

    [Test]
    public void A_data_plane_is_never_in_flyteadmins_own_cluster() =>
        Assert.That(Cluster(Compose(Two, ["dp1", "dp2"], Live("[{name: dp1, inCluster: true}]", "{}")), "dp1").ContainsKey("inCluster"), Is.False);

    [Test]
    public void The_base_values_own_volumes_mounts_and_clusters_stay()
    {
        var composed = Compose(
            Two,
            ["dp1", "dp2"],
            Yaml(
                """
                flyteadmin:
                  additionalVolumes: [{name: mine, emptyDir: {}}]
                  additionalVolumeMounts: [{name: mine, mountPath: /mine}]
                  initContainerClusterSyncAdditionalVolumeMounts: [{name: mine, mountPath: /init}]
                configmap: {clusters: {clusterConfigs: [{name: base}], labelClusterMap: {base: [{id: base, weight: 1}]}}}
                """
            )
        );

        var admin = composed.Values["flyteadmin"]!;
        Assert.That(admin["additionalVolumes"]!.AsArray().Select(volume => (string?)volume!["name"]), Is.EqualTo(new[] { "mine", "cluster-credentials" }));
        Assert.That(
            admin["additionalVolumeMounts"]!.AsArray().Select(mount => (string?)mount!["mountPath"]),
            Is.EqualTo(new[] { "/mine", "/var/run/credentials" })
        );
        Assert.That(admin["initContainerClusterSyncAdditionalVolumeMounts"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(Clusters(composed), Is.EqualTo("base dp1 dp2"));
    }

    [Test]
    public void The_users_files_win_over_what_is_live()
    {
        var live = Yaml(
            """
            flyteadmin:
              additionalVolumes: [{name: db-ca, configMap: {name: db-ca-2024}}]
              additionalVolumeMounts: [{name: db-ca, mountPath: /old}]
            configmap: {clusters: {clusterConfigs: [{name: old, endpoint: "https://before"}, {name: dp1, kubeClientConfig: {qps: 20}}], labelClusterMap: {team: [{id: old, weight: 0.5}]}}}
            """
        );
        var files = Yaml(
            """
            flyteadmin:
              additionalVolumes: [{name: db-ca, configMap: {name: db-ca-2025}}]
              additionalVolumeMounts: [{name: db-ca, mountPath: /new}]
            configmap: {clusters: {clusterConfigs: [{name: old, endpoint: "https://now"}, {name: dp1, kubeClientConfig: {qps: 50}}], labelClusterMap: {team: [{id: old, weight: 1}]}}}
            """
        );

        var composed = new OverrideComposer(Two, Joined).Compose([live], files);

        Assert.Multiple(() =>
        {
            Assert.That(
                composed.Values["flyteadmin"]!["additionalVolumes"]![0]!.ToJsonString(),
                Is.EqualTo("""{"name":"db-ca","configMap":{"name":"db-ca-2025"}}""")
            );
            Assert.That(
                Mounts(composed),
                Is.EqualTo(new[] { "/var/run/credentials", "/new" }).AsCollection.Or.EqualTo(new[] { "/new", "/var/run/credentials" })
            );
            Assert.That((string?)Cluster(composed, "old")["endpoint"], Is.EqualTo("https://now"));
            Assert.That(Cluster(composed, "dp1")["kubeClientConfig"]!.ToJsonString(), Is.EqualTo("""{"qps":50}"""));
            Assert.That(Label(composed, "team"), Is.EqualTo("""[{"id":"old","weight":1}]"""));
            Assert.That(composed.Lost, Is.Empty);
            Assert.That(composed.Notes.Single(), Does.Contain("mount volume db-ca at /new, and no longer at /old"));
            Assert.That(
                new OverrideComposer(Two, Joined).Compose([composed.Values], files).Values.ToJsonString(),
                Is.EqualTo(composed.Values.ToJsonString()),
                "A second run changes nothing."
            );
        });
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_volume_that_only_the_live_release_has_is_a_loss_and_goes_once_that_is_accepted(bool accepted)
    {
        var live = Yaml(
            "flyteadmin: {additionalVolumes: [{name: v, emptyDir: {}}], additionalVolumeMounts: [{name: v, mountPath: /v}], "
                + "initContainerClusterSyncAdditionalVolumeMounts: [{name: v, mountPath: /i}]}"
        );

        var composed = new OverrideComposer(Two, Joined, accepts: _ => accepted).Compose([live], []);

        Assert.That(
            composed.Lost,
            Is.EqualTo(
                accepted
                    ? []
                    : new[]
                    {
                        "flyteadmin.additionalVolumes.v",
                        "flyteadmin.additionalVolumeMounts./v",
                        "flyteadmin.initContainerClusterSyncAdditionalVolumeMounts./i",
                    }
            )
        );
        Assert.That(Mounts(composed), accepted ? Is.EqualTo(new[] { "/var/run/credentials" }) : Does.Contain("/v"));
        Assert.That(composed.Notes, Has.Count.EqualTo(accepted ? 3 : 0));
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void A_key_of_an_entry_that_only_the_live_release_has_is_kept_and_reported_until_its_path_is_named(bool isNamed, bool isKept)
    {
        var composed = new OverrideComposer(Two, Joined, isNamed: path => isNamed && path == "configmap.clusters.clusterConfigs.dp1.kubeClientConfig").Compose([
            Live("[{name: dp1, kubeClientConfig: {qps: 20}}]", "{}"),
        ]);

        Assert.That(
            (Cluster(composed, "dp1").ContainsKey("kubeClientConfig"), composed.Kept.Contains("kubeClientConfig of cluster dp1")),
            Is.EqualTo((isKept, isKept))
        );
    }

    [Test]
    public void A_label_of_the_fleets_clusters_that_only_the_live_release_has_is_removed()
    {
        Assert.That(Compose(Two, ["dp1", "dp2"], Live("[]", "{gone: [{id: dp1, weight: 1}]}")).Removed, Is.EqualTo(new[] { "gone" }));
        Assert.That(
            new OverrideComposer(Two, Joined).Compose([Live("[]", "{gone: [{id: dp1, weight: 1}]}")], Live("[]", "{gone: [{id: dp1, weight: 1}]}")).Removed,
            Is.Empty,
            "The user's files have it."
        );
    }

    [Test]
    public void Of_two_sources_the_stronger_ones_entry_is_kept() =>
        Assert.That(
            (string?)
                Cluster(
                    Compose(Two, ["dp1", "dp2"], Live("[{name: old, endpoint: https://live}]", "{}"), Live("[{name: old, endpoint: https://base}]", "{}")),
                    "old"
                )["endpoint"],
            Is.EqualTo("https://live")
        );

    [Test]
    public void A_control_plane_that_runs_workflows_is_a_cluster_with_its_propeller_on()
    {
        var composed = Compose(Two with { ControlPlane = Two.ControlPlane with { RunsWorkflows = true } }, ["dp1", "dp2"]);

        Assert.That(Cluster(composed, "controlplane").ToJsonString(), Is.EqualTo("""{"name":"controlplane","enabled":true,"inCluster":true}"""));
        Assert.That(composed.Values["flytepropeller"]!.ToJsonString(), Is.EqualTo("""{"enabled":true}"""));
    }

    [TestCase("{flytepropeller: {clusterName: controlplane}}", "{}", "controlplane")]
    [TestCase("{flytepropeller: {clusterName: wrong}}", "{}", "controlplane")]
    [TestCase("{flytepropeller: {clusterName: propeller}}", "{}", "propeller")]
    [TestCase("{}", "{flytepropeller: {clusterName: wrong}}", "controlplane")]
    [TestCase("{flytepropeller: {clusterName: controlplane}}", "{flytepropeller: {clusterName: ''}}", null)]
    public void Its_flytepropeller_keeps_the_name_that_it_has(string live, string files, string? name) =>
        Assert.That(
            (string?)new OverrideComposer(Running, Joined).Compose([Yaml(live)], Yaml(files)).Values["flytepropeller"]!["clusterName"],
            Is.EqualTo(name)
        );

    [TestCase(null, "any enabled cluster, as there is no defaultLabel")]
    [TestCase("label1", "a cluster of the default label label1")]
    [TestCase("own", null)]
    public void Where_an_abort_of_executions_from_before_the_join_goes_is_noted_unless_it_reaches_them(string? defaultLabel, string? expected)
    {
        var fleet = Running with { Labels = [.. Two.Labels, new ClusterLabel("own", [new WeightedCluster("controlplane", 1)])], DefaultLabel = defaultLabel };

        Assert.That(
            new OverrideComposer(fleet, Joined)
                .Compose([
                    [],
                ])
                .Notes,
            expected is null ? Is.Empty : Has.One.Contains(expected)
        );
        Assert.That(new OverrideComposer(fleet, Joined).Compose([]).Notes, Is.Empty, "There was no Flyte before.");
        Assert.That(new OverrideComposer(fleet, Joined).Compose([Live("[{name: dp1}]", "{}")]).Notes, Is.Empty, "It had clusters before.");
    }

    [TestCase("label1", "label1")]
    [TestCase(null, null)]
    public void The_default_label_is_written_where_there_is_one(string? label, string? expected) =>
        Assert.That(
            (string?)Compose(Two with { DefaultLabel = label }, ["dp1", "dp2"]).Values["configmap"]!["clusters"]!["defaultExecutionLabel"],
            Is.EqualTo(expected)
        );

    [Test]
    public void A_disabled_data_plane_is_written_as_such() =>
        Assert.That(
            (bool?)
                Cluster(Compose(Two with { DataPlanes = [Two.DataPlanes[0], Two.DataPlanes[1] with { Enabled = false }] }, ["dp1", "dp2"]), "dp2")["enabled"],
            Is.False
        );

    [Test]
    public void Without_any_label_left_it_is_refused_as_the_chart_would_drop_the_mounts() =>
        Assert.That(() => Compose(Two, []), Throws.InvalidOperationException.With.Message.Contains("No label"));

    [Test]
    public void Sources_stay_as_they_are()
    {
        var live = Live("[{name: dp1, kubeClientConfig: {qps: 20}}, {name: old}]", "{team: [{id: old, weight: 1}]}");
        var before = live.ToJsonString();
        Compose(Two, ["dp1", "dp2"], live);

        Assert.That(live.ToJsonString(), Is.EqualTo(before));
    }

    internal static ValuesOverride Compose(Fleet fleet, string[] joined, params JsonObject[] sources) =>
        new OverrideComposer(fleet, joined.ToDictionary(name => name, name => $"https://{name}", StringComparer.Ordinal)).Compose(sources);

    internal static JsonObject Live(string clusters, string labels) =>
        Yaml($"configmap: {{clusters: {{clusterConfigs: {clusters}, labelClusterMap: {labels}}}}}");

    private static JsonObject Yaml(string text) => Values.Parse(text, "live.yaml");

    private static IEnumerable<string?> Mounts(ValuesOverride composed) =>
        composed.Values["flyteadmin"]!["additionalVolumeMounts"]!.AsArray().Select(mount => (string?)mount!["mountPath"]);

    private static JsonObject Section(ValuesOverride composed) => composed.Values["configmap"]!["clusters"]!.AsObject();

    private static string Clusters(ValuesOverride composed) =>
        string.Join(' ', Section(composed)["clusterConfigs"]!.AsArray().Select(cluster => (string?)cluster!["name"]));

    private static JsonObject Cluster(ValuesOverride composed, string name) =>
        Section(composed)["clusterConfigs"]!.AsArray().Single(cluster => (string?)cluster!["name"] == name)!.AsObject();

    private static string Labels(ValuesOverride composed) =>
        string.Join(' ', Section(composed)["labelClusterMap"]!.AsObject().Select(label => label.Key).Order(StringComparer.Ordinal));

    private static string Label(ValuesOverride composed, string name) => Section(composed)["labelClusterMap"]![name]!.ToJsonString();
}
