using System.Text;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

internal sealed class AdminConfigTests
{
    private const string Remote = "{name: DataPlane, endpoint: 'https://a', enabled: true, auth: {tokenPath: /t, certPath: /c}}";

    private Dictionary<string, string> _files = null!;

    [SetUp]
    public void PutFiles() =>
        _files = new(StringComparer.Ordinal) { ["/t"] = "token\n", ["/c"] = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" };

    [Test]
    public void Without_clusters_yaml_there_is_no_configuration() => Assert.That(AdminConfig.Read("/f", "v1", _ => null), Is.Null);

    [Test]
    public void Field_names_are_read_in_any_case_and_names_keep_theirs()
    {
        var clusters = Read(
            $"clusters: {{clusterconfigs: [{Remote}], LABELCLUSTERMAP: {{Team_A: [{{ID: DataPlane, weight: 0.5}}]}}, defaultexecutionlabel: Team_A}}"
        ).Clusters;

        Assert.Multiple(() =>
        {
            Assert.That(clusters.Clusters.Single().Name, Is.EqualTo("DataPlane"));
            Assert.That(clusters.Labels.Keys, Is.EqualTo(new[] { "team_a" }));
            Assert.That(clusters.Labels["team_a"].Single(), Has.Property("Id").EqualTo("DataPlane").And.Property("Weight").EqualTo(0.5f));
            Assert.That(clusters.DefaultLabel, Is.EqualTo("Team_A"));
        });
    }

    [Test]
    public void A_token_is_taken_byte_for_byte() =>
        Assert.That(Read($"clusters: {{clusterConfigs: [{Remote}]}}").Credentials["DataPlane"].Token, Is.EqualTo("token\n"));

    [Test]
    public void The_credential_of_a_disabled_cluster_is_read_too()
    {
        _files.Remove("/t");

        Assert.That(
            () => Read($"clusters: {{clusterConfigs: [{Remote.Replace("true", "false", StringComparison.Ordinal)}]}}"),
            Throws.InstanceOf<AdminPanic>().With.Message.Contains("open /t: no such file")
        );
    }

    [Test]
    public void Of_the_cluster_that_it_runs_in_nothing_is_read() =>
        Assert.That(Read("clusters: {clusterConfigs: [{name: own, inCluster: true, enabled: true}]}").Credentials, Is.Empty);

    [Test]
    public void Two_clusters_of_one_name_panic() =>
        Assert.That(
            () => Read($"clusters: {{clusterConfigs: [{Remote}, {Remote}]}}"),
            Throws.InstanceOf<AdminPanic>().With.Message.StartsWith("Duplicate cluster names")
        );

    [Test]
    public void Domains_namespaces_and_the_interval_have_defaults()
    {
        var config = Read("clusters: {clusterConfigs: []}");

        Assert.Multiple(() =>
        {
            Assert.That(config.Domains.Select(d => d.Id), Is.EqualTo(new[] { "development", "staging", "production" }));
            Assert.That(config.Namespace("p", "d"), Is.EqualTo("p-d"));
            Assert.That(config.Refresh, Is.EqualTo(TimeSpan.FromMinutes(5)));
        });
    }

    [Test]
    public void Domains_namespaces_and_the_interval_are_read_from_their_files()
    {
        _files["/f/domain.yaml"] = "domains: [{id: test, name: test}]";
        _files["/f/namespace_config.yaml"] = "namespace_mapping: {template: 'x-{{ domain }}'}";
        _files["/f/cluster_resources.yaml"] = "cluster_resources: {refreshInterval: 30s}";

        var config = Read("clusters: {clusterConfigs: []}");

        Assert.Multiple(() =>
        {
            Assert.That(config.Domains.Single().Id, Is.EqualTo("test"));
            Assert.That(config.Namespace("p", "d"), Is.EqualTo("x-d"));
            Assert.That(config.Refresh, Is.EqualTo(TimeSpan.FromSeconds(30)));
        });
    }

    [Test]
    public void Templates_of_service_accounts_are_rendered_with_their_domains_variables()
    {
        _files["/f/cluster_resources.yaml"] =
            "cluster_resources: {templatePath: /t2, customData: [{production: [{role: {value: arn}}]}, {staging: [{cpu: {value: 1}}]}]}";
        _files["/t2/a.yaml"] =
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n  namespace: {{ namespace }}\n  annotations:\n    key: {{ role }}\n";
        _files["/t2/b.yaml"] = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: ServiceAccount}\n";

        var templates = Read("clusters: {clusterConfigs: []}").Templates;

        Assert.That(
            templates.Accounts("p", "production", "p-production").Single().Account?["metadata"]?.ToJsonString(),
            Is.EqualTo("""{"name":"default","namespace":"p-production","annotations":{"key":"arn"}}""")
        );
        Assert.That(
            templates.Accounts("p", "staging", "p-staging").Single(),
            Has.Property("Account").Null.And.Property("Error").Contains("YAML"),
            "Its variable has no value there."
        );
    }

    private AdminConfig Read(string clusters)
    {
        _files["/f/clusters.yaml"] = clusters;
        return AdminConfig.Read(
            "/f",
            "v1",
            path => _files.TryGetValue(path, out var text) ? Encoding.UTF8.GetBytes(text) : null,
            folder => _files.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Select(path => path[(folder.Length + 1)..])
        )!;
    }
}
