using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The whole program on AWS, as a person runs it: real aws CLI on moto, real helm and kubectl on the sandbox.</summary>
[TestFixture, Platform(Include = "Linux", Reason = "moto runs in a Debian tree.")]
internal sealed class AwsFleetTests
{
    private const string Arn = "arn:aws:iam::123456789012:role/";

    private AwsFleet _fleet = null!;

    private string TwoRoles => _fleet.File(1, "two", "two");

    private string ThreeRoles => _fleet.File(3, "aws");

    private StageBed Bed => _fleet.Bed;

    [OneTimeSetUp]
    public async Task Start()
    {
        _fleet = await AwsFleet.StartAsync();
        await Bed.ResetAsync();
        var before = await Bed.WritesAsync();
        _fleet.TakeWrites();

        var plan = (await RunAsync(TwoRoles, "--plan", "--without-eksctl")).Expect(0);
        Assert.That(_fleet.TakeWrites(), Is.Empty, "A plan reads.");
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(before));
        Assert.That(
            await WrittenAsync("values-dataplane-dataplane_1.yaml"),
            Does.Contain($"{AwsFleet.Annotation}: '(known after apply: role two-dp)'")
                .Or.Contain($"{AwsFleet.Annotation}: \"(known after apply: role two-dp)\"")
        );
        Assert.That(plan.Changes, Does.Contain("aws create IamRole two-dp"));
        Assert.That(plan.Difference("aws", "TrustPolicy"), Does.Contain("+      \"Action\": \"sts:AssumeRoleWithWebIdentity\","));

