using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tasks.Verification.Checks;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Docs;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification;

/// <summary>Checks run at once and share what they read.</summary>
internal sealed class VerifyRunnerTests
{
    private const string ClustersMap = "/api/v1/namespaces/flyte/configmaps/flyte-admin-clusters-config";

    [Test]
    public void Every_check_has_a_name_of_its_own_and_a_row_in_the_documents() =>
        Assert.That(
            Repository.Table(Repository.Section("docs/operations.md", "Verify")).Select(row => (row[0], row[1])),
            Is.EqualTo(CheckCatalog.All.Select(check => (check.Name, Describe(check.When))))
        );

    [TestCaseSource(nameof(Catalogue))]
    public void The_documents_say_what_a_check_checks_in_its_own_words(ICheck check)
    {
        var what = Repository.Table(Repository.Section("docs/operations.md", "Verify")).Single(row => row[0] == check.Name)[2];

        Assert.That(what, Does.StartWith(check.What));
        Assert.That(what, check.Severity == CheckSeverity.Warns ? Does.Contain("a warning") : Is.Not.Empty);
    }

    [Test]
    public void A_check_fails_a_cluster_or_refuses_a_run_only_where_it_runs_before_a_change() =>
        Assert.That(
            CheckCatalog.All.Where(check => check.When.HasFlag(CheckTime.BeforeChange) != check.Severity > CheckSeverity.Fails).Select(check => check.Name),
            Is.Empty
        );

    [Test]
    public void What_runs_before_the_first_change_is_what_the_preflight_runs() =>
        Assert.That(
            PreflightChecks.All.Select(check => check.Name),
            Is.EquivalentTo(CheckCatalog.All.Where(check => check.When.HasFlag(CheckTime.BeforeChange)).Select(check => check.Name))
        );

    [Test]
    public void What_Verify_runs_is_what_says_so() =>
        Assert.That(
            CheckCatalog.WithSmoke.Select(check => check.Name),
            Is.EqualTo(CheckCatalog.All.Where(check => check.When.HasFlag(CheckTime.Verify)).Select(check => check.Name))
        );

    [Test]
    public void A_check_names_checks_that_there_are_as_coming_before_it() =>
        Assert.That(
            CheckCatalog.All.SelectMany(check => check.BlockedBy).Distinct(StringComparer.Ordinal),
            Is.SubsetOf(CheckCatalog.All.Select(check => check.Name))
        );

    [Test]
    public async Task An_object_is_read_once_for_all_checks()
    {
        using var run = Joined("""label1: [{id: dp1, weight: 1}]""");

        await VerifyRunner.RunAsync(
            run.Context,
            run.Get<VerifyTools>(),
            [new LabelsCheck(), new WeightsCheck(), new SecretKeysCheck(), new TokenFormatCheck()],
            default
        );

        Assert.That(run.ControlServer.Calls.GroupBy(call => call.Path).Where(calls => calls.Count() > 1).Select(calls => calls.Key), Is.Empty);
        Assert.That(run.ControlServer.Calls.Select(call => call.Path), Does.Contain(ClustersMap));
        Assert.That(run.ControlServer.Writes, Is.Empty);
    }

