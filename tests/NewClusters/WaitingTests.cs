using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.NewClusters;
using Flyte.MultiCluster.Tests.Processes;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.NewClusters;

/// <summary>What is waited for, what has failed and what is interrupted, with an aws that tells one state after the other.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class WaitingTests
{
    // The files cluster, group, stack and groupstack hold a state a line; the last one stays.
    private const string States = """
        d=$(dirname "$0")
        next() { state=$(head -n 1 "$d/$1" 2>/dev/null || echo NONE); if [ "$(wc -l <"$d/$1" 2>/dev/null || echo 0)" -gt 1 ]; then sed 1d "$d/$1" >"$d/$1.next"; mv "$d/$1.next" "$d/$1"; fi; }
        none() { echo "An error occurred ($1) when calling the Describe operation: it does not exist" >&2; exit 254; }
        issues='"health": {"issues": [{"code": "NodeCreationFailure", "message": "Instances failed to join the kubernetes cluster.", "resourceIds": []}]}'
        case "$1 $2 $4" in
          "sts get-caller-identity "*) echo '{"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/ops/joe"}';;
          "ec2 describe-subnets "*) echo '{"Subnets": [{"SubnetId": "subnet-a", "AvailabilityZone": "x", "VpcId": "v"}, {"SubnetId": "subnet-b", "AvailabilityZone": "y", "VpcId": "v"}]}';;
          "iam list-open-id-connect-providers "*) echo '{"OpenIDConnectProviderList": [{"Arn": "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/c"}]}';;
          "eks list-addons "*) if [ -f "$d/addons" ]; then cat "$d/addons"; else none AccessDenied; fi;;
          "eks describe-cluster "*) next cluster; case $state in
              NONE) none ResourceNotFoundException;;
              ACTIVE) echo '{"cluster": {"status": "ACTIVE", "endpoint": "https://eks.example.com", "certificateAuthority": {"data": "Y2E="}, "identity": {"oidc": {"issuer": "https://oidc.example.com/id/c"}}}}';;
              *) echo "{\"cluster\": {\"status\": \"$state\", $issues}}";; esac;;
          "eks describe-nodegroup "*) next group; case $state in NONE) none ResourceNotFoundException;; *) echo "{\"nodegroup\": {\"status\": \"$state\", $issues}}";; esac;;
          "cloudformation describe-stacks eksctl-c-cluster") next stack; case $state in NONE) none ValidationError;; *) echo "{\"Stacks\": [{\"StackStatus\": \"$state\", \"StackStatusReason\": \"Cannot create it.\"}]}";; esac;;
          "cloudformation describe-stacks eksctl-c-nodegroup-flyte") next groupstack; case $state in NONE) none ValidationError;; *) echo "{\"Stacks\": [{\"StackStatus\": \"$state\", \"StackStatusReason\": \"Cannot create it.\"}]}";; esac;;
          *) echo "unexpected: $*" >&2; exit 2;;
        esac
        """;

    private NewClusterBed _bed = null!;

    [SetUp]
    public void Make() => _bed = new NewClusterBed(States);

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task A_cluster_and_nodes_that_are_being_made_are_waited_for()
    {
        Put("cluster", "CREATING", "CREATING", "CREATING", "ACTIVE");
        Put("stack", "CREATE_IN_PROGRESS");
        Put("group", "CREATING", "CREATING", "ACTIVE");
        Put("groupstack", "CREATE_IN_PROGRESS");

        Assert.That(await _bed.RunAsync(Fleet), Is.EqualTo(new[] { "dp1 create KubeconfigContext context1" }));
        Assert.That(_bed.Last.Lines, Has.Some.EqualTo("[dp1] waiting for EKS cluster c: CREATING, for 0 s").And.Some.Contains("waiting for Node group flyte of c: CREATING"));
        Assert.That(_bed.Time.Pauses, Is.Not.Empty.And.All.EqualTo(TimeSpan.FromSeconds(15)));
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);
    }

    [Test]
    public async Task A_stack_that_has_no_cluster_yet_is_waited_for()
    {
        Put("cluster", "NONE", "NONE", "ACTIVE");
        Put("stack", "CREATE_IN_PROGRESS");
        Put("group", "ACTIVE");

        Assert.That(await _bed.RunAsync(Fleet), Is.EqualTo(new[] { "dp1 create KubeconfigContext context1" }));
        Assert.That(_bed.Last.Lines, Has.Some.Contains("waiting for EKS cluster c: CREATE_IN_PROGRESS"));
    }

    [Test]
    public async Task A_wait_tells_what_it_waits_for_every_two_minutes_and_ends_after_forty()
    {
        Put("cluster", "CREATING");

        await _bed.RunAsync(Fleet, withNodes: false);

        Assert.That(_bed.Last.Plane.Failure, Does.Contain("EKS cluster c is CREATING after 40 min"));
        Assert.That(_bed.Last.Lines.Count(line => line.Contains("waiting for EKS cluster c", StringComparison.Ordinal)), Is.EqualTo(20));
    }

    [TestCase("FAILED", "NONE", "EKS cluster c is FAILED (NodeCreationFailure: Instances failed to join the kubernetes cluster). Have it deleted (eksctl delete cluster --region eu-west-2 --name c --wait), and run again.")]
    [TestCase("NONE", "ROLLBACK_COMPLETE", "CloudFormation stack eksctl-c-cluster is ROLLBACK_COMPLETE (Cannot create it). Have it deleted (eksctl delete cluster")]
    [TestCase("CREATING", "CREATE_FAILED", "eksctl-c-cluster is CREATE_FAILED")]
    [TestCase("NONE", "CREATE_COMPLETE", "eksctl-c-cluster is CREATE_COMPLETE")]
    [TestCase("DELETING", "DELETE_IN_PROGRESS", "is being deleted. Wait until it is gone")]
    public async Task A_cluster_that_will_not_come_fails_with_what_to_do(string cluster, string stack, string said)
    {
        Put("cluster", cluster);
        Put("stack", stack);

        Assert.That(await _bed.RunAsync(Fleet), Is.Empty);
        Assert.That(_bed.Last.Plane.Failure, Does.Contain(said));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    [TestCase("CREATE_FAILED", "NONE", "Node group flyte of c is CREATE_FAILED (NodeCreationFailure: Instances failed to join the kubernetes cluster). Have it deleted (eksctl delete nodegroup --cluster c --region eu-west-2 --name flyte --wait), and run again.")]
    [TestCase("NONE", "ROLLBACK_COMPLETE", "CloudFormation stack eksctl-c-nodegroup-flyte is ROLLBACK_COMPLETE (Cannot create it). Have it deleted (eksctl delete nodegroup")]
    [TestCase("DELETING", "NONE", "is being deleted")]
    public async Task Nodes_that_will_not_come_fail_with_what_to_do(string group, string stack, string said)
    {
        Put("cluster", "ACTIVE");
        Put("group", group);
        Put("groupstack", stack);

        await _bed.RunAsync(Fleet);

        Assert.That(_bed.Last.Plane.Failure, Does.Contain(said));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    [Test]
    public async Task Degraded_nodes_are_told_and_are_there()
    {
        Put("cluster", "ACTIVE");
        Put("group", "DEGRADED");

        await _bed.RunAsync(Fleet);

        Assert.That(_bed.Last.Plane.Failure, Is.Null);
        Assert.That(_bed.Last.Context.Journal.Notes.Single(), Does.Contain("DEGRADED (NodeCreationFailure"));
    }

    [Test]
    public async Task A_cluster_without_add_ons_is_told_before_its_nodes_are_made()
    {
        Put("cluster", "ACTIVE");
        Put("group", "NONE", "ACTIVE");
        Put("addons", """{"addons": []}""");
        Eksctl("exit 0");

        Assert.That(await _bed.RunAsync(Fleet), Has.Some.EqualTo("dp1 create NodeGroup flyte"));
        Assert.That(_bed.Last.Context.Journal.Notes.Single(), Does.Contain("no EKS add-ons").And.Contain("eksctl create addon --cluster c --region eu-west-2 --name vpc-cni"));
    }

    [Test]
    public async Task A_cluster_that_somebody_else_begins_to_make_at_the_same_moment_is_waited_for()
    {
        Put("cluster", "NONE", "CREATING", "ACTIVE");
        Put("group", "ACTIVE");
        Eksctl("""
            echo '2026-01-02 03:04:05 [✖]  creating CloudFormation stack "eksctl-c-cluster": AlreadyExistsException: Stack [eksctl-c-cluster] already exists'
            echo 'Error: failed to create cluster "c"' >&2
            exit 1
            """);

        await _bed.RunAsync(Fleet, withNodes: false);

        Assert.That(_bed.Last.Plane.Failure, Is.Null);
        Assert.That(_bed.Last.Lines, Has.Some.Contains("somebody else makes EKS cluster c"));
    }

    [Test]
    public async Task Nodes_that_eksctl_gives_up_are_told_with_what_EKS_says()
    {
        Put("cluster", "ACTIVE");
        Put("group", "NONE", "CREATE_FAILED");
        Eksctl("echo 'Error: failed to create nodegroups for cluster \"c\"' >&2; exit 1");

        await _bed.RunAsync(Fleet);

        Assert.That(_bed.Last.Plane.Failure, Does.Contain("failed to create nodegroups").And.Contain("Instances failed to join").And.Contain("eksctl delete nodegroup"));
    }

    [Test]
    public async Task Eksctls_lines_are_told_under_the_planes_name_once_and_without_their_time()
    {
        Put("cluster", "NONE", "ACTIVE");
        Eksctl("""
            echo '2026-01-02 03:04:05 [ℹ]  waiting for CloudFormation stack "eksctl-c-cluster"'
            echo '2026-01-02 03:05:05 [ℹ]  waiting for CloudFormation stack "eksctl-c-cluster"'
            echo '2026-01-02 03:06:05 [!]  on standard error' >&2
            """);

        await _bed.RunAsync(Fleet, withNodes: false);

        Assert.That(_bed.Last.Lines.Where(line => line.Contains('[', StringComparison.Ordinal) && (line.Contains("stack", StringComparison.Ordinal) || line.Contains("standard error", StringComparison.Ordinal))),
            Is.EquivalentTo(new[] { "[dp1] [ℹ]  waiting for CloudFormation stack \"eksctl-c-cluster\"", "[dp1] [!]  on standard error" }));
    }

    [Test]
    public async Task Interrupted_while_eksctl_works_eksctl_is_ended_and_what_goes_on_is_told()
    {
        Put("cluster", "NONE");
        Eksctl("echo $$ >\"$(dirname \"$0\")/pid\"; echo begun; exec tail -f /dev/null");
        var run = _bed.Next(Fleet, withNodes: false);

        var running = new CreateCluster().RunAsync(run.Context);
        while (!run.Lines.Contains("[dp1] begun", StringComparer.Ordinal) && !running.IsCompleted)
            await Task.Yield();
        run.Interruption.Interrupt();

        Assert.That(() => running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(run.Context.Journal.Notes.Single(), Does.StartWith("dp1: eksctl was ended while it made EKS cluster c; CloudFormation may go on").And.Contain("The same command again waits for it"));
        Assert.That(run.Context.Gate.Changes, Is.Empty);
        Assert.That(Directory.Exists($"/proc/{File.ReadAllText(Path.Combine(_bed.Folder, "pid")).Trim()}"), Is.False);
    }

    [Test]
    public void Interrupted_at_the_question_nothing_is_made()
    {
        Put("cluster", "NONE");
        var run = _bed.Next(Fleet, withNodes: false);
        _bed.Terminal.AskAsync("", default).ReturnsForAnyArgs(call =>
        {
            run.Interruption.Interrupt();
            return new TaskCompletionSource<string?>().Task.WaitAsync(call.Arg<CancellationToken>());
        });

        Assert.That(() => new CreateCluster().RunAsync(run.Context), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    private static Fleet Fleet => NewClusterBed.Fleet(["c"], _ => ["subnet-a", "subnet-b"]);

    private void Put(string file, params string[] states) => File.WriteAllText(Path.Combine(_bed.Folder, file), string.Join('\n', states) + "\n");

    private void Eksctl(string script) => ExecutableFile.Write(Path.Combine(_bed.Folder, "eksctl"), $"#!/bin/sh\n{script}\n");
}
