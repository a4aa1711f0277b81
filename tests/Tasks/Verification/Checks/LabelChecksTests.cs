using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tasks.Verification.Checks;
using Flyte.MultiCluster.Tests.Common.Run;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification.Checks;

/// <summary>What the checks say of labels: those that are loaded, and those that FlyteAdmin stores.</summary>
internal sealed class LabelChecksTests
{
    private static readonly LabelScope Team = new("team1", "development");

    private static readonly ClusterConfigs Loaded = new(
        [new ClusterEntry("dp1", "https://dp1", true, false, null, null), new ClusterEntry("other", "https://other", false, false, null, null)],
        new Dictionary<string, IReadOnlyList<WeightedCluster>>(StringComparer.Ordinal) { ["label1"] = [new("dp1", 1)] },
        null
    );

    private static readonly Fleet Spec = SomeFleet.Of(1) with { ExecutionLabels = [new ExecutionLabel(Team, "label1", "fleet.yaml:9:3")] };

    [Test]
    public void Rows_that_are_the_fleets_and_known_are_ok() => Assert.That(Look((Team, "label1")).Single().Status, Is.EqualTo(CheckStatus.Ok));

    [Test]
    public void A_row_that_the_fleet_does_not_name_is_no_mistake() =>
        Assert.That(Look((Team, "label1"), (new LabelScope("team2"), "label1")).Single().Status, Is.EqualTo(CheckStatus.Ok));

    [Test]
    public void A_typo_by_hand_in_a_row_of_the_fleet_is_one_finding()
    {
        var finding = Look((Team, "lable1")).Single();

        Assert.That(
            (finding.Status, finding.Found),
            Is.EqualTo((CheckStatus.Failed, "team1/development has label 'lable1', which labelClusterMap does not have: it runs on any cluster."))
        );
        Assert.That(finding.Remedy, Does.Contain("UpdateExecutionClusterLabels").And.Contain("'label1'"));
    }

    [Test]
    public void A_typo_in_another_row_is_reported_with_the_nearest_label() =>
        Assert.That(
            Look((Team, "label1"), (new LabelScope("team2", "production", "core.hello"), "lable1")).Single().Remedy,
            Does.StartWith("Did you mean 'label1'?")
        );

    [Test]
    public void A_row_that_is_missing_is_found() =>
        Assert.That(Look().Single().Found, Is.EqualTo("team1/development has no label; in the fleet it has 'label1'."));

    [Test]
    public async Task Without_an_address_of_FlyteAdmin_both_checks_are_skipped_and_say_so()
    {
        using var run = Run(null);

        var results = (
            await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new FlyteAdminAnswerCheck(), new ExecutionLabelsCheck()], default)
        ).Results;

        Assert.That(results.Select(result => result.Status), Is.All.EqualTo(CheckStatus.Skipped));
        Assert.That(results.Select(result => result.Found), Is.All.Contains("not configured"));
    }

    [Test]
    public async Task A_FlyteAdmin_that_does_not_answer_fails_its_own_check_alone()
    {
        var admin = Substitute.For<IFlyteAdmin>();
        admin.VersionAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new FlyteAdminException("GET /api/v1/version", null, string.Empty, "Connection refused"));
        using var run = Run(admin);

        var results = (
            await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new FlyteAdminAnswerCheck(), new ExecutionLabelsCheck()], default)
        ).Results;

        Assert.That(results.Select(result => result.Status), Is.EqualTo(new[] { CheckStatus.Failed, CheckStatus.Skipped }));
        Assert.That(results[0].Found, Does.Contain("Connection refused"));
    }

    [Test]
    public async Task What_FlyteAdmin_stores_is_compared()
    {
        var admin = Substitute.For<IFlyteAdmin>();
        admin.VersionAsync(Arg.Any<CancellationToken>()).Returns("v1.16.8");
        admin.ExecutionLabelsAsync(Arg.Any<CancellationToken>()).Returns(new Dictionary<LabelScope, string> { [Team] = "lable1" });
        using var run = Run(admin);

        var results = (
            await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new FlyteAdminAnswerCheck(), new ExecutionLabelsCheck()], default)
        ).Results;

        Assert.That(results.Select(result => result.Status), Is.EqualTo(new[] { CheckStatus.Ok, CheckStatus.Failed }));
        Assert.That(results[0].Found, Does.StartWith("v1.16.8 at "));
    }

    [TestCase(false, CheckStatus.Failed)]
    [TestCase(true, CheckStatus.Ok)]
    public async Task A_row_that_a_pruning_run_has_yet_to_put_back_is_found(bool isBack, CheckStatus expected)
    {
        var theirs = new LabelScope("team2", "production");
        var admin = Substitute.For<IFlyteAdmin>();
        admin.VersionAsync(Arg.Any<CancellationToken>()).Returns("v1.16.8");
        admin
            .ExecutionLabelsAsync(Arg.Any<CancellationToken>())
            .Returns(
                isBack
                    ? new Dictionary<LabelScope, string> { [Team] = "label1", [theirs] = "label1" }
                    : new Dictionary<LabelScope, string> { [Team] = "label1" }
            );
        using var run = Run(admin);
        run.ControlServer.Put(
            $"/api/v1/namespaces/flyte/configmaps/{LabelRecord.Name}",
            $$"""{"data": {"restore-{{LabelRecord.Key(theirs)}}": "{\"project\": \"team2\", \"domain\": \"production\", \"label\": \"label1\"}"} }"""
        );

        var result = (
            await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new FlyteAdminAnswerCheck(), new ExecutionLabelsCheck()], default)
        ).Results[1];

        Assert.That(result.Status, Is.EqualTo(expected));
        if (!isBack)
            Assert.That(
                $"{result.Found} {result.Remedy}",
                Is.EqualTo(
                    "team2/production has no label: --prune-labels was interrupted before it restored 'label1'. Run "
                        + "UpdateExecutionClusterLabels, which restores it."
                )
            );
    }

    private static IReadOnlyList<Finding> Look(params (LabelScope Scope, string Label)[] rows) =>
        ExecutionLabelsCheck.Look(Spec, Loaded, rows.ToDictionary(row => row.Scope, row => row.Label), RecordedLabels.Of(null));

    private static TestRun Run(IFlyteAdmin? admin)
    {
        var run = new TestRun(fleet: Spec, admin: admin);
        run.ControlServer.Put("/version", """{"gitVersion": "v1.36.0"}""")
            .Put(
                "/api/v1/namespaces/flyte/configmaps/flyte-admin-clusters-config",
                """{"data": {"clusters.yaml": "clusters: {labelClusterMap: {label1: [{id: dp1, weight: 1}]}, clusterConfigs: [{name: dp1, endpoint: 'https://dp1', enabled: true}]}"} }"""
            );
        return run;
    }
}
