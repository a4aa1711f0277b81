using NUnit.Framework;
using YamlDotNet.RepresentationModel;

namespace Flyte.MultiCluster.Tests.Sandbox.Chart;

[TestFixture(3)]
[TestFixture(4)]
internal sealed class StandInChartTests(int helmMajor)
{
    private Helm helm = null!;
    private string folder = null!;

    [OneTimeSetUp]
    public void FindHelm()
    {
        helm = Helm.OfMajorVersion(helmMajor);
        folder = Directory.CreateTempSubdirectory("chart-tests-").FullName;
    }

    [OneTimeTearDown]
    public void DeleteValues() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Helm_lint_finds_no_fault() => Assert.That(helm.Run("lint", Helm.StandIn).Code, Is.Zero);

    [Test]
    public void A_data_plane_gets_the_objects_of_the_real_chart() =>
        Assert.That(Names(DataPlane(ChartValues.DataPlane)), Is.EquivalentTo(ChartValues.DataPlaneObjects));

    [Test]
    public void A_data_plane_without_the_products_values_gets_ingresses_and_the_database_password_too() =>
        Assert.That(Names(DataPlane()), Is.EquivalentTo(ChartValues.DataPlaneObjects.Concat(ChartValues.DanglingInDataPlane)));

    [Test]
    public void The_control_plane_gets_the_objects_of_the_real_chart() =>
        Assert.That(Names(ControlPlane(ChartValues.Override)), Is.EquivalentTo(ChartValues.ControlPlaneObjects));

    [Test]
    public void The_data_planes_propeller_is_given_admin_catalog_and_its_own_name()
    {
        var objects = DataPlane(ChartValues.DataPlane);
        var config = Find(objects, "ConfigMap flyte-propeller-config")["data"];
        var command = Find(objects, "Deployment flytepropeller")["spec"]["template"]["spec"]["containers"][0]["command"];
        Assert.Multiple(() =>
        {
            Assert.That(config["admin.yaml"].ToString(), Does.Contain("endpoint: dns:///flyte.example.com:443").And.Contain("insecure: false"));
            Assert.That(config["catalog.yaml"].ToString(), Does.Contain("endpoint: datacatalog.internal:89"));
            Assert.That(((YamlSequenceNode)command).Select(c => c.ToString()), Does.Contain("--propeller.cluster-id").And.Contain("dataplane_1"));
        });
    }

    [TestCase("flyte-admin-clusters-config")]
    [TestCase("flyte-clusterresourcesync-config")]
    public void The_clusters_reach_the_configuration(string map)
    {
        var clusters = Find(ControlPlane(ChartValues.Override), "ConfigMap " + map)["data"]["clusters.yaml"].ToString();
        Assert.That(
            clusters,
            Does.StartWith("clusters:").And.Contain("clusterConfigs:").And.Contain("tokenPath: /var/run/credentials/dataplane_1_token").And.Contain("label1:")
        );
    }

    [Test]
    public void The_roles_reach_the_service_accounts_and_the_cluster_resources_as_they_stand()
    {
        var objects = ControlPlane(ChartValues.Override, ChartValues.Roles);
        Assert.Multiple(() =>
        {
            Assert.That(
                Find(objects, "ServiceAccount datacatalog")["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].ToString(),
                Is.EqualTo("arn:aws:iam::1:role/cp")
            );
            Assert.That(
                Find(objects, "ServiceAccount flyteadmin")["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].ToString(),
                Is.EqualTo("arn:aws:iam::1:role/cp")
            );
            Assert.That(
                Find(objects, "ConfigMap clusterresource-template")["data"]["aab_default_service_account.yaml"].ToString(),
                Does.Contain("eks.amazonaws.com/role-arn: {{ defaultIamRole }}")
            );
            foreach (var map in new[] { "flyte-admin-base-config", "flyte-clusterresourcesync-config" })
                Assert.That(
                    Find(objects, "ConfigMap " + map)["data"]["cluster_resources.yaml"].ToString(),
                    Does.Contain("defaultIamRole").And.Contain("arn:aws:iam::1:role/w"),
                    map
                );
        });
    }

    [Test]
    public void The_credentials_are_mounted_where_the_real_chart_mounts_them() =>
        Assert.That(
            CredentialMounts(ChartValues.Override),
            Is.EquivalentTo(new[] { "flyteadmin/sync-cluster-resources", "flyteadmin/flyteadmin", "syncresources/sync-cluster-resources" })
        );

    [Test]
    public void An_empty_label_map_leaves_the_credentials_to_the_flyteadmin_container_alone() =>
        Assert.That(CredentialMounts(ChartValues.OverrideWithoutLabels), Is.EquivalentTo(new[] { "flyteadmin/flyteadmin" }));

    [Test]
    public void Changed_clusters_change_the_checksum_of_both_their_readers()
    {
        var before = ControlPlane(ChartValues.Override);
        var after = ControlPlane(ChartValues.Override.Replace("weight: 1", "weight: 0.5", StringComparison.Ordinal));
        foreach (var deployment in new[] { "Deployment flyteadmin", "Deployment syncresources" })
            Assert.That(Checksum(after, deployment), Is.Not.EqualTo(Checksum(before, deployment)), deployment);
        Assert.That(Checksum(after, "Deployment datacatalog"), Is.EqualTo(Checksum(before, "Deployment datacatalog")));
    }

    private List<YamlNode> DataPlane(params string[] values) => Render("flyte-core-data", "values-dataplane.yaml", values);

    private List<YamlNode> ControlPlane(params string[] values) => Render("flyte-core", "values-controlplane.yaml", values);

    private List<YamlNode> Render(string release, string plane, string[] values)
    {
        var files = new List<string> { Write(ChartValues.Eks), Path.Combine(Helm.StandIn, plane) };
        files.AddRange(values.Select(Write));
        var (code, output) = helm.Template(release, [.. files]);
        Assert.That(code, Is.Zero, output);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(output));
        return [.. yaml.Documents.Select(d => d.RootNode).OfType<YamlMappingNode>()];
    }

    private string Write(string values)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("n") + ".yaml");
        File.WriteAllText(path, values);
        return path;
    }

    private IEnumerable<string> CredentialMounts(string values) =>
        from o in ControlPlane(values)
        where o["kind"].ToString() == "Deployment"
        let spec = (YamlMappingNode)o["spec"]["template"]["spec"]
        from list in spec.Children
        where list.Key.ToString() is "containers" or "initContainers"
        from container in (YamlSequenceNode)list.Value
        let mounts = ((YamlMappingNode)container).Children.TryGetValue("volumeMounts", out var m) ? (YamlSequenceNode)m : []
        where mounts.Any(x => x["mountPath"].ToString() == "/var/run/credentials")
        select $"{o["metadata"]["name"]}/{container["name"]}";

    private static IEnumerable<string> Names(List<YamlNode> objects) => objects.Select(Name);

    private static string Name(YamlNode o) => $"{o["kind"]} {o["metadata"]["name"]}";

    private static YamlNode Find(List<YamlNode> objects, string name) => objects.Single(o => Name(o) == name);

    private static string Checksum(List<YamlNode> objects, string deployment) =>
        Find(objects, deployment)["spec"]["template"]["metadata"]["annotations"]["configChecksum"].ToString();
}
