using Flyte.MultiCluster.Common.Run;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>What the cluster itself says before its nodes are made: whether it answers, and what runs in kube-system; and what eksctl made of it.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class ApiTests
{
    private const string Nowhere = "https://127.0.0.1:1";

    private NewClusterBed _bed = null!;

    [SetUp]
    public void Make()
    {
        _bed = new NewClusterBed(NewClusterBed.States);
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("stack", "CREATE_COMPLETE");
        _bed.Put("group", "NONE", "NONE", "ACTIVE");
        _bed.Eksctl("echo begun");
    }

    [TearDown]
    public void Clean() => _bed.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    public async Task Nodes_are_not_begun_where_the_API_server_does_not_answer_from_here(bool plan)
    {
        _bed.Put("endpoint", Nowhere);

        Assert.That(await _bed.RunAsync(NewClusterBed.C, new RunOptions { Plan = plan }), Has.None.Contains("NodeGroup"));
        Assert.That(
            _bed.Last.Plane.Failure,
            Does.StartWith($"The API server of EKS cluster c, {Nowhere}, does not answer from here (")
                .And.Contain("and eksctl creates a node group through it. Run this where it answers")
        );
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);
    }

    [Test]
    public async Task A_new_clusters_API_server_is_given_two_minutes()
    {
        _bed.Put("cluster", "NONE", "ACTIVE");
        _bed.Put("stack", "NONE", "CREATE_COMPLETE");
        _bed.Put("endpoint", Nowhere);

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Is.EqualTo(new[] { "dp1 create EksCluster c", "dp1 create KubeconfigContext context1" }));
        Assert.That(_bed.Last.Plane.Failure, Does.Contain("does not answer from here").And.Contain("the cluster is kept"));
        Assert.That(_bed.Time.Pauses.Count(pause => pause == TimeSpan.FromSeconds(10)), Is.EqualTo(11));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl create nodegroup"));
    }

    [Test]
    public async Task A_cluster_that_has_its_nodes_is_not_asked()
    {
        _bed.Put("group", "ACTIVE");
        _bed.Put("endpoint", Nowhere);

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(_bed.Last.Plane.Failure, Is.Null);
    }

    [Test]
    public async Task Add_ons_that_are_self_managed_are_not_missed()
    {
        _bed.Put("addons", """{"addons": ["kube-proxy"]}""");
        _bed.Api.Running.UnionWith(["daemonsets/aws-node", "deployments/coredns"]);

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(_bed.Last.Context.Journal.Notes, Is.Empty);
        Assert.That(_bed.Last.Lines, Has.None.Contains("add-ons"));
        Assert.That(_bed.Api.Requests, Has.None.Contains("kube-proxy"));
    }

    [Test]
    public async Task Of_the_add_ons_those_that_run_nowhere_are_missed()
    {
        _bed.Put("addons", """{"addons": []}""");
        _bed.Api.Running.UnionWith(["daemonsets/aws-node", "daemonsets/kube-proxy"]);

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(_bed.Last.Context.Journal.Notes.Single(), Does.StartWith("dp1: EKS cluster c has no EKS add-ons coredns, and none that are self-managed."));
    }

    [Test]
    public async Task Where_it_cannot_be_seen_the_warning_says_so_and_holds_no_token()
    {
        _bed.Put("addons", """{"addons": ["vpc-cni", "kube-proxy"]}""");
        _bed.Api.Token = "another";

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(
            _bed.Last.Context.Journal.Notes.Single(),
            Does.Contain("has no EKS add-ons coredns; it could not be determined from here whether they are self-managed.")
        );
        Assert.That(_bed.Last.Lines, Has.None.Contains("token-of-joe"));
    }

    [Test]
    public async Task A_cluster_that_eksctl_made_without_add_ons_gets_no_nodes()
    {
        _bed.Put("cluster", "NONE", "ACTIVE");
        _bed.Put("stack", "NONE", "CREATE_COMPLETE");
        _bed.Put("addons", """{"addons": ["metrics-server"]}""");

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Is.EqualTo(new[] { "dp1 create EksCluster c", "dp1 create KubeconfigContext context1" }));
        Assert.That(
            _bed.Last.Plane.Failure,
            Does.StartWith("eksctl created EKS cluster c without the add-ons vpc-cni, kube-proxy, coredns")
                .And.Contain("eksctl create addon --cluster c --region eu-west-2 --name vpc-cni;")
        );
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl create nodegroup"));
    }

    [Test]
    public async Task A_cluster_that_eksctl_made_with_Auto_Mode_gets_no_nodes()
    {
        _bed.Put("cluster", "NONE", "ACTIVE");
        _bed.Put("stack", "NONE", "CREATE_COMPLETE");
        _bed.Put("auto", "true");

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(
            _bed.Last.Plane.Failure,
            Does.StartWith("EKS cluster c has Auto Mode on, although eksctl was asked for a cluster without it").And.Contain("--compute-config enabled=false")
        );
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl create nodegroup"));
    }

    [Test]
    public async Task Nodes_that_eksctl_did_not_make_although_it_ended_well_are_reported()
    {
        _bed.Put("group", "NONE");

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(
            _bed.Last.Plane.Failure,
            Does.StartWith("Node group flyte of c does not exist, although eksctl succeeded.").And.Contain("this eksctl does not behave like")
        );
    }
}
