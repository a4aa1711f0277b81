using System.Text;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Eksctl;

/// <summary>eksctl's command lines and config files.</summary>
internal sealed class EksctlRunnerTests
{
    private static readonly IReadOnlyList<Subnet> TwoZones = [new("subnet-1", "eu-west-1a", "vpc-1"), new("subnet-2", "eu-west-1b", "vpc-1")];

    [Test]
    public async Task A_cluster_is_made_by_a_config_file_that_turns_Auto_Mode_off()
    {
        var (line, input) = await RunAsync((eksctl, permit) => eksctl.CreateClusterAsync(permit, Cluster(TwoZones), default));

        Assert.That(line, Is.EqualTo("create cluster -f - --without-nodegroup --write-kubeconfig=false --timeout 2400s"));
        Assert.That(
            input,
            Is.EqualTo(
                """{"apiVersion":"eksctl.io/v1alpha5","kind":"ClusterConfig","metadata":{"name":"c","region":"eu-west-1","version":"1.33"},"autoModeConfig":{"enabled":false},"vpc":{"subnets":{"private":{"eu-west-1a":{"id":"subnet-1"},"eu-west-1b":{"id":"subnet-2"}}}}}"""
            )
        );
    }

    [Test]
    public async Task Subnets_of_one_zone_are_named_by_their_ids()
    {
        var (_, input) = await RunAsync(
            (eksctl, permit) => eksctl.CreateClusterAsync(permit, Cluster([.. TwoZones, new("subnet-3", "eu-west-1a", "vpc-1"), TwoZones[0]]), default)
        );

        Assert.That(
            input,
            Does.Contain(
                """{"private":{"subnet-1":{"id":"subnet-1","az":"eu-west-1a"},"subnet-3":{"id":"subnet-3","az":"eu-west-1a"},"eu-west-1b":{"id":"subnet-2"}}}"""
            )
        );
    }

    [Test]
    public async Task Nodes_of_eksctls_own_cluster_are_made_by_options()
    {
        var (line, input) = await RunAsync((eksctl, permit) => eksctl.CreateNodeGroupAsync(permit, Nodes(null), default));

        Assert.That(
            line,
            Is.EqualTo(
                "create nodegroup --cluster c --name flyte --node-type t3.xlarge --nodes 2 --managed --node-private-networking --timeout 2400s "
                    + "--region eu-west-1"
            )
        );
        Assert.That(input, Is.Empty);
    }

    [Test]
    public async Task Nodes_of_another_cluster_are_made_by_a_config_file_with_its_VPC()
    {
        var (line, input) = await RunAsync(
            (eksctl, permit) => eksctl.CreateNodeGroupAsync(permit, Nodes(new EksctlVpc("vpc-1", "sg-1", "1.33", TwoZones)), default)
        );

        Assert.That(line, Is.EqualTo("create nodegroup -f - --timeout 2400s"));
        Assert.That(
            input,
            Is.EqualTo(
                """{"apiVersion":"eksctl.io/v1alpha5","kind":"ClusterConfig","metadata":{"name":"c","region":"eu-west-1","version":"1.33"},"vpc":{"id":"vpc-1","securityGroup":"sg-1","subnets":{"private":{"eu-west-1a":{"id":"subnet-1"},"eu-west-1b":{"id":"subnet-2"}}}},"managedNodeGroups":[{"name":"flyte","instanceType":"t3.xlarge","desiredCapacity":2,"minSize":2,"maxSize":2,"privateNetworking":true}]}"""
            )
        );
    }

    [TestCase("2026-01-02 03:04:05 [ℹ]  using region eu-west-1", "[ℹ]  using region eu-west-1")]
    [TestCase("2026-01-02T03:04:05Z [✔]  done", "[✔]  done")]
    [TestCase("2026-01-02 03:04:05 [ℹ]  ", "")]
    [TestCase("[ℹ]", "")]
    [TestCase("  ", "")]
    [TestCase("Error: no", "Error: no")]
    [TestCase("at 2026-01-02 03:04:05 it failed", "at 2026-01-02 03:04:05 it failed")]
    public void A_line_has_neither_time_nor_a_mark_alone(string line, string text) => Assert.That(EksctlLine.Text(line), Is.EqualTo(text));

    private static EksctlNewClusterSettings Cluster(IReadOnlyList<Subnet> subnets) =>
        new()
        {
            Cluster = "c",
            Region = "eu-west-1",
            Version = "1.33",
            PrivateSubnets = subnets,
            Timeout = TimeSpan.FromMinutes(40),
        };

    private static EksctlNodeGroupSettings Nodes(EksctlVpc? vpc) =>
        new()
        {
            Cluster = "c",
            Region = "eu-west-1",
            Name = "flyte",
            NodeType = "t3.xlarge",
            Nodes = 2,
            Vpc = vpc,
            Timeout = TimeSpan.FromMinutes(40),
        };

    private static async Task<(string? Line, string Input)> RunAsync(Func<EksctlRunner, ChangePermit, Task> work)
    {
        var cake = new RecordingRunner();
        var eksctl = new EksctlRunner(cake.FileSystem, cake.Environment, cake.Processes, cake.Tools);
        using var run = new TestRun();
        await run.Context.Gate.PassAsync(new Change("dp1", "EksCluster", null, "c", ChangeAction.Create), (permit, _) => work(eksctl, permit), default);
        return (
            cake.Line?.Replace("\"", string.Empty, StringComparison.Ordinal),
            cake.Settings?.StandardInput is { } input ? Encoding.UTF8.GetString(input.Span) : string.Empty
        );
    }
}
