using Flyte.MultiCluster.Tests.Common.Tools.Aws;
using Flyte.MultiCluster.Tests.Tasks.NewClusters;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stubs;

/// <summary>eksctl's stub is held to what eksctl 0.230.0 was seen to do.</summary>
[Platform(Include = "Linux", Reason = "moto runs in a Debian tree.")]
internal sealed class EksctlStubTests
{
    private const string Region = "eu-west-1";
    private const string Nowhere = "https://127.0.0.1:1";

    private MotoServer _moto = null!;
    private NewClusterBed _bed = null!;
    private string[] _subnets = null!;

    [OneTimeSetUp]
    public async Task Start() => _moto = await MotoServer.StartAsync();

    [OneTimeTearDown]
    public void End() => _moto?.Dispose();

    [SetUp]
    public void Make()
    {
        _bed = new NewClusterBed(NewClusterBed.Moto(_moto.Aws));
        var subnets = _bed.Aws("ec2", "describe-subnets", "--region", Region)["Subnets"]!.AsArray();
        _bed.Put($"vpc-{Region}", (string)subnets[0]!["VpcId"]!);
        _subnets = [.. subnets.Take(2).Select(subnet => $"\"{subnet!["AvailabilityZone"]}\": {{\"id\": \"{subnet["SubnetId"]}\"}}")];
    }

    [TearDown]
    public void Clean() => _bed?.Dispose();

    [Test]
    public async Task Its_version_is_a_line_without_a_word() => Assert.That(await RunAsync("", "version"), Is.EqualTo((0, "0.230.0\n", "")));

    [Test]
    public async Task Lines_go_to_standard_output_with_their_time_and_the_last_error_alone_to_standard_error()
    {
        await ClusterAsync("streams");

        var again = await ClusterAsync("streams");

        Assert.That(again.ExitCode, Is.EqualTo(1));
        Assert.That(again.Errors, Is.EqualTo("Error: failed to create cluster \"streams\"\n"));
        Assert.That(
            again.Output,
            Does.Match(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[ℹ\]  using region")
                .And.Match(@"(?m)\[ℹ\]  $")
                .And.Match(@"\[✖\]  creating CloudFormation stack .*AlreadyExistsException")
        );
    }

    [Test]
    public async Task A_cluster_is_a_protected_stack_and_has_its_add_ons()
    {
        Assert.That((await ClusterAsync("made")).ExitCode, Is.Zero);

        Assert.That(
            (bool)_bed.Aws("cloudformation", "describe-stacks", "--stack-name", "eksctl-made-cluster")["Stacks"]![0]!["EnableTerminationProtection"]!,
            Is.True
        );
        Assert.That(
            await File.ReadAllLinesAsync(Path.Combine(_bed.Folder, "addons-made")),
            Is.EqualTo(new[] { "vpc-cni", "kube-proxy", "coredns", "metrics-server" })
        );
    }

    [Test]
    public async Task It_offers_1_35_and_refuses_what_EKS_does_not_offer()
    {
        Assert.That((await ClusterAsync("offered", version: "1.35")).ExitCode, Is.Zero);

        var refused = await ClusterAsync("refused", version: "1.99");

        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Errors, Does.StartWith("Error: resolving cluster version: invalid version, 1.99 "));
    }

    [Test]
    public async Task It_warns_of_Auto_Mode_unless_a_config_file_says_no()
    {
        Assert.That((await ClusterAsync("said")).Output, Does.Not.Contain("Auto Mode"));
        Assert.That((await ClusterAsync("unsaid", autoMode: "")).Output, Does.Contain("Auto Mode will be enabled by default"));
    }

