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

    private Task<string> WrittenAsync(string file) =>
        File.ReadAllTextAsync(Directory.EnumerateFiles(Path.Combine(Bed.Folder, "artifacts"), file, SearchOption.AllDirectories).Single());

    private Task<Finished> RunAsync(string fleet, params string[] arguments) => Bed.RunAsync([$"--fleet={fleet}", .. arguments]);
}
