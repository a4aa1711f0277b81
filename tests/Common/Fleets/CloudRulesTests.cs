using Flyte.MultiCluster.Common.Fleets;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Fleets.FleetText;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

/// <summary>The section <c>cloud</c>, and what planes say of their clusters in it.</summary>
internal sealed class CloudRulesTests
{
    private const string Aws = "cloud: {provider: aws, region: eu-west-1, buckets: [flyte-metadata, flyte-data]}";

    [Test]
    public void A_fleet_on_AWS_is_read()
    {
        var fleet = OnAws(
            "cloud: {provider: aws, region: eu-west-1, accountId: '123456789012', buckets: [flyte-metadata, flyte-data], roleLayout: two, "
                + "policyName: p, roles: {controlPlane: cp, dataPlane: dp}}"
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(fleet.Aws!.Buckets, Is.EqualTo(new[] { "flyte-metadata", "flyte-data" }));
            Assert.That(
                fleet.Aws,
                Is.EqualTo(
                    new AwsSettings
                    {
                        Region = "eu-west-1",
                        AccountId = "123456789012",
                        Buckets = fleet.Aws.Buckets,
                        RoleLayout = RoleLayout.Two,
                        PolicyName = "p",
                        ControlPlaneRole = "cp",
                        DataPlaneRole = "dp",
                    }
                )
            );
            Assert.That(fleet.ControlPlane.Cluster, Is.EqualTo(new CloudCluster { Name = "flyte-control" }));
            Assert.That(fleet.DataPlanes[1].Cluster, Is.EqualTo(new CloudCluster { Name = "flyte-2", Region = "us-east-2" }));
        }
    }

    [Test]
    public void How_to_create_a_cluster_is_read()
    {
        var create = OnAws(
            Aws,
            "cluster: flyte-2, create: {version: '1.33', privateSubnets: [subnet-a, subnet-b], nodeGroup: {name: g, instanceType: m7i-flex.2xlarge, nodes: 3}}"
        )
            .DataPlanes[1]
            .Cluster!.Create!;
        var least = OnAws(Aws, "cluster: flyte-2, create: {version: '1.33', privateSubnets: [subnet-a, subnet-b]}").DataPlanes[1].Cluster!.Create!;

        Assert.That(
            (create.Version, create.NodeGroup),
            Is.EqualTo(
                (
                    "1.33",
                    new NodeGroup
                    {
                        Name = "g",
                        InstanceType = "m7i-flex.2xlarge",
                        Nodes = 3,
                    }
                )
            )
        );
        Assert.That(create.PrivateSubnets, Is.EqualTo(new[] { "subnet-a", "subnet-b" }));
        Assert.That(
            least.NodeGroup,
            Is.EqualTo(
                new NodeGroup
                {
                    Name = "flyte",
                    InstanceType = "t3.xlarge",
                    Nodes = 2,
                }
            )
        );
    }

