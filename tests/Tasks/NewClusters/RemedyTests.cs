using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>Other stages, where a cluster is not there that the fleet says how to create.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class RemedyTests
{
    [Test]
    public async Task CheckAws_names_the_target_that_creates_it()
    {
        using var bed = new NewClusterBed(NewClusterBed.States);
        bed.Put("cluster", "NONE");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => bed.Next(NewClusterBed.C, new RunOptions { Fleet = "my.yaml" }).RunAsync<CheckAws>());

        Assert.That(
            refused!.Problems.Select(problem => problem.ToString()),
            Has.Some.EqualTo(
                "dp1: There is no EKS cluster 'c' in eu-west-2. The fleet describes how to create it: run ./build.sh --target=CreateNodeGroup "
                    + $"--fleet=my.yaml --kubeconfig='{bed.Kubeconfig}', which also creates its nodes and context."
            )
        );
    }

    [Test]
    public async Task CheckClusters_names_the_targets_that_write_its_context()
    {
        using var run = new TestRun(new RunOptions { Fleet = "my.yaml", Kubeconfig = "config" }, fleet: NewClusterBed.C);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => new FleetCheck(run.Context, run.Get<CheckServices>()).ContextsAsync());

        Assert.That(
            refused!.Problems.Select(problem => problem.ToString()),
            Has.Some.EqualTo(
                    "dp1: The kubeconfig has no context 'context1'. The fleet describes how to create the cluster: run ./build.sh --target=CreateNodeGroup "
                        + "--fleet=my.yaml --kubeconfig=config, which also writes this context; if the cluster already exists, --target=CreateCluster "
                        + "only writes the context."
                )
                .And.Some.EqualTo("--kubeconfig: There is no file config. Name the kubeconfig with --kubeconfig=PATH.")
        );
    }

    [Test]
    public async Task Without_AWS_there_is_nothing_to_create_and_that_is_reported()
    {
        using var bed = new NewClusterBed("exit 1");

        await bed.RunAsync(NewClusterBed.C with { Aws = null });

        Assert.That(
            bed.Last.Context.Journal.Stages.Select(stage => (stage.Status, stage.Note)).Distinct(),
            Is.EqualTo(new[] { (StageStatus.Skipped, (string?)AwsCheck.NoAws) })
        );
    }

    [Test]
    public async Task Where_nothing_is_to_be_created_AWS_is_not_asked()
    {
        using var bed = new NewClusterBed("exit 1");
        var plane = NewClusterBed.C.DataPlanes[0];

        await bed.RunAsync(NewClusterBed.C with { DataPlanes = [plane with { Cluster = new CloudCluster { Name = "c" } }] });

        Assert.That(bed.TakeCalls(), Is.Empty);
        Assert.That(bed.Last.Context.Journal.Stages.Select(stage => stage.Status), Has.All.EqualTo(StageStatus.Skipped));
    }
}
