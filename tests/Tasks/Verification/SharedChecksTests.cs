using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.Prerequisites;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Releases;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification;

/// <summary>What is checked before the first change and in Verify: the same words in both, and what becomes of it in each.</summary>
internal sealed class SharedChecksTests
{
    private const string Secrets = "/api/v1/namespaces/flyte/secrets";

    private static readonly ICheck<VerifyContext>[] Clusters = [new ReachableCheck(), new IdentityCheck(), new ReleaseCheck(), new SecretOwnerCheck()];

    private TestRun _run = null!;

    [SetUp]
    public void Join()
    {
        _run = new TestRun(dataPlanes: 2);
        foreach (var (cluster, release) in new[] { ("controlplane", "flyte-core"), ("dp1", "flyte-core-data"), ("dp2", "flyte-core-data") })
        {
            _run.Server(cluster)
                .Put("/version", """{"gitVersion": "v1.36.0"}""")
                .Put("/api/v1/namespaces/kube-system", $$$"""{"metadata": {"uid": "{{{cluster}}}"} }""")
                .Put("/api/v1/namespaces/flyte", "{}");
            Release(cluster, release, "deployed");
        }
    }

    [TearDown]
    public void Dispose() => _run.Dispose();

    [Test]
    public async Task A_healthy_fleet_passes_in_both()
    {
        Assert.That(Wrong(await VerifyAsync()), Is.Empty);
        Assert.That(await PreflightAsync(), Is.Empty);
        Assert.That(_run.Context.Run.DataPlanes.Select(plane => plane.Failure), Is.All.Null);
    }

    [Test]
    public async Task A_Kubernetes_that_is_too_old_fails_its_data_plane_alone_in_the_words_of_Verify()
    {
        _run.Server("dp2").Put("/version", """{"gitVersion": "v1.23.9"}""");

        var found = Wrong(await VerifyAsync());

        Assert.That(found, Is.EqualTo(new[] { "reachable dp2: Kubernetes v1.23.9 is too old; 1.24 is the oldest that works. Upgrade it." }));
        Assert.That(await PreflightAsync(), Is.Empty);
        Assert.That(_run.Context.Run.DataPlanes.Select(plane => plane.Failure), Is.EqualTo(new[] { null, Said(found.Single()) }));
    }

    [Test]
    public async Task A_pending_release_fails_its_data_plane_alone_in_the_words_of_Verify()
    {
        Release("dp2", "flyte-core-data", "pending-upgrade");

        var found = Wrong(await VerifyAsync());

        Assert.That(found, Has.Exactly(1).StartsWith("release dp2: Helm release flyte-core-data is in pending-upgrade (revision 1)"));
        Assert.That(await PreflightAsync(), Is.Empty);
        Assert.That(_run.Context.Run.DataPlanes.Select(plane => plane.Failure), Is.EqualTo(new[] { null, Said(found.Single()) }));
    }

    [Test]
    public async Task One_cluster_under_two_names_refuses_the_run_in_the_words_of_Verify()
    {
        _run.Server("dp2").Put("/api/v1/namespaces/kube-system", """{"metadata": {"uid": "dp1"} }""");

        var found = Wrong(await VerifyAsync());

        Assert.That(found, Has.Exactly(1).StartsWith("identity dp2: It is the same cluster as dp1 (kube-system namespace UID dp1)."));
        Assert.That(await PreflightAsync(), Is.EqualTo(new[] { $"dp2: {Said(found.Single())}" }));
    }

    [Test]
    public async Task Another_release_of_flyte_core_refuses_the_run_in_the_words_of_Verify()
    {
        _run.Server("dp1").Objects.Clear();
        _run.Server("dp1")
            .Put("/version", """{"gitVersion": "v1.36.0"}""")
            .Put("/api/v1/namespaces/kube-system", """{"metadata": {"uid": "dp1"} }""")
            .Put("/api/v1/namespaces/flyte", "{}");
        Release("dp1", "flyte", "deployed");

        var found = Wrong(await VerifyAsync());

        Assert.That(
            found,
            Is.EqualTo(
                new[]
                {
                    "release dp1: There is no Helm release 'flyte-core-data' in namespace flyte, but 'flyte' is one of flyte-core: a second one "
                        + "would take its objects over. Write dataPlanes[].release: flyte in the fleet.",
                }
            )
        );
        Assert.That(await PreflightAsync(), Is.EqualTo(new[] { $"dp1: {Said(found.Single())}" }));
    }

