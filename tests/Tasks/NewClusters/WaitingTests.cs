using Flyte.MultiCluster.Tasks.NewClusters;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>What is waited for, what has failed and what is interrupted, with an aws that reports one state after the other.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class WaitingTests
{
    private NewClusterBed _bed = null!;

    [SetUp]
    public void Make() => _bed = new NewClusterBed(NewClusterBed.States);

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task A_cluster_and_nodes_that_are_being_made_are_waited_for()
    {
        _bed.Put("cluster", "CREATING", "CREATING", "CREATING", "ACTIVE");
        _bed.Put("stack", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE");
        _bed.Put("group", "CREATING", "CREATING", "ACTIVE");
        _bed.Put("groupstack", "CREATE_IN_PROGRESS");

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Is.EqualTo(new[] { "dp1 create KubeconfigContext context1" }));
        Assert.That(
            _bed.Last.Lines,
            Has.Some.EqualTo("[dp1] waiting for EKS cluster c: CREATING, for 0 s").And.Some.Contains("waiting for Node group flyte of c: CREATING")
        );
        Assert.That(_bed.Time.Pauses, Is.Not.Empty.And.All.EqualTo(TimeSpan.FromSeconds(15)));
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);
    }

    [Test]
    public async Task A_stack_that_has_no_cluster_yet_is_waited_for()
    {
        _bed.Put("cluster", "NONE", "NONE", "ACTIVE");
        _bed.Put("stack", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE");
        _bed.Put("group", "ACTIVE");

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Is.EqualTo(new[] { "dp1 create KubeconfigContext context1" }));
        Assert.That(_bed.Last.Lines, Has.Some.Contains("waiting for EKS cluster c: CREATE_IN_PROGRESS"));
    }

    [Test]
    public async Task A_cluster_that_serves_is_waited_for_until_its_stack_has_what_eksctl_reads_for_nodes()
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("stack", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE");
        _bed.Put("group", "NONE", "NONE", "ACTIVE");
        _bed.Eksctl("head -n 1 \"$(dirname \"$0\")/stack\" | grep -q CREATE_COMPLETE || { echo 'Error: no output \"SecurityGroup\"' >&2; exit 1; }");

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Is.EqualTo(new[] { "dp1 create KubeconfigContext context1", "dp1 create NodeGroup flyte" }));
        Assert.That(_bed.Last.Plane.Failure, Is.Null);
        Assert.That(_bed.Last.Lines, Has.Some.EqualTo("[dp1] waiting for EKS cluster c: ACTIVE, its CloudFormation stack CREATE_IN_PROGRESS, for 0 s"));
    }

    [Test]
    public async Task With_exclusive_nodes_are_not_made_before_the_clusters_stack_is()
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("stack", "CREATE_IN_PROGRESS");
        var run = _bed.Next(NewClusterBed.C);
        run.Context.Tasks = new HashSet<string>(StringComparer.Ordinal) { nameof(CreateNodeGroup) };

        await run.RunAsync<CreateNodeGroup>();

        Assert.That(run.Plane.Failure, Is.EqualTo("EKS cluster 'c' is ACTIVE, its CloudFormation stack CREATE_IN_PROGRESS. Run without --exclusive."));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    [TestCase("ROLLBACK_FAILED")]
    [TestCase("UPDATE_ROLLBACK_COMPLETE")]
    public async Task A_cluster_that_serves_is_kept_whatever_became_of_its_stack(string stack)
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("stack", stack);
        _bed.Put("group", "ACTIVE");

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Is.EqualTo(new[] { "dp1 create KubeconfigContext context1" }));
        Assert.That(_bed.Last.Plane.Failure, Is.Null);
    }

    [TestCase(
        "FAILED",
        "NONE",
        "EKS cluster c is FAILED (NodeCreationFailure: Instances failed to join the kubernetes cluster). Delete it (aws eks delete-cluster "
            + "--name c --region eu-west-2 && aws eks wait cluster-deleted --name c --region eu-west-2), and run again."
    )]
    [TestCase(
        "NONE",
        "ROLLBACK_COMPLETE",
        "CloudFormation stack eksctl-c-cluster is ROLLBACK_COMPLETE (Cannot create it). Delete the stack (aws cloudformation "
            + "update-termination-protection --no-enable-termination-protection --stack-name eksctl-c-cluster --region eu-west-2 && aws "
            + "cloudformation delete-stack --stack-name eksctl-c-cluster --region eu-west-2 && aws cloudformation wait stack-delete-complete "
            + "--stack-name eksctl-c-cluster --region eu-west-2), and run again."
    )]
    [TestCase("CREATING", "CREATE_FAILED", "eksctl-c-cluster is CREATE_FAILED")]
    [TestCase("NONE", "CREATE_COMPLETE", "eksctl-c-cluster is CREATE_COMPLETE")]
    [TestCase("DELETING", "DELETE_IN_PROGRESS", "is being deleted. Wait until it is gone")]
    [TestCase("ACTIVE", "DELETE_IN_PROGRESS", "is being deleted. Wait until it is gone")]
    [TestCase(
        "ACTIVE",
        "ROLLBACK_IN_PROGRESS",
        "eksctl-c-cluster is ROLLBACK_IN_PROGRESS (Cannot create it). Wait until it is rolled back. Delete the stack (aws cloudformation"
    )]
    [TestCase(
        "FAILED",
        "CREATE_FAILED",
        "EKS cluster c is FAILED (NodeCreationFailure: Instances failed to join the kubernetes cluster). Delete the stack (aws cloudformation"
    )]
    public async Task A_cluster_that_will_not_come_fails_with_what_to_do(string cluster, string stack, string said)
    {
        _bed.Put("cluster", cluster);
        _bed.Put("stack", stack);

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Is.Empty);
        Assert.That(_bed.Last.Plane.Failure, Does.Contain(said));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);
    }

    [TestCase(
        "CREATE_FAILED",
        "NONE",
        "Node group flyte of c is CREATE_FAILED (NodeCreationFailure: Instances failed to join the kubernetes cluster). Delete it (eksctl "
            + "delete nodegroup --cluster c --region eu-west-2 --name flyte --wait), and run again."
    )]
    [TestCase(
        "NONE",
        "ROLLBACK_COMPLETE",
        "CloudFormation stack eksctl-c-nodegroup-flyte is ROLLBACK_COMPLETE (Cannot create it). Delete it (eksctl delete nodegroup"
    )]
    [TestCase("DELETING", "NONE", "is being deleted")]
    public async Task Nodes_that_will_not_come_fail_with_what_to_do(string group, string stack, string said)
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("group", group);
        _bed.Put("groupstack", stack);

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(_bed.Last.Plane.Failure, Does.Contain(said));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    [Test]
    public async Task Degraded_nodes_are_reported_and_are_there()
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("group", "DEGRADED");

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(_bed.Last.Plane.Failure, Is.Null);
        Assert.That(_bed.Last.Context.Journal.Notes.Single(), Does.Contain("DEGRADED (NodeCreationFailure"));
    }

    [Test]
    public async Task A_cluster_without_add_ons_is_reported_at_the_question_and_before_its_nodes_are_made()
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("group", "NONE", "NONE", "ACTIVE");
        _bed.Put("addons", """{"addons": ["vpc-cni", "metrics-server"]}""");
        _bed.Eksctl("echo begun");

        Assert.That(await _bed.RunAsync(NewClusterBed.C), Has.Some.EqualTo("dp1 create NodeGroup flyte"));
        var note = _bed.Last.Context.Journal.Notes.Single();
        Assert.That(
            note,
            Does.StartWith(
                    "dp1: EKS cluster c has no EKS add-ons kube-proxy, coredns, and none that are self-managed. Without them nodes do not become Ready: "
                )
                .And.Contain("eksctl create addon --cluster c --region eu-west-2 --name kube-proxy;")
                .And.Not.Contain("vpc-cni")
        );
        var warning = note.Replace("dp1: ", "[dp1] ", StringComparison.Ordinal);
        await _bed
            .Terminal.Received(1)
            .AskAsync(Arg.Is<string>(question => question.Contains(warning, StringComparison.Ordinal)), Arg.Any<CancellationToken>());
        Assert.That(_bed.Last.Lines.SkipWhile(line => line != warning), Has.Some.EqualTo("[dp1] begun"));
    }

    [Test]
    public async Task Add_ons_of_a_cluster_that_was_being_made_are_looked_at_before_its_nodes()
    {
        _bed.Put("cluster", "CREATING", "ACTIVE");
        _bed.Put("group", "NONE", "NONE", "ACTIVE");
        _bed.Put("addons", """{"addons": []}""");
        _bed.Eksctl("echo begun");

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(
            _bed.Last.Lines.SkipWhile(line =>
                !line.StartsWith(
                    "[dp1] EKS cluster c has no EKS add-ons vpc-cni, kube-proxy, coredns, and none that are self-managed.",
                    StringComparison.Ordinal
                )
            ),
            Has.Some.EqualTo("[dp1] begun")
        );
    }

    [Test]
    public async Task A_cluster_that_somebody_else_begins_to_make_at_the_same_moment_is_waited_for()
    {
        _bed.Put("cluster", "NONE", "CREATING", "ACTIVE");
        _bed.Put("group", "ACTIVE");
        _bed.Eksctl(
            """
            echo '2026-01-02 03:04:05 [✖]  creating CloudFormation stack "eksctl-c-cluster": AlreadyExistsException: Stack [eksctl-c-cluster] already exists'
            echo 'Error: failed to create cluster "c"' >&2
            exit 1
            """
        );

        await _bed.RunAsync(NewClusterBed.C, withNodes: false);

        Assert.That(_bed.Last.Plane.Failure, Is.Null);
        Assert.That(_bed.Last.Lines, Has.Some.Contains("somebody else is creating EKS cluster c"));
    }

    [Test]
    public async Task Nodes_that_eksctl_gives_up_are_reported_with_what_EKS_says()
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("group", "NONE", "NONE", "CREATE_FAILED");
        _bed.Eksctl("echo 'Error: failed to create nodegroups for cluster \"c\"' >&2; exit 1");

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(
            _bed.Last.Plane.Failure,
            Does.Contain("failed to create nodegroups").And.Contain("Instances failed to join").And.Contain("eksctl delete nodegroup")
        );
    }

    [Test]
    public async Task What_eksctl_said_is_reported_also_where_AWS_then_answers_no_more()
    {
        _bed.Put("cluster", "ACTIVE");
        _bed.Put("group", "NONE", "NONE", "DENIED");
        _bed.Eksctl("echo 'Error: failed to create nodegroups for cluster \"c\"' >&2; exit 1");

        await _bed.RunAsync(NewClusterBed.C);

        Assert.That(_bed.Last.Plane.Failure, Does.StartWith("eksctl create nodegroup failed (exit code 1): Error: failed to create nodegroups"));
        Assert.That(File.ReadAllText(Path.Combine(_bed.Folder, "group")), Is.EqualTo("DENIED\n"));
    }

    [Test]
    public async Task Eksctls_lines_are_reported_under_the_planes_name_once_and_without_their_time()
    {
        _bed.Put("cluster", "NONE", "ACTIVE");
        _bed.Eksctl(
            """
            echo '2026-01-02 03:04:05 [ℹ]  waiting for CloudFormation stack "eksctl-c-cluster"'
            echo '2026-01-02 03:05:05 [ℹ]  waiting for CloudFormation stack "eksctl-c-cluster"'
            echo '2026-01-02 03:06:05 [ℹ]  '
            echo '[ℹ]'
            echo
            echo '2026-01-02 03:06:05 [!]  on standard error' >&2
            """
        );

        await _bed.RunAsync(NewClusterBed.C, withNodes: false);

        Assert.That(
            _bed.Last.Lines.Where(line => line.StartsWith("[dp1] [", StringComparison.Ordinal) || line.StartsWith("[dp1] 2", StringComparison.Ordinal)),
            Is.EquivalentTo(new[] { "[dp1] [ℹ]  waiting for CloudFormation stack \"eksctl-c-cluster\"", "[dp1] [!]  on standard error" })
        );
    }

    [Test]
    public async Task What_eksctl_says_of_its_failure_has_no_time()
    {
        _bed.Put("cluster", "NONE");
        _bed.Eksctl(
            """
            echo '2026-01-02 03:04:05 [✖]  waiting for CloudFormation stack "eksctl-c-cluster": ResourceNotReady'
            echo 'Error: failed to create cluster "c"' >&2
            exit 1
            """
        );

        await _bed.RunAsync(NewClusterBed.C, withNodes: false);

        Assert.That(
            _bed.Last.Plane.Failure,
            Does.StartWith("eksctl create cluster failed (exit code 1): Error: failed to create cluster \"c\" [✖]  waiting for CloudFormation stack")
        );
    }

    [Test]
    public async Task A_creation_that_is_rolled_back_is_reported_at_once_with_what_deletes_the_stack()
    {
        _bed.Put("cluster", "NONE");
        _bed.Put("stack", "NONE", "ROLLBACK_COMPLETE");
        _bed.Eksctl("echo 'Error: failed to create cluster \"c\"' >&2; exit 1");

        await _bed.RunAsync(NewClusterBed.C, withNodes: false);

        Assert.That(
            _bed.Last.Plane.Failure,
            Does.Contain("failed to create cluster")
                .And.Contain("eksctl-c-cluster is ROLLBACK_COMPLETE (Cannot create it)")
                .And.Contain("aws cloudformation delete-stack")
                .And.Not.Contain("eksctl delete")
        );
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task An_eksctl_that_somebody_ends_is_reported_with_what_goes_on(string signal)
    {
        _bed.Put("cluster", "NONE");
        _bed.Eksctl($"kill -{signal} $$");

        await _bed.RunAsync(NewClusterBed.C, withNodes: false);

        Assert.That(_bed.Last.Plane.Failure, Does.Contain("eksctl was stopped while it created EKS cluster c; CloudFormation may continue"));
    }

    [Test]
    public async Task Interrupted_while_eksctl_works_eksctl_is_ended_and_what_goes_on_is_reported()
    {
        _bed.Put("cluster", "NONE");
        _bed.Eksctl("echo $$ >\"$(dirname \"$0\")/pid\"; echo begun; exec tail -f /dev/null");
        var run = _bed.Next(NewClusterBed.C, withNodes: false);

        var running = run.RunAsync<CreateCluster>();
        await Task.WhenAny(run.LoggedAsync("[dp1] begun"), running);
        run.Interruption.Interrupt();

        Assert.That(() => running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(
            run.Context.Journal.Notes.Single(),
            Does.StartWith("dp1: eksctl was stopped while it created EKS cluster c; CloudFormation may continue")
                .And.Contain("Run the same command again: it waits")
        );
        Assert.That(run.Context.Gate.Changes, Is.Empty);
        Assert.That(Directory.Exists($"/proc/{File.ReadAllText(Path.Combine(_bed.Folder, "pid")).Trim()}"), Is.False);
    }
}