        // Day 1: one cluster, two roles. Day 2: two more clusters, and three roles.
        var day1 = (await RunAsync(TwoRoles, "--without-eksctl", $"--expect={plan.PlanDigest}")).Expect(0);
        Assert.That(day1.Changes, Is.EquivalentTo(plan.Changes));
        Assert.That(
            (await _fleet.RoleAsync(1, "flyte", "flytepropeller"), await _fleet.RoleAsync(1, "flytesnacks-staging", "default")),
            Is.EqualTo(($"{Arn}two-dp", $"{Arn}two-dp"))
        );
        (await RunAsync(ThreeRoles)).Expect(0);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (_fleet is not null)
            await _fleet.DisposeAsync();
    }

    [Test]
    public async Task The_roles_are_on_the_service_accounts_of_every_cluster()
    {
        Assert.That(
            (await _fleet.RoleAsync(0, "flyte", "flyteadmin"), await _fleet.RoleAsync(0, "flyte", "datacatalog")),
            Is.EqualTo(($"{Arn}aws-cp", $"{Arn}aws-cp"))
        );
        foreach (var plane in new[] { 1, 2, 3 })
        {
            Assert.That(await _fleet.RoleAsync(plane, "flyte", "flytepropeller"), Is.EqualTo($"{Arn}aws-dp"), $"dataplane_{plane}");
            Assert.That(await _fleet.RoleAsync(plane, "flytesnacks-staging", "default"), Is.EqualTo($"{Arn}aws-w"), $"dataplane_{plane}");
        }
    }

    [Test]
    public async Task A_second_run_changes_nothing_and_writes_nothing()
    {
        var writes = await Bed.WritesAsync();
        _fleet.TakeWrites();

        var run = (await RunAsync(ThreeRoles)).Expect(0);
        var alone = (await RunAsync(ThreeRoles, "--target=UpgradeControlPlane", "--exclusive", "--plan", "--detailed-exitcode")).Expect(0);

        Assert.That(run.Changes.Concat(alone.Changes), Is.Empty);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(_fleet.TakeWrites(), Is.Empty);
    }

    [Test]
    public async Task Verify_finds_all_in_order_and_writes_nothing()
    {
        var writes = await Bed.WritesAsync();
        _fleet.TakeWrites();

        var document = VerifyTests.Document((await RunAsync(ThreeRoles, "--target=Verify", "--output=json")).Expect(0));

        Assert.That(VerifyTests.Found(document, "failed", "warning"), Is.Empty, document.ToJsonString());
        Assert.That(
            VerifyTests.Found(document, "skipped"),
            Is.EqualTo(new[] { "propeller-login", "workload-identity" }),
            "Login is off, and the other is Google Cloud's."
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(_fleet.TakeWrites(), Is.Empty);
    }

    [TestCaseSource(typeof(AwsFault), nameof(AwsFault.All))]
    public async Task What_is_broken_is_found_by_its_own_check_and_by_no_other(AwsFault fault)
    {
        var undo = await fault.BreakAsync(_fleet);

        var run = await RunAsync(ThreeRoles, "--target=Verify", "--output=json");
        await undo();

        var document = VerifyTests.Document(run);
        Assert.That(VerifyTests.Found(document, "failed", "warning").Distinct(), Is.EqualTo(new[] { fault.Check }), run.Output);
        Assert.That(run.ExitCode, Is.EqualTo(VerifyTests.Found(document, "failed").Any() ? ExitCode.Failed : ExitCode.Done));
    }

    [Test]
    public async Task Another_fleet_of_this_control_plane_does_not_change_the_roles_of_clusters_that_it_does_not_name()
    {
        var run = (await RunAsync(_fleet.File(1, "other"), "--target=WriteValuesOverride")).Expect(ExitCode.Refused);

        Assert.That(
            run.Output,
            Does.Contain("clusters that this fleet does not name (dataplane_2, dataplane_3)").And.Contain($"{Arn}aws-w").And.Contain("role other-w")
        );
        Assert.That(await _fleet.RoleAsync(0, "flyte", "flyteadmin"), Is.EqualTo($"{Arn}aws-cp"));
    }

    [Test]
    public async Task A_removed_cluster_is_out_of_every_trust_policy_and_all_other_statements_stay()
    {
        var before = Trusted();
        (await RunAsync(ThreeRoles, "--target=DrainDataPlane", "--cluster=dataplane_3", "--move-label=label3=dataplane_1")).Expect(0);

        var run = (await RunAsync(ThreeRoles, "--target=RemoveDataPlane", "--cluster=dataplane_3")).Expect(0);

        var after = Trusted();
        var twice = (await RunAsync(ThreeRoles, "--target=RemoveDataPlane", "--cluster=dataplane_3")).Expect(0);
        (await RunAsync(ThreeRoles, "--undrain")).Expect(0);
        Assert.That(run.Changes, Is.SupersetOf(new[] { "aws update TrustPolicy aws-dp", "aws update TrustPolicy aws-w" }));
        Assert.That(run.Changes, Has.None.EqualTo("aws update TrustPolicy aws-cp"));
        Assert.That(after["aws-cp"], Is.EqualTo(before["aws-cp"]));
        Assert.That(after["aws-dp"], Is.EqualTo(before["aws-dp"].Take(2)));
        Assert.That(after["aws-w"], Is.EqualTo(before["aws-w"].Take(2)));
        Assert.That(twice.Changes, Is.Empty);
        Assert.That(Trusted(), Is.EqualTo(before));
    }

    private Dictionary<string, string[]> Trusted() =>
        new[] { "aws-cp", "aws-dp", "aws-w" }.ToDictionary(
            role => role,
            role =>
                PolicyJson
                    .Statements((JsonObject)_fleet.Aws($"iam get-role --role-name {role}")["Role"]!["AssumeRolePolicyDocument"]!)
                    .Select(PolicyJson.Text)
                    .ToArray(),
            StringComparer.Ordinal
        );

    private Task<string> WrittenAsync(string file) =>
        File.ReadAllTextAsync(Directory.EnumerateFiles(Path.Combine(Bed.Folder, "artifacts"), file, SearchOption.AllDirectories).Single());

    private Task<Finished> RunAsync(string fleet, params string[] arguments) => Bed.RunAsync([$"--fleet={fleet}", .. arguments]);
}
