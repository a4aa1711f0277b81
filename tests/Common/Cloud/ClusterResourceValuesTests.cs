using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Cloud;

/// <summary>The worker Pods' role in the lists of cluster_resource_manager.</summary>
internal sealed class ClusterResourceValuesTests
{
    private const string Role = "arn:aws:iam::123456789012:role/w";
    private const string DataPath = "cluster_resource_manager.config.cluster_resources.customData.";
    private const string TemplatePath = "cluster_resource_manager.templates.";
    private const string NamespaceTemplate = "{key: aa_namespace, value: \"kind: Namespace\\n\"}";

    private static readonly HelmValues Values = new();
    private static readonly CloudIdentities Aws = new("eks.amazonaws.com/role-arn", "defaultIamRole", "cp", "dp", Role);

    [Test]
    public void The_charts_own_lists_get_the_role_and_the_template()
    {
        var values = Compose(
            $$$"""
            config: {cluster_resources: {customData: [{production: [{projectQuotaCpu: {value: "5"} }]}, {staging: []}, {development: []}]} }
            templates: [{{{NamespaceTemplate}}}, {key: ab_project_resource_quota, value: q}]
            """
        );

        Assert.That(
            Values.Write(values!),
            Is.EqualTo(
                $$$"""
                config:
                  cluster_resources:
                    customData:
                      - production:
                          - projectQuotaCpu:
                              value: "5"
                          - defaultIamRole:
                              value: {{{Role}}}
                      - staging:
                          - defaultIamRole:
                              value: {{{Role}}}
                      - development:
                          - defaultIamRole:
                              value: {{{Role}}}
                templates:
                  - key: aa_namespace
                    value: |
                      kind: Namespace
                  - key: aab_default_service_account
                    value: |
                      apiVersion: v1
                      kind: ServiceAccount
                      metadata:
                        name: default
                        namespace: {{ namespace }}
                        annotations:
                          eks.amazonaws.com/role-arn: {{ defaultIamRole }}
                  - key: ab_project_resource_quota
                    value: q

                """
            )
        );
    }

    [Test]
    public void A_role_of_the_values_files_gives_way_to_the_fleets() =>
        Assert.That(
            Data("[{production: [{defaultIamRole: {value: old}}, {other: {value: x}}]}]")[0]!.ToJsonString(),
            Is.EqualTo($$$"""{"production":[{"defaultIamRole":{"value":"{{{Role}}}"}},{"other":{"value":"x"}}]}""")
        );

    [Test]
    public void Roles_of_the_values_files_that_differ_by_domain_are_reported()
    {
        var resources = Of(
            "config: {cluster_resources: {customData: [{production: [{defaultIamRole: {value: one}}]}, {staging: [{defaultIamRole: {value: other}}]}]}}"
        );

        resources.Compose();

        Assert.That(resources.Notes.Single(), Does.Contain("several defaultIamRole").And.Contain(Role));
    }

    [Test]
    public void A_domain_of_flyteadmin_that_has_no_data_gets_the_role_alone() =>
        Assert.That(Domains(Data("[{production: []}]", "[{id: production}, {id: research}]")), Is.EqualTo("production research"));

    [Test]
    public void Without_domains_in_the_values_they_are_the_charts() => Assert.That(Domains(Data("[]")), Is.EqualTo("development staging production"));

    [Test]
    public void Maps_which_flyteadmin_takes_too_are_read_as_lists() =>
        Assert.That(
            Data("{production: {cpu: {value: \"1\"}}}", "[{id: production}]").ToJsonString(),
            Is.EqualTo($$"""[{"production":{"cpu":{"value":"1"},"defaultIamRole":{"value":"{{Role}}"} } }]""".Replace(" ", "", StringComparison.Ordinal))
        );

    [Test]
    public void A_template_that_uses_the_variable_leaves_the_list_to_the_values_files() =>
        Assert.That(Compose("templates: [{key: mine, value: \"x: {{ defaultIamRole }}\"}]")!.ContainsKey("templates"), Is.False);

