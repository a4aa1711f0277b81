using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>Clusters that are there and that eksctl did not create: what is wrong with their subnets is refused before any write.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class ForeignClusterTests
{
    private NewClusterBed _bed = null!;

    [SetUp]
    public void Make()
    {
        _bed = new NewClusterBed(NewClusterBed.States);
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("group", "NONE", "NONE", "ACTIVE");
        _bed.Eksctl("cat >\"$(dirname \"$0\")/input\"");
    }

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task Its_nodes_are_made_by_a_config_file_with_what_EKS_says_of_it()
    {
        Assert.That(await _bed.RunAsync(NewClusterBed.C), Has.Some.EqualTo("dp1 create NodeGroup flyte"));

        Assert.That(_bed.TakeCalls(), Has.Some.EqualTo("eksctl create nodegroup -f - --timeout 2400s"));
        Assert.That(
            await File.ReadAllTextAsync(Path.Combine(_bed.Folder, "input")),
            Does.Contain("""{"id":"v","securityGroup":"sg-c","subnets":{"private":{"x":{"id":"subnet-a"},"y":{"id":"subnet-b"}}}}""")
        );
        await _bed
            .Terminal.Received(1)
            .AskAsync(Arg.Is<string>(question => question.Contains("which eksctl did not create", StringComparison.Ordinal)), Arg.Any<CancellationToken>());
    }

    [Test]
    public async Task Nodes_of_eksctls_own_cluster_need_no_config_file()
    {
        _bed.Put("stack", "CREATE_COMPLETE");

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(_bed.TakeCalls(), Has.Some.StartsWith("eksctl create nodegroup --cluster c --name flyte").And.None.StartsWith("ec2 describe-subnets"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_bed.Folder, "input")), Is.Empty);
    }

    [Test]
    public async Task Subnets_of_another_VPC_are_refused()
    {
        _bed.Put(
            "subnets",
            """{"Subnets": [{"SubnetId": "subnet-a", "AvailabilityZone": "x", "VpcId": "w"}, {"SubnetId": "subnet-b", "AvailabilityZone": "y", "VpcId": "w"}]}"""
        );

        Assert.That(
            await RefusedAsync(),
            Is.EqualTo(
                "dp1: Its subnets are in VPC w, and EKS cluster 'c', which eksctl did not create, is in v. Name private subnets of v in "
                    + "'privateSubnets': aws ec2 describe-subnets --region eu-west-2 --filters Name=vpc-id,Values=v lists them."
            )
        );
    }

    [Test]
    public async Task Subnets_that_are_not_there_are_refused()
    {
        _bed.Put("subnets", """{"Subnets": []}""");

        Assert.That(await RefusedAsync(), Does.StartWith("dp1: There is no subnet subnet-a, subnet-b in eu-west-2."));
    }

    [Test]
    public async Task Subnets_that_may_not_be_read_are_refused_with_the_missing_right()
    {
        _bed.Put("denied", "");

        Assert.That(await RefusedAsync(), Does.StartWith("dp1: aws ec2 describe-subnets failed").And.Contain("UnauthorizedOperation"));
    }

    private async Task<string> RefusedAsync()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _bed.RunAsync(NewClusterBed.C, new RunOptions()));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
        return refused!.Problems.Single().ToString();
    }
}