    [Test]
    public void A_fleet_on_Google_Cloud_is_read()
    {
        var fleet = Read(OnGoogleCloud("cluster: flyte-1, location: europe-west1-b")).Fleet!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                fleet.Gcp,
                Is.EqualTo(
                    new GcpSettings
                    {
                        Project = "my",
                        ControlPlane = "c@my.iam.gserviceaccount.com",
                        DataPlane = "d@my.iam.gserviceaccount.com",
                        Workers = "w@my.iam.gserviceaccount.com",
                    }
                )
            );
            Assert.That(fleet.ControlPlane.Cluster, Is.EqualTo(new CloudCluster { Name = "flyte-control", Location = "europe-west1" }));
            Assert.That(fleet.DataPlanes[0].Cluster, Is.EqualTo(new CloudCluster { Name = "flyte-1", Location = "europe-west1-b" }));
        }
    }

    [TestCase("region: europe, buckets: [flyte]", "not an AWS region", "eu-west-1")]
    [TestCase("buckets: [flyte]", "has no 'region'", "eu-west-1")]
    [TestCase("region: eu-west-1, buckets: []", "no bucket", "only names")]
    [TestCase("region: eu-west-1, buckets: ['flyte*']", "not a bucket name", "would open others")]
    [TestCase("region: eu-west-1, buckets: ['s3://flyte']", "not a bucket name", "without s3://")]
    [TestCase("region: eu-west-1, buckets: [flyte], accountId: '12'", "not an account ID", "twelve digits")]
    [TestCase("region: eu-west-1, buckets: [flyte], roleLayout: four", "no role layout 'four'", "Known here: two, three")]
    [TestCase("region: eu-west-1, buckets: [flyte], roles: {workers: flyte-dataplane-role}", "have the same name", "name of its own")]
    [TestCase("region: eu-west-1, buckets: [flyte], roleLayout: two, roles: {workers: w}", "use the data plane's role", "roleLayout: three")]
    [TestCase("region: eu-west-1, buckets: [flyte], roles: {dataPlane: 'arn:aws:iam::1:role/x'}", "not an IAM name", "not the ARN")]
    [TestCase("region: eu-west-1, buckets: [flyte], project: p", "no key 'project'", "Known here")]
    public void What_is_wrong_with_AWS_is_reported(string section, string what, string remedy)
    {
        var problems = ProblemsOf(Clusters($"cloud: {{provider: aws, {section}}}", "cluster: flyte-2"));

        Assert.That(problems, Has.Count.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.Contain(what).And.Contain(remedy));
    }

    [TestCase("region: us-east-2", "has no 'cluster'", "EKS name")]
    [TestCase("cluster: 'arn:aws:eks:x'", "not a cluster name", "not the ARN")]
    [TestCase("cluster: flyte-2, location: x", "has a region", "cloud.region")]
    [TestCase("cluster: flyte-2, create: {version: latest, privateSubnets: [subnet-a, subnet-b]}", "not a Kubernetes version", "1.33")]
    [TestCase("cluster: flyte-2, create: {version: '1.33', privateSubnets: [subnet-a]}", "two availability zones", "at least two")]
    [TestCase(
        "cluster: flyte-2, create: {version: '1.33', privateSubnets: [subnet-a, subnet-b], nodeGroup: {nodes: 0}}",
        "not between 1 and 450",
        "initial number"
    )]
    [TestCase("cluster: flyte-2, create: {version: '1.33', privateSubnets: [subnet-a, 'arn:aws:ec2:x']}", "'arn:aws:ec2:x' is not a subnet ID", "subnet-0123")]
    [TestCase(
        "cluster: flyte-2, create: {version: '1.33', privateSubnets: [subnet-a, subnet-b], nodeGroup: {name: 2_x}}",
        "not a node group name",
        "Begin with a letter"
    )]
    [TestCase(
        "cluster: flyte-2, create: {version: '1.33', privateSubnets: [subnet-a, subnet-b], nodeGroup: {instanceType: big}}",
        "'big' is not an instance type",
        "t3.xlarge"
    )]
    [TestCase(
        "cluster: flyte_2, create: {version: '1.33', privateSubnets: [subnet-a, subnet-b]}",
        "eksctl cannot create a cluster named 'flyte_2'",
        "Begin with a letter"
    )]
    [TestCase("cluster: flyte-1", "'flyte-1' is already used by another plane", "a cluster of its own")]
    public void What_is_wrong_with_a_planes_cluster_is_reported(string cluster, string what, string remedy)
    {
        var problems = ProblemsOf(Clusters(Aws, cluster));

        Assert.That(problems, Has.Count.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.Contain(what).And.Contain(remedy));
    }

    [TestCase(60, 50, 0)]
    [TestCase(60, 51, 1)]
    [TestCase(100, 10, 0)]
    [TestCase(100, 11, 1)]
    public void Cluster_and_node_group_name_a_stack_together(int cluster, int group, int problems)
    {
        var reported = ProblemsOf(
            Clusters(
                Aws,
                $"cluster: {new string('c', cluster)}, create: {{version: '1.33', privateSubnets: [subnet-a, subnet-b], nodeGroup: {{name: "
                    + $"{new string('g', group)}}}}}"
            )
        );

        Assert.That(
            reported,
            Has.Count.EqualTo(problems)
                .And.All.Contains("111 characters together")
                .And.All.Contains("eksctl-CLUSTER-nodegroup-GROUP")
                .And.All.Contains("at most 110")
        );
    }

    [TestCase("cluster: flyte-1", "", "has no 'location'", "europe-west1")]
    [TestCase("location: x", "", "has no 'cluster'", "GKE name")]
    [TestCase("cluster: flyte-1, location: x, region: x", "", "has a location", "location: europe-west1")]
    [TestCase("cluster: flyte-1, location: x", "workers: w@example.com", "not a Google service account", "e-mail address")]
    [TestCase("cluster: flyte-1, location: x", "workers: flyte-workers", "not a Google service account", "e-mail address")]
    public void What_is_wrong_with_Google_Cloud_is_reported(string cluster, string workers, string what, string remedy)
    {
        var text = OnGoogleCloud(cluster);
        var problems = ProblemsOf(workers.Length == 0 ? text : text.Replace("workers: w@my.iam.gserviceaccount.com", workers, StringComparison.Ordinal));

        Assert.That(problems, Has.Count.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.Contain(what).And.Contain(remedy));
    }

    [Test]
    public void A_cluster_in_no_cloud_is_reported() =>
        HasOne(With("context: dataplane2}", "context: dataplane2, cluster: flyte-2}"), "8:55", "the fleet names none", "provider: aws");

    private static Fleet OnAws(string cloud, string second = "cluster: flyte-2, region: us-east-2") => Read(Clusters(cloud, second)).Fleet!;

    private static string OnGoogleCloud(string first) =>
        Valid
            .Replace(Control, "  context: controlplane\n  cluster: flyte-control\n  location: europe-west1\n", StringComparison.Ordinal)
            .Replace("context: dataplane1}", $"context: dataplane1, {first}}}", StringComparison.Ordinal)
            .Replace("context: dataplane2}", "context: dataplane2, cluster: flyte-2, location: us-east1}", StringComparison.Ordinal)
            .Replace(
                Default,
                "cloud: {provider: gcp, project: my, serviceAccounts: {controlPlane: c@my.iam.gserviceaccount.com, dataPlane: "
                    + "d@my.iam.gserviceaccount.com, workers: w@my.iam.gserviceaccount.com}}",
                StringComparison.Ordinal
            );

    private static string Clusters(string cloud, string second) =>
        Valid
            .Replace(Control, "  context: controlplane\n  cluster: flyte-control\n", StringComparison.Ordinal)
            .Replace("context: dataplane1}", "context: dataplane1, cluster: flyte-1}", StringComparison.Ordinal)
            .Replace("context: dataplane2}", $"context: dataplane2, {second}}}", StringComparison.Ordinal)
            .Replace(Default, cloud, StringComparison.Ordinal);
}