    [TestCase("failed")]
    [TestCase(null)]
    public async Task A_release_that_failed_or_is_not_there_is_what_a_join_is_for(string? status)
    {
        if (status is null)
            _run.Server("dp1").Objects.TryRemove($"{Secrets}/sh.helm.release.v1.flyte-core-data.v1", out _);
        else
            Release("dp1", "flyte-core-data", status);

        Assert.That(Wrong(await VerifyAsync()), Has.Exactly(1).StartsWith("release dp1: "));
        Assert.That(await PreflightAsync(), Is.Empty);
        Assert.That(_run.Context.Run.DataPlanes.Select(plane => plane.Failure), Is.All.Null);
    }

    [Test]
    public async Task An_immutable_Secret_is_a_warning_in_Verify_and_refuses_the_run()
    {
        _run.ControlServer.Put($"{Secrets}/cluster-credentials", """{"immutable": true, "metadata": {} }""");

        var found = Wrong(await VerifyAsync());

        Assert.That(
            found,
            Has.Exactly(1).StartsWith("secret-owner controlplane: Secret flyte/cluster-credentials is immutable").And.Exactly(1).Contains("del(.immutable)")
        );
        Assert.That(await PreflightAsync(), Is.EqualTo(new[] { $"controlplane: {Said(found.Single())}" }));
    }

    [Test]
    public async Task Somebody_elses_Secret_is_a_warning_in_Verify_and_a_note_of_the_run()
    {
        _run.ControlServer.Put($"{Secrets}/cluster-credentials", """{"metadata": {"labels": {"argocd.argoproj.io/instance": "x"} } }""");

        var found = Wrong(await VerifyAsync());

        Assert.That(found, Has.Exactly(1).StartsWith("secret-owner controlplane: Secret cluster-credentials is managed by Argo CD"));
        Assert.That(await PreflightAsync(), Is.Empty);
        Assert.That(_run.Context.Journal.Notes, Is.EqualTo(new[] { Said(found.Single()) }));
    }

    [Test]
    public async Task What_a_login_may_not_read_is_reported_once_with_the_permissions_that_it_is_missing()
    {
        _run.ControlServer.Denied.UnionWith(["* *", "get secrets"]);
        _run.ControlServer.On($"{Secrets}/cluster-credentials", FakeApiServer.Status(403, "Forbidden", "secrets is forbidden"));

        Assert.That(
            await PreflightAsync(),
            Is.EqualTo(
                new[] { "controlplane: Context 'control' is missing permissions: get secrets -n flyte. Use a context that has them, or have them granted." }
            )
        );
    }

    [Test]
    public async Task Before_a_change_each_object_is_read_once_and_a_cluster_that_the_run_does_not_look_at_is_not_asked()
    {
        _run.Context.Run.DataPlanes[1].Fail("CreateNodeGroup", "no nodes");

        await PreflightAsync();

        Assert.That(_run.Server("dp2").Calls, Is.Empty);
        Assert.That(_run.Server("dp1").Calls.Select(call => call.ToString()).ToArray(), Is.Unique.And.Length.EqualTo(6));
    }

    private void Release(string cluster, string name, string status) =>
        _run.Server(cluster).Put($"{Secrets}/sh.helm.release.v1.{name}.v1", Stored.Secret(Stored.Release(name, 1, status)).ToJsonString());

    private async Task<IReadOnlyList<CheckResult>> VerifyAsync() =>
        (await VerifyRunner.RunAsync(_run.Context, _run.Get<VerifyTools>(), Clusters, default)).Results;

    // The contexts are another check's; here the clusters are in memory.
    private async Task<IReadOnlyList<string>> PreflightAsync()
    {
        var check = new FleetCheck(_run.Context, _run.Get<CheckServices>());
        try
        {
            await Task.WhenAll(
                _run.Context.ForControlPlaneAsync(nameof(CheckClusters), check.ControlPlaneAsync),
                _run.Context.ForEachDataPlaneAsync(nameof(CheckClusters), check.DataPlaneAsync)
            );
            await check.RefuseProblemsAsync(default);
            return [];
        }
        catch (RefusedException refused)
        {
            return [.. refused.Problems.Select(problem => problem.ToString())];
        }
    }

    private static IReadOnlyList<string> Wrong(IReadOnlyList<CheckResult> results) =>
        [
            .. results
                .Where(result => result.Status is CheckStatus.Failed or CheckStatus.Warning)
                .Select(result => $"{result.Check} {result.Cluster}: {result.Found} {result.Remedy}"),
        ];

    // What and remedy, as problems and failures have them.
    private static string Said(string result) => result[(result.IndexOf(": ", StringComparison.Ordinal) + 2)..];
}
