using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Releases;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>What flyteadmin and syncresources have loaded.</summary>
internal sealed class LoadedClusterConfigsTests
{
    private const string Admin = "/api/v1/namespaces/flyte/configmaps/flyte-admin-clusters-config";
    private const string Sync = "/api/v1/namespaces/flyte/configmaps/flyte-clusterresourcesync-config";

    [Test]
    public async Task Every_data_plane_has_to_be_in_both()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.ControlServer.On(Admin, FakeApiServer.Ok(Map("dp1", "dp2", "old")));
        run.ControlServer.On(Sync, FakeApiServer.Ok(Map("dp1")), FakeApiServer.Ok(Map("dp1", "dp2")));

        var loaded = await new LoadedClusterConfigs(run.Context.Run, run.Values).UntilLoadedAsync(run.Context.Options.Timeout, default);

        Assert.That(loaded, Is.EqualTo(new[] { "dp1", "dp2" }));
        Assert.That(run.ControlServer.Time.Pauses, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_data_plane_that_failed_is_not_waited_for()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.Context.Run.DataPlanes[1].Fail("Some", "broken");
        run.ControlServer.On(Admin, FakeApiServer.Ok(Map("dp1")));

        var loaded = await new LoadedClusterConfigs(run.Context.Run, run.Values).UntilLoadedAsync(run.Context.Options.Timeout, default);

        Assert.That(loaded, Is.EqualTo(new[] { "dp1" }));
        Assert.That(run.ControlServer.Time.Pauses, Is.Empty);
    }

    [Test]
    public void A_data_plane_that_never_appears_is_reported_in_the_end()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.ControlServer.On(Admin, FakeApiServer.Ok(Map("dp1")));

        Assert.That(
            () => new LoadedClusterConfigs(run.Context.Run, run.Values).UntilLoadedAsync(run.Context.Options.Timeout, default),
            Throws.InvalidOperationException.With.Message.Contains("does not name dp2.")
        );
    }

    [Test]
    public void Nobody_waits_for_a_data_plane_that_the_settled_release_does_not_bring()
    {
        using var run = new TestRun(new RunOptions { Timeout = TimeSpan.FromMinutes(10) }, dataPlanes: 2);
        run.ControlServer.On(Admin, FakeApiServer.Ok(Map("dp1"))).Holding(Stored.Release("flyte-core", 3, "deployed"));

        Assert.That(
            () => new LoadedClusterConfigs(run.Context.Run, run.Values).UntilLoadedAsync(run.Context.Options.Timeout, default),
            Throws.InvalidOperationException.With.Message.Contains("does not name dp2.")
        );
        Assert.That(run.ControlServer.Time.Pauses.Sum(pause => pause.TotalSeconds), Is.InRange(10, 20));
    }

    [Test]
    public async Task A_helm_at_work_on_the_release_may_still_bring_a_data_plane()
    {
        using var run = new TestRun(new RunOptions { Timeout = TimeSpan.FromMinutes(10) }, dataPlanes: 2);
        run.ControlServer.On(Admin, [.. Enumerable.Repeat(FakeApiServer.Ok(Map("dp1")), 60), FakeApiServer.Ok(Map("dp1", "dp2"))])
            .Holding(Stored.Release("flyte-core", 3, "pending-upgrade"));

        await new LoadedClusterConfigs(run.Context.Run, run.Values).UntilLoadedAsync(run.Context.Options.Timeout, default);

        Assert.That(run.ControlServer.Time.Pauses, Has.Count.EqualTo(60));
    }

    [Test]
    public async Task Every_new_revision_may_still_bring_a_data_plane()
    {
        using var run = new TestRun(new RunOptions { Timeout = TimeSpan.FromMinutes(10) }, dataPlanes: 2);
        run.ControlServer.On(Admin, [.. Enumerable.Repeat(FakeApiServer.Ok(Map("dp1")), 60), FakeApiServer.Ok(Map("dp1", "dp2"))]);
        run.ControlServer.On("/api/v1/namespaces/flyte/secrets", [.. Enumerable.Range(0, 61).Select(second => Revisions(1 + (second / 10)))]);

        await new LoadedClusterConfigs(run.Context.Run, run.Values).UntilLoadedAsync(run.Context.Options.Timeout, default);

        Assert.That(run.ControlServer.Time.Pauses, Has.Count.EqualTo(60));
    }

    private static Func<ApiCall, System.Net.Http.HttpResponseMessage> Revisions(int newest) =>
        FakeApiServer.Ok(
            new System.Text.Json.Nodes.JsonObject
            {
                ["items"] = new System.Text.Json.Nodes.JsonArray(Stored.Secret(Stored.Release("flyte-core", newest, "deployed"))),
            }.ToJsonString()
        );

    private static string Map(params string[] names) =>
        new System.Text.Json.Nodes.JsonObject
        {
            ["data"] = new System.Text.Json.Nodes.JsonObject
            {
                ["clusters.yaml"] = "clusters:\n  clusterConfigs:\n" + string.Concat(names.Select(name => $"  - {{name: {name}, enabled: true}}\n")),
            },
        }.ToJsonString();
}