    [Test]
    public void A_template_that_annotates_by_hand_is_left_alone_and_reported()
    {
        var resources = Of(
            "templates: [{key: mine, value: \"kind: ServiceAccount\\nmetadata:\\n  name: default\\n  annotations: {eks.amazonaws.com/role-arn: x}\\n\"}]"
        );

        Assert.That(resources.Compose()!.ContainsKey("templates"), Is.False);
        Assert.That(resources.Notes, Has.Exactly(1).Contains("Template mine").And.Exactly(1).Contains(Role));
    }

    [Test]
    public void A_service_account_template_of_another_purpose_does_not_count() =>
        Assert.That(
            Keys("[{key: pull, value: \"kind: ServiceAccount\\nmetadata:\\n  name: default\\nimagePullSecrets: []\\n\"}]"),
            Does.Contain("aab_default_service_account")
        );

    [Test]
    public void The_template_comes_after_the_namespaces_in_the_order_of_the_files()
    {
        var keys = Keys("[{key: namespace, value: \"kind: Namespace\\n\"}]").Split(' ');

        Assert.That(keys.Select(key => $"{key}.yaml"), Is.Ordered.Using<string>(StringComparer.Ordinal));
        Assert.That(keys[0], Is.EqualTo("namespace"));
    }

    [Test]
    public void Without_the_cluster_resource_manager_nothing_is_written_and_that_is_reported()
    {
        var resources = Of("enabled: false");

        Assert.That(resources.Compose(), Is.Null);
        Assert.That(resources.Notes, Has.Exactly(1).Contains("cluster_resource_manager is off"));
    }

    [Test]
    public void A_second_composition_of_its_own_result_is_the_same()
    {
        var first = Compose($"templates: [{NamespaceTemplate}]")!;
        first["enabled"] = true;

        var second = new ClusterResourceValues(Aws, new JsonObject { ["cluster_resource_manager"] = first.DeepClone() }).Compose()!;

        Assert.That(Values.Same(second["config"], first["config"]), Is.True);
        Assert.That(second.ContainsKey("templates"), Is.False, "Its template uses the variable.");
    }

    [Test]
    public void A_template_of_somebody_elses_that_has_the_key_stays_beside_the_own_one()
    {
        const string text = "kind: ServiceAccount\nmetadata:\n  name: default\nimagePullSecrets: []\n";
        var templates = Compose(
            new JsonObject { ["templates"] = new JsonArray(new JsonObject { ["key"] = "aab_default_service_account", ["value"] = text }) }
        )!["templates"]!.AsArray();

        Assert.That(
            templates.Select(template => ((string)template!["key"]!, (string)template["value"]!)),
            Is.EquivalentTo(
                new[] { ("aab_default_service_account", text), ("aab_default_service_account_identity", new ClusterResourceValues(Aws, []).Template) }
            )
        );
    }

    [TestCase("old", "arn", 1)]
    [TestCase(Role, "arn", 0)]
    [TestCase("old", "(known after apply: role w)", 0, Description = "It may turn out to be the same.")]
    public void A_role_of_the_values_files_that_is_another_is_reported(string byHand, string workers, int notes)
    {
        var resources = new ClusterResourceValues(
            Aws with
            {
                Workers = workers == "arn" ? Role : workers,
            },
            Section($"config: {{cluster_resources: {{customData: [{{production: [{{defaultIamRole: {{value: \"{byHand}\"}}}}]}}]}}}}")
        );

        resources.Compose();

        Assert.That(resources.Notes, Has.Exactly(notes).Items.And.All.Contain("defaultIamRole old").And.All.Contain(Role));
    }

    [Test]
    public void Of_the_live_lists_a_variable_and_a_template_that_nobody_has_would_be_lost_and_the_own_ones_not() =>
        Assert.That(Lost(files: LiveLists("[{production: []}]", "[]")), Is.EqualTo(new[] { $"{DataPath}production.gpu", $"{TemplatePath}limits" }));