    [Test]
    public async Task A_newer_one_makes_no_networking_add_ons_unless_a_config_file_says_no()
    {
        await ClusterAsync("newer", autoMode: "", stub: "newer");
        await ClusterAsync("newer-no", stub: "newer");

        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_bed.Folder, "addons-newer")), Is.EqualTo(new[] { "metrics-server" }));
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_bed.Folder, "addons-newer-no")), Does.Contain("vpc-cni"));
    }

    [Test]
    public async Task Without_the_API_server_a_cluster_is_made_with_a_warning_and_nodes_are_not()
    {
        _bed.Put("endpoint", Nowhere);

        var cluster = await ClusterAsync("away");
        var nodes = await NodesAsync("away");

        Assert.That((cluster.ExitCode, nodes.ExitCode), Is.EqualTo((0, 1)));
        Assert.That(cluster.Output, Does.Contain("[!]  cluster's API server is not reachable"));
        Assert.That(nodes.Errors, Does.StartWith("Error: eksctl requires connectivity to the API server"));
        Assert.That(File.Exists(Path.Combine(_bed.Folder, "stacks", "eksctl-away-nodegroup-flyte")), Is.False);
    }

    [Test]
    public async Task A_node_group_is_a_stack_and_one_that_is_there_is_excluded()
    {
        await ClusterAsync("nodes");

        Assert.That((await NodesAsync("nodes")).ExitCode, Is.Zero);
        Assert.That(File.Exists(Path.Combine(_bed.Folder, "stacks", "eksctl-nodes-nodegroup-flyte")), Is.True);
        var again = await NodesAsync("nodes");
        Assert.That((again.ExitCode, again.Errors), Is.EqualTo((0, "")));
        Assert.That(again.Output, Does.Contain("1 existing nodegroup(s) (flyte) will be excluded"));
    }

    [Test]
    public async Task On_a_cluster_that_it_did_not_make_it_makes_nodes_by_a_config_file_with_the_VPC_alone()
    {
        Foreign("foreign");

        var options = await NodesAsync("foreign");
        var file = await RunAsync(
            Config(
                "foreign",
                $"\"vpc\": {{\"id\": \"{Vpc}\", \"securityGroup\": \"sg-1\", \"subnets\": {{\"private\": {{{string.Join(", ", _subnets)}}}}}}}, "
                    + "\"managedNodeGroups\": [{\"name\": \"flyte\", \"instanceType\": \"t3.xlarge\", \"desiredCapacity\": 2, \"privateNetworking\": true}]"
            ),
            "create",
            "nodegroup",
            "-f",
            "-"
        );

        Assert.That((options.ExitCode, file.ExitCode), Is.EqualTo((1, 0)), file.Errors);
        Assert.That(
            options.Errors,
            Does.Contain("VPC configuration required for creating nodegroups on clusters not owned by eksctl: vpc.subnets, vpc.id, vpc.securityGroup")
        );
    }

    [TestCase("{\"kind\": \"ClusterConfig\"", "loading config file")]
    [TestCase("{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}", "no kind \"Pod\"")]
    [TestCase("{\"apiVersion\": \"eksctl.io/v1alpha5\", \"kind\": \"ClusterConfig\", \"metadata\": {\"name\": \"x\"}}", "metadata.region must be set")]
    [TestCase("{\"apiVersion\": \"eksctl.io/v1alpha5\", \"kind\": \"ClusterConfig\", \"autoMode\": true}", "unknown field \"autoMode\"")]
    public async Task A_config_file_that_is_none_is_refused(string config, string said)
    {
        var refused = await RunAsync(config, "create", "cluster", "-f", "-");

        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Errors, Does.StartWith("Error: ").And.Contain(said));
    }

    [Test]
    public async Task What_stands_in_the_config_file_is_no_option() =>
        Assert.That(
            (await RunAsync(Config("x", "\"vpc\": {}"), "create", "cluster", "-f", "-", "--region", Region)).Errors,
            Is.EqualTo("Error: cannot use --region when --config-file/-f is set\n")
        );

    [Test]
    public async Task It_cannot_delete_what_it_rolled_back()
    {
        _bed.Aws("cloudformation", "create-stack", "--stack-name", "eksctl-rolled-cluster");

        var delete = await RunAsync("", "delete", "cluster", "--region", Region, "--name", "rolled", "--wait");
        var force = await RunAsync("", "delete", "cluster", "--region", Region, "--name", "rolled", "--force");

        Assert.That((delete.ExitCode, force.ExitCode), Is.EqualTo((1, 2)));
        Assert.That(delete.Errors, Does.Match("Error: unable to describe cluster control plane: .*ResourceNotFoundException"));
        Assert.That(force.Errors, Does.StartWith("panic:"));
    }

    [Test]
    public async Task It_cannot_delete_a_cluster_whose_API_server_does_not_answer()
    {
        await ClusterAsync("silent");
        _bed.Put("endpoint", Nowhere);

        Assert.That((await RunAsync("", "delete", "cluster", "--region", Region, "--name", "silent", "--wait")).ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task An_OIDC_provider_is_associated_once_and_needs_the_issuers_host()
    {
        Foreign("issuer");
        string[] arguments = ["utils", "associate-iam-oidc-provider", "--cluster", "issuer", "--region", Region, "--approve"];

        var unreachable = await RunAsync("", "no-issuer", arguments);
        Assert.That(unreachable.ExitCode, Is.EqualTo(1));
        Assert.That(unreachable.Errors, Does.StartWith("Error: connecting to issuer OIDC"));
        Assert.That((await RunAsync("", arguments)).ExitCode, Is.Zero);
        var again = await RunAsync("", arguments);
        Assert.That(again.ExitCode, Is.Zero);
        Assert.That(again.Output, Does.Contain("already associated"));
    }

    [Test]
    public async Task A_role_needs_a_provider_and_one_whose_stack_is_there_is_excluded()
    {
        Foreign("role");
        _bed.Aws(
            "iam",
            "create-policy",
            "--region",
            Region,
            "--policy-name",
            "stub-policy",
            "--policy-document",
            """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}"""
        );
        string[] arguments =
        [
            "create",
            "iamserviceaccount",
            "--name",
            "flyteadmin",
            "--namespace",
            "flyte",
            "--role-only",
            "--role-name",
            "stub-role",
            "--attach-policy-arn",
            "arn:aws:iam::123456789012:policy/stub-policy",
            "--cluster",
            "role",
            "--region",
            Region,
            "--approve",
        ];
        Assert.That((await RunAsync("", arguments)).ExitCode, Is.EqualTo(1));
        await RunAsync("", "utils", "associate-iam-oidc-provider", "--cluster", "role", "--region", Region, "--approve");

        var first = await RunAsync("", arguments);
        Assert.That(first.ExitCode, Is.Zero, first.Errors);
        var again = await RunAsync("", arguments);

        Assert.That(again.ExitCode, Is.Zero);
        Assert.That(again.Output, Does.Contain("was excluded").And.Contain("no tasks"));
    }

    private string Vpc => File.ReadAllText(Path.Combine(_bed.Folder, $"vpc-{Region}")).Trim();

    private void Foreign(string name) =>
        _bed.Aws(
            "eks",
            "create-cluster",
            "--region",
            Region,
            "--name",
            name,
            "--role-arn",
            "arn:aws:iam::123456789012:role/eks",
            "--resources-vpc-config",
            "subnetIds=subnet-1,subnet-2"
        );

    private Task<(int ExitCode, string Output, string Errors)> ClusterAsync(
        string name,
        string version = "1.33",
        string autoMode = "\"autoModeConfig\": {\"enabled\": false}, ",
        string stub = ""
    ) =>
        RunAsync(
            Config(name, $"{autoMode}\"vpc\": {{\"subnets\": {{\"private\": {{{string.Join(", ", _subnets)}}}}}}}", version),
            stub,
            ["create", "cluster", "-f", "-", "--without-nodegroup", "--write-kubeconfig=false"]
        );

    private Task<(int ExitCode, string Output, string Errors)> NodesAsync(string name) =>
        RunAsync(
            "",
            "create",
            "nodegroup",
            "--cluster",
            name,
            "--region",
            Region,
            "--name",
            "flyte",
            "--node-type",
            "t3.xlarge",
            "--nodes",
            "2",
            "--managed",
            "--node-private-networking"
        );

    private static string Config(string name, string rest, string? version = null) =>
        $"{{\"apiVersion\": \"eksctl.io/v1alpha5\", \"kind\": \"ClusterConfig\", \"metadata\": {{\"name\": \"{name}\", \"region\": "
        + $"\"{Region}\"{(version is null ? "" : $", \"version\": \"{version}\"")}}}, {rest}}}";

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(string input, params string[] arguments) => RunAsync(input, "", arguments);

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(string input, string stub, string[] arguments) =>
        StubTools.RunAsync("/usr/bin/env", input, [$"EKSCTL_STUB={stub}", Path.Combine(_bed.Folder, "eksctl"), .. arguments]);
}
