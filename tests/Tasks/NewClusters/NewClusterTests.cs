using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Tools.Aws;
using Flyte.MultiCluster.Tests.Stubs;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>CreateCluster and CreateNodeGroup with the real aws CLI on moto, the real kubectl and eksctl's stub; each test has clusters of its own.</summary>
[Platform(Include = "Linux", Reason = "moto runs in a Debian tree.")]
internal sealed class NewClusterTests
{
    private static readonly RunOptions Plan = new() { Plan = true };

    private readonly Dictionary<string, IReadOnlyList<string>> _subnets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _vpcs = new(StringComparer.Ordinal);

    private MotoServer _moto = null!;
    private NewClusterBed _bed = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _moto = await MotoServer.StartAsync();
        using var bed = Bed();
        foreach (var region in AwsBed.Regions.Skip(1))
        {
            var subnets = bed.Aws("ec2", "describe-subnets", "--region", region)["Subnets"]!
                .AsArray()
                .OrderBy(subnet => (string)subnet!["AvailabilityZone"]!, StringComparer.Ordinal)
                .Take(2)
                .ToArray();
            _subnets[region] = [.. subnets.Select(subnet => (string)subnet!["SubnetId"]!)];
            _vpcs[region] = (string)subnets[0]!["VpcId"]!;
        }
    }

    [OneTimeTearDown]
    public void End() => _moto?.Dispose();

    [SetUp]
    public void Make() => _bed = Bed();

    [TearDown]
    public void Clean() => _bed?.Dispose();

    [Test]
    public async Task The_first_run_makes_all_that_its_plan_reported_and_the_second_changes_nothing()
    {
        var planned = await _bed.RunAsync(Fleet("all"), Plan);
        Assert.That(_bed.TakeCalls().Where(AwsBed.Writes), Is.Empty);
        Assert.That(_bed.View()["contexts"]!.AsArray(), Has.Count.EqualTo(1));
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);

        var first = await _bed.RunAsync(Fleet("all"));

        Assert.That(
            planned.Select(change => change.Replace(" (known after apply)", "", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "dp1 create EksCluster all", "dp1 create KubeconfigContext context1", "dp1 create OidcProvider", "dp1 create NodeGroup flyte" })
        );
        Assert.That(first, Has.Count.EqualTo(4));
        Assert.That(first.Select(change => change.Split(' ')[2]), Is.EqualTo(planned.Select(change => change.Split(' ')[2])));
        Assert.That(
            (string?)
                _bed.Aws("eks", "describe-nodegroup", "--region", "eu-west-2", "--cluster-name", "all", "--nodegroup-name", "flyte")["nodegroup"]![
                    "instanceTypes"
                ]![0],
            Is.EqualTo("t3.xlarge")
        );
        Assert.That(await _bed.RunAsync(Fleet("all")), Is.Empty);
        await _bed.Terminal.ReceivedWithAnyArgs(1).AskAsync("", default);
    }

    [Test]
    public async Task The_context_is_added_and_everything_else_in_the_kubeconfig_stays()
    {
        await _bed.RunAsync(Fleet("context"), withNodes: false);

        var view = _bed.View();
        var exec = NewClusterBed.Entry(view, "users", "context1")["user"]!["exec"]!;
        var cluster = _bed.Aws("eks", "describe-cluster", "--region", "eu-west-2", "--name", "context")["cluster"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)view["current-context"], Is.EqualTo("mine"));
            Assert.That((string?)NewClusterBed.Entry(view, "users", "mine")["user"]!["token"], Is.EqualTo("secret-of-mine"));
            Assert.That(NewClusterBed.Names(view, "contexts"), Is.EquivalentTo(new[] { "mine", "context1" }));
            Assert.That((string?)NewClusterBed.Entry(view, "clusters", "context1")["cluster"]!["server"], Is.EqualTo((string?)cluster["endpoint"]));
            Assert.That(
                (string?)NewClusterBed.Entry(view, "clusters", "context1")["cluster"]!["certificate-authority-data"],
                Is.EqualTo((string?)cluster["certificateAuthority"]!["data"])
            );
            Assert.That(
                $"{exec["command"]} {string.Join(' ', exec["args"]!.AsArray())}",
                Is.EqualTo("aws --region eu-west-2 eks get-token --cluster-name context --output json")
            );
            Assert.That(exec["env"], Is.Null);
        }
    }

    [Test]
    public async Task A_run_that_ended_between_cluster_and_nodes_is_finished_by_the_next()
    {
        await _bed.RunAsync(Fleet("half"), withNodes: false);

        var second = await _bed.RunAsync(Fleet("half"));

        Assert.That(second.Select(change => change.Split(' ')[2]), Is.EqualTo(new[] { "OidcProvider", "NodeGroup" }));
        await _bed
            .Terminal.Received(1)
            .AskAsync(
                Arg.Is<string>(question =>
                    question.Contains("node group flyte: 2 x t3.xlarge", StringComparison.Ordinal)
                    && !question.Contains("EKS cluster half: Kubernetes", StringComparison.Ordinal)
                ),
                Arg.Any<CancellationToken>()
            );
        Assert.That(_bed.Last.Context.Journal.Notes, Is.Empty);
    }

    [Test]
    public async Task One_bad_cluster_is_one_bad_cluster()
    {
        var fleet = Fleet("bad", "good");
        var bad = fleet.DataPlanes[0];
        fleet = fleet with
        {
            DataPlanes = [bad with { Cluster = bad.Cluster! with { Create = bad.Cluster!.Create! with { Version = "1.99" } } }, fleet.DataPlanes[1]],
        };

        var changes = await _bed.RunAsync(fleet);

        Assert.That(changes, Has.Count.EqualTo(4).And.All.StartsWith("dp2 "));
        Assert.That(
            _bed.Last.Context.Run.DataPlanes[0].Failure,
            Does.Contain("invalid version, 1.99 is not supported, supported values").And.Contain("run again").And.Not.Contain("--without-eksctl")
        );
        Assert.That(_bed.Last.Context.Run.DataPlanes[0].FailedIn, Is.EqualTo("CreateCluster"));
    }

    [Test]
    public async Task All_that_is_wrong_is_reported_at_once_before_any_write()
    {
        var fleet = Fleet("wrong1", "wrong2", "wrong3");
        string[][] subnets =
        [
            ["subnet-0", _subnets["eu-west-2"][0]],
            [_subnets["eu-central-1"][0]],
            [.. _subnets["us-east-1"]],
        ];
        fleet = fleet with
        {
            DataPlanes =
            [
                .. fleet.DataPlanes.Zip(
                    subnets,
                    (plane, ids) =>
                        plane with
                        {
                            Context = plane.Name == "dp3" ? "mine" : plane.Context,
                            Cluster = plane.Cluster! with { Create = plane.Cluster!.Create! with { PrivateSubnets = ids } },
                        }
                ),
            ],
        };
        var options = new RunOptions { WithoutEksctl = true };

        var problems = await RefusedAsync(fleet, options);

        Assert.That(problems, Has.Count.EqualTo(6), string.Join('\n', problems));
        Assert.That(
            problems,
            Has.Some.StartsWith("dp1: There is no subnet subnet-0 in eu-west-2")
                .And.Some.StartsWith("dp2: All its subnets are in one availability zone")
                .And.Some.Contains(
                    "already has a context 'mine'; it points to https://mine.example.com, and EKS cluster 'wrong3' does not exist yet. Name another "
                        + "context for dp3"
                )
                .And.Some.StartsWith("--without-eksctl: Clusters and node groups are created with eksctl only")
        );
        Assert.That(_bed.TakeCalls().Where(AwsBed.Writes), Is.Empty);
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);
    }

    [Test]
    public async Task Only_planes_with_create_are_made_and_the_others_are_left_alone()
    {
        var fleet = Fleet("some", "none");
        fleet = fleet with { DataPlanes = [fleet.DataPlanes[0], fleet.DataPlanes[1] with { Cluster = fleet.DataPlanes[1].Cluster! with { Create = null } }] };

        Assert.That(await _bed.RunAsync(fleet), Has.Count.EqualTo(4).And.All.StartsWith("dp1 "));
        Assert.That(
            _bed.Last.Lines,
            Has.Some.EqualTo("[dp2] nothing to do: the fleet does not describe how to create it (dataPlanes[].create: {version: …, privateSubnets: […]})")
        );
    }

    [Test]
    public async Task Nodes_come_to_a_cluster_that_eksctl_did_not_make()
    {
        _bed.Aws(
            "eks",
            "create-cluster",
            "--region",
            "eu-west-2",
            "--name",
            "hand",
            "--kubernetes-version",
            "1.33",
            "--role-arn",
            "arn:aws:iam::123456789012:role/eks",
            "--resources-vpc-config",
            $"subnetIds={string.Join(',', _subnets["eu-west-2"])}"
        );

        var planned = await _bed.RunAsync(Fleet("hand"), Plan);
        var line = _bed.Last.Lines.Single(one => one.Contains("create NodeGroup flyte", StringComparison.Ordinal));
        var first = await _bed.RunAsync(Fleet("hand"));

        Assert.That(
            line,
            Does.Contain("which eksctl did not create (no CloudFormation stack eksctl-hand-cluster)")
                .And.Contain($"VPC {_vpcs["eu-west-2"]}, security group sg-hand and subnets {string.Join(", ", _subnets["eu-west-2"])}")
        );
        Assert.That(first, Is.EqualTo(planned).And.Some.EqualTo("dp1 create NodeGroup flyte"), _bed.Last.Plane.Failure);
        Assert.That(
            _bed.Aws("eks", "describe-nodegroup", "--region", "eu-west-2", "--cluster-name", "hand", "--nodegroup-name", "flyte")["nodegroup"]!["subnets"]!
                .AsArray()
                .Select(subnet => (string)subnet!),
            Is.EquivalentTo(_subnets["eu-west-2"])
        );
        Assert.That(await _bed.RunAsync(Fleet("hand")), Is.Empty);
    }

    [Test]
    public async Task The_commands_that_a_rolled_back_creation_is_reported_with_do_delete_it()
    {
        _bed.Aws("cloudformation", "create-stack", "--stack-name", "eksctl-back-cluster", "--enable-termination-protection");
        await _bed.RunAsync(Fleet("back"));
        var commands = System
            .Text.RegularExpressions.Regex.Match(_bed.Last.Plane.Failure!, @"\((?<commands>aws [^)]*)\), and run again\.$")
            .Groups["commands"]
            .Value;

        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-ec", commands])
            {
                UseShellExecute = false,
                Environment = { ["PATH"] = $"{_bed.Folder}:/usr/bin:/bin" },
            }
        )!;
        await shell.WaitForExitAsync();

        Assert.That(
            (commands, shell.ExitCode),
            Is.EqualTo(
                (
                    "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name eksctl-back-cluster --region "
                        + "eu-west-2 && aws cloudformation delete-stack --stack-name eksctl-back-cluster --region eu-west-2 && aws cloudformation "
                        + "wait stack-delete-complete --stack-name eksctl-back-cluster --region eu-west-2",
                    0
                )
            )
        );
        Assert.That(await _bed.RunAsync(Fleet("back")), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task With_an_eksctl_whose_default_is_Auto_Mode_the_same_is_made()
    {
        Stub("newer");

        Assert.That(await _bed.RunAsync(Fleet("newer")), Has.Count.EqualTo(4), _bed.Last.Plane.Failure);
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_bed.Folder, "addons-newer")), Is.SupersetOf(new[] { "vpc-cni", "kube-proxy", "coredns" }));
    }

    private void Stub(string option) =>
        _bed.Eksctl($"EKSCTL_STUB={option} PATH='{_bed.Folder}':$PATH exec '{Path.Combine(StubTools.Folder, "eksctl")}' \"$@\"");

    private NewClusterBed Bed()
    {
        var bed = new NewClusterBed(NewClusterBed.Moto(_moto.Aws));
        foreach (var (region, vpc) in _vpcs)
            bed.Put($"vpc-{region}", vpc);
        return bed;
    }

    private Fleet Fleet(params string[] names) => NewClusterBed.Fleet(names, region => _subnets[region]);

    private async Task<List<string>> RefusedAsync(Fleet fleet, RunOptions? options = null)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _bed.RunAsync(fleet, options));
        return [.. refused!.Problems.Select(problem => problem.ToString())];
    }
}