    [Test]
    public void Where_the_values_files_set_no_list_a_live_entry_that_would_fall_back_to_the_charts_is_lost_too() =>
        Assert.That(
            Lost(files: []),
            Is.EqualTo(new[] { $"{DataPath}production.gpu", $"{DataPath}production.cpu", $"{TemplatePath}aa_namespace", $"{TemplatePath}limits" })
        );

    [Test]
    public void Each_of_the_lists_is_the_values_files_by_itself() =>
        Assert.That(
            Lost(files: Section("templates: []")),
            Is.EqualTo(new[] { $"{DataPath}production.gpu", $"{DataPath}production.cpu", $"{TemplatePath}limits" })
        );

    [Test]
    public void What_the_live_release_has_from_its_own_chart_may_change_with_the_chart() =>
        Assert.That(
            Lost(files: [], chart: LiveLists("[{production: [{cpu: {value: \"9\"}}]}]", "[{key: aa_namespace, value: by-hand}]")),
            Is.EqualTo(new[] { $"{DataPath}production.gpu", $"{TemplatePath}limits" })
        );

    [Test]
    public void On_Google_Cloud_the_variable_is_gsa()
    {
        var google = CloudIdentities.OfAccounts(
            new GcpSettings
            {
                Project = "p",
                ControlPlane = "c@p",
                DataPlane = "d@p",
                Workers = "w@p",
            }
        );
        var text = Values.Write(new ClusterResourceValues(google, Section("enabled: true")).Compose()!);

        Assert.That(text, Does.Contain("iam.gke.io/gcp-service-account: {{ gsa }}").And.Contain("value: w@p"));
    }

    // A quota and a template changed by hand; one of each that is nowhere else; the own ones.
    private static IReadOnlyList<string> Lost(JsonObject files, JsonObject? chart = null)
    {
        var live = LiveLists(
            "[{production: [{gpu: {value: \"1\"}}, {defaultIamRole: {value: x}}, {cpu: {value: \"9\"}}, {memory: {value: 2Gi}}]}]",
            "[{key: aa_namespace, value: by-hand}, {key: limits, value: l}]"
        );
        live["cluster_resource_manager"]!["templates"]!
            .AsArray()
            .Add(new JsonObject { ["key"] = "aab_default_service_account", ["value"] = new ClusterResourceValues(Aws, []).Template });
        var wanted = LiveLists("[{production: [{cpu: {value: \"1\"}}, {memory: {value: 2Gi}}]}]", $"[{NamespaceTemplate}]");
        return new ClusterResourceValues(Aws, []).Lost(live, chart ?? [], wanted, files);
    }

    private static JsonObject LiveLists(string customData, string templates) =>
        Section($"config: {{cluster_resources: {{customData: {customData}}}}}\ntemplates: {templates}");

    private static JsonArray Data(string customData, string? domains = null)
    {
        var merged = Section($"config: {{cluster_resources: {{customData: {customData}}}}}");
        if (domains is not null)
            merged["configmap"] = Values.Parse($"domain: {{domains: {domains}}}", "test");
        return (JsonArray)new ClusterResourceValues(Aws, merged).Compose()!["config"]!["cluster_resources"]!["customData"]!;
    }

    private static string Domains(JsonArray data) => string.Join(' ', data.Select(entry => entry!.AsObject().First().Key));

    private static string Keys(string templates) =>
        string.Join(' ', Compose($"templates: {templates}")!["templates"]!.AsArray().Select(template => (string)template!["key"]!));

    private static JsonObject? Compose(string section) => Of(section).Compose();

    private static JsonObject? Compose(JsonObject section)
    {
        section["enabled"] = true;
        return new ClusterResourceValues(Aws, new JsonObject { ["cluster_resource_manager"] = section }).Compose();
    }

    private static ClusterResourceValues Of(string section) => new(Aws, Section(section));

    private static JsonObject Section(string section)
    {
        var parsed = Values.Parse(section, "test");
        if (!parsed.ContainsKey("enabled"))
            parsed["enabled"] = true;
        return new JsonObject { ["cluster_resource_manager"] = parsed };
    }
}