    [Test]
    public async Task Results_come_in_the_checks_order_and_the_fleets()
    {
        using var run = Joined("""label1: [{id: dp1, weight: 1}]""", dataPlanes: 3);

        var results = (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new DefinitionCheck(), new ReachableCheck()], default)).Results;

        Assert.That(
            results.Select(result => $"{result.Check} {result.Cluster}"),
            Is.EqualTo(new[] { "crd dp1", "crd dp2", "crd dp3", "reachable controlplane", "reachable dp1", "reachable dp2", "reachable dp3" })
        );
    }

    [Test]
    public async Task A_check_that_stops_is_a_failed_one_and_no_end_of_the_others()
    {
        using var run = Joined("""label1: [{id: dp1, weight: 1}]""");
        var broken = Substitute.For<ICheck<VerifyContext>>();
        broken.Name.Returns("broken");
        broken
            .RunAsync(Arg.Any<VerifyContext>(), Arg.Any<CancellationToken>())
            .Returns<IReadOnlyList<CheckResult>>(_ => throw new InvalidOperationException("no idea"));

        var results = (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [broken, new LabelsCheck()], default)).Results;

        Assert.That(results.Select(result => (result.Check, result.Status)), Is.EqualTo(new[] { ("broken", CheckStatus.Failed), ("labels", CheckStatus.Ok) }));
        Assert.That(results[0].Found, Does.Contain("no idea"));
    }

    [Test]
    public async Task What_may_not_be_read_fails_the_check_that_needs_it()
    {
        using var run = Joined("""label1: [{id: dp1, weight: 1}]""");
        run.ControlServer.On("/api/v1/namespaces/flyte/secrets/cluster-credentials", FakeApiServer.Status(403, "Forbidden", "secrets is forbidden"));

        var results = (
            await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new LabelsCheck(), new SecretKeysCheck(), new TokenFormatCheck()], default)
        ).Results;

        Assert.That(
            results.Select(result => (result.Check, result.Status)),
            Is.EqualTo(new[] { ("labels", CheckStatus.Ok), ("secret-keys", CheckStatus.Failed), ("token-format", CheckStatus.Skipped) })
        );
        Assert.That(results[1].Remedy, Is.EqualTo(StoppedCheck.ForbiddenRemedy));
    }

    [Test]
    public async Task The_credential_of_a_cluster_that_the_fleet_does_not_name_is_looked_at_too()
    {
        using var run = Joined(
            """label1: [{id: dp1, weight: 1}]""",
            more: ", {name: stranger, endpoint: 'https://s', enabled: true, auth: {tokenPath: /var/run/credentials/s_token, certPath: "
                + "/var/run/credentials/s_cacert}}"
        );

        var results = (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new SecretKeysCheck()], default)).Results;

        Assert.That(results.Select(result => (result.Cluster, result.Status)), Is.EqualTo(new[] { ("dp1", CheckStatus.Ok), ("stranger", CheckStatus.Failed) }));
        Assert.That(results[1].Found, Does.Contain("has no s_token and no s_cacert"));
    }

    [TestCaseSource(nameof(All))]
    public async Task A_warning_blocks_nothing(ICheck<VerifyContext> check)
    {
        using var run = Joined("""label1: [{id: dp1, weight: 1}]""");
        ICheck<VerifyContext>[] others =
        [
            .. CheckCatalog.WithSmoke.Where(other => other.Name != check.Name).Select(other => Ending(other.Name, CheckStatus.Warning)),
        ];

        var results = (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [.. others, check], default)).Results;

        Assert.That(results.Where(result => result.Check == check.Name).Select(result => result.Found), Is.All.Not.Contains("comes first"));
    }

    [Test]
    public async Task A_failure_of_what_a_check_needs_blocks_it()
    {
        using var run = Joined("""label1: [{id: dp1, weight: 1}]""");

        var results = (
            await VerifyRunner.RunAsync(
                run.Context,
                run.Get<VerifyTools>(),
                [Ending(CheckNames.CaExpiry, CheckStatus.Failed), new LoadedCredentialsCheck()],
                default
            )
        ).Results;

        Assert.That(results[^1].Found, Is.EqualTo("blocked by ca-expiry"));
    }

    [TestCase("label1: [{id: dp1, weight: 1}]", CheckStatus.Ok, CheckStatus.Ok)]
    [TestCase("Label1: [{id: dp1, weight: 1}]", CheckStatus.Ok, CheckStatus.Ok)]
    [TestCase("label1: [{id: dp1, weight: 0.7}, {id: dp2, weight: 0.3}]", CheckStatus.Failed, CheckStatus.Failed)]
    [TestCase("label1: [{id: dp1, weight: 2}]", CheckStatus.Ok, CheckStatus.Failed)]
    [TestCase("label1: [{id: dp1, weight: 1}], old: [{id: gone, weight: 1}]", CheckStatus.Failed, CheckStatus.Ok)]
    public async Task Labels_and_weights_are_judged_apart(string loaded, CheckStatus labels, CheckStatus weights)
    {
        using var run = Joined(loaded);

        var results = (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new LabelsCheck(), new WeightsCheck()], default)).Results;

        Assert.That(results.Select(result => result.Status), Is.EqualTo(new[] { labels, weights }), string.Join('\n', results.Select(result => result.Found)));
    }

    [TestCase("https://10.0.0.1:6443", "https://10.0.0.1:6443/", true)]
    [TestCase("10.0.0.1", "https://10.0.0.1:443", true)]
    [TestCase("https://API.example.com", "https://api.example.com", true)]
    [TestCase("https://rancher/k8s/clusters/c-1", "https://rancher/k8s/clusters/c-2", false)]
    [TestCase("https://10.0.0.1:6443", "https://10.0.0.1", false)]
    [TestCase("http://10.0.0.1", "https://10.0.0.1", false)]
    public void Endpoints_are_compared_as_addresses(string one, string other, bool same) =>
        Assert.That(ConfigurationCheck.SameEndpoint(one, other), Is.EqualTo(same));

    private static IEnumerable<TestCaseData> Catalogue => CheckCatalog.All.Select(check => new TestCaseData(check).SetArgDisplayNames(check.Name));

    private static IEnumerable<TestCaseData> All => CheckCatalog.WithSmoke.Select(check => new TestCaseData(check).SetArgDisplayNames(check.Name));

    private static string Describe(CheckTime when) =>
        when switch
        {
            CheckTime.BeforeChange => "before the first change",
            CheckTime.Verify => "Verify",
            _ => "both",
        };

    private static ICheck<VerifyContext> Ending(string name, CheckStatus status)
    {
        var check = Substitute.For<ICheck<VerifyContext>>();
        check.Name.Returns(name);
        CheckResult[] results =
        [
            .. new[] { null, "controlplane", "dp1" }.Select(cluster => new CheckResult(name, cluster, status, "found", "remedy", TimeSpan.Zero)),
        ];
        check.RunAsync(Arg.Any<VerifyContext>(), Arg.Any<CancellationToken>()).Returns(results);
        return check;
    }

    private static TestRun Joined(string labels, int dataPlanes = 1, string more = "")
    {
        var run = new TestRun(dataPlanes: dataPlanes);
        foreach (var cluster in run.Context.Run.Clusters)
        {
            run.Server(cluster.Name)
                .Put("/version", """{"gitVersion": "v1.36.0"}""")
                .Put("/api/v1/namespaces/kube-system", $$$"""{"metadata": {"uid": "{{{cluster.Name}}}"} }""");
        }

        var clusters =
            $"clusters: {{labelClusterMap: {{{labels}}}, clusterConfigs: [{{name: dp1, endpoint: 'https://dp1', enabled: true, auth: {{tokenPath: "
            + $"/var/run/credentials/dp1_token, certPath: /var/run/credentials/dp1_cacert}}}}{more}]}}";
        run.ControlServer.Put(ClustersMap, $$$"""{"data": {"clusters.yaml": "{{{clusters}}}"} }""")
            .Put("/api/v1/namespaces/flyte/secrets/cluster-credentials", """{"data": {"dp1_token": "ZXlKaGJHY2k=", "dp1_cacert": "eA=="} }""");
        return run;
    }
}
