using System.Text;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ControlPlanes;

/// <summary>One cluster under two names in flyteadmin's configuration.</summary>
internal sealed class TwoNamesTests
{
    private const string Account = "/api/v1/namespaces/flyte/serviceaccounts/flyteadmin";

    [TestCase("https://dp1.example.com", true)]
    [TestCase("https://DP1.example.com:443/", true)]
    [TestCase("dp1.example.com", true)]
    [TestCase("https://dp1.example.com:6443", false)]
    [TestCase("https://other", false)]
    public async Task An_entry_with_the_endpoint_of_the_fleets_cluster_is_another_name_of_it(string endpoint, bool isRefused)
    {
        using var run = new TestRun();

        var problems = await ProblemsAsync(
            run,
            $"[{{name: old, endpoint: \"{endpoint}\", enabled: true}}, {{name: dp1, endpoint: \"https://dp1.example.com\", enabled: true}}]"
        );

        Assert.That(
            problems.Select(problem => $"{problem.Place} {problem.What}"),
            isRefused ? Has.One.StartsWith("dp1 flyteadmin's clusterConfigs already has this cluster as 'old'") : Is.Empty
        );
    }

    [TestCase("u1", true)]
    [TestCase("u2", false)]
    public async Task An_entry_whose_token_is_of_the_clusters_own_service_account_is_another_name_of_it(string uid, bool isRefused)
    {
        using var run = new TestRun();
        run.ControlServer.Put(
            "/api/v1/namespaces/flyte/secrets/cluster-credentials",
            $$"""{"data": {"old_token": "{{Token($$"""{"kubernetes.io/serviceaccount/service-account.uid": "{{uid}}"}""")}}"} }"""
        );
        run.PlaneServer.Put(Account, """{"metadata": {"uid": "u1"} }""");

        var problems = await ProblemsAsync(
            run,
            "[{name: old, endpoint: \"https://by-another-way\", enabled: true, auth: {tokenPath: /var/run/credentials/old_token}}]"
        );

        Assert.That(
            problems.Select(problem => problem.What),
            isRefused ? Has.One.Contains("its stored token belongs to this cluster's service account flyteadmin") : Is.Empty
        );
    }

    [TestCase(0, false)]
    [TestCase(2, true)]
    public async Task A_name_that_is_disabled_may_stay_once_no_execution_is_under_way(int workflows, bool isRefused)
    {
        using var run = new TestRun();
        var items = string.Join(", ", Enumerable.Range(0, workflows).Select(number => $$"""{"metadata": {"namespace": "n", "name": "w{{number}}"} }"""));
        run.PlaneServer.On(UnfinishedWorkflows.Path, FakeApiServer.Ok($$"""{"items": [{{items}}]}"""));

        var problems = await ProblemsAsync(run, "[{name: old, endpoint: \"https://dp1.example.com\", enabled: false}]");

        Assert.That(problems.Select(problem => problem.What), isRefused ? Has.One.Contains("2 FlyteWorkflows there are unfinished: n/w0, n/w1.") : Is.Empty);
    }

    [Test]
    public async Task Another_inCluster_entry_is_another_name_of_a_control_plane_that_runs_workflows()
    {
        var fleet = SomeFleet.Of(1);
        using var run = new TestRun(fleet: fleet with { ControlPlane = fleet.ControlPlane with { RunsWorkflows = true } });

        Assert.That((await ProblemsAsync(run, "[{name: own, inCluster: true, enabled: true}]")).Single().Place, Is.EqualTo("controlplane"));
    }

    [TestCase("""{"kubernetes.io": {"serviceaccount": {"uid": "u"} } }""", "u")]
    [TestCase("""{"kubernetes.io/serviceaccount/service-account.uid": "u"}""", "u")]
    [TestCase("""{"sub": "x"}""", null)]
    [TestCase("[]", null)]
    public void A_tokens_service_account_is_read_from_its_claims(string claims, string? uid) => Assert.That(TokenAccount.UidOf(Token(claims)), Is.EqualTo(uid));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("%%%")]
    [TestCase("YS5iLmM=")]
    public void What_is_no_token_has_no_service_account(string? stored) => Assert.That(TokenAccount.UidOf(stored), Is.Null);

    private static Task<IReadOnlyList<Problem>> ProblemsAsync(TestRun run, string clusters) =>
        new TwoNames(run.Context.Run).ProblemsAsync(ClusterConfigs.Of(run.Values.Parse($"clusterConfigs: {clusters}", "test")), default);

    private static string Token(string claims) =>
        Convert.ToBase64String(
            Encoding.ASCII.GetBytes($"h.{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.s")
        );
}
