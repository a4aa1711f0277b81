using Flyte.MultiCluster.ControlPlanes;
using Flyte.MultiCluster.Tests.Kubernetes;
using Flyte.MultiCluster.Tests.Runs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.ControlPlanes;

/// <summary>What flyteadmin and syncresources have loaded.</summary>
internal sealed class LoadedClustersTests
{
    private const string Admin = "/api/v1/namespaces/flyte/configmaps/flyte-admin-clusters-config";
    private const string Sync = "/api/v1/namespaces/flyte/configmaps/flyte-clusterresourcesync-config";

    [Test]
    public async Task Every_data_plane_has_to_be_in_both()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.ControlServer.On(Admin, FakeApiServer.Ok(Map("dp1", "dp2", "old")));
        run.ControlServer.On(Sync, FakeApiServer.Ok(Map("dp1")), FakeApiServer.Ok(Map("dp1", "dp2")));

        var loaded = await new LoadedClusters(run.Context, run.Control).UntilLoadedAsync(default);

        Assert.That(loaded, Is.EqualTo(new[] { "dp1", "dp2" }));
        Assert.That(run.ControlServer.Time.Pauses, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_data_plane_that_failed_is_not_waited_for()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.Context.Run.DataPlanes[1].Fail("Some", "broken");
        run.ControlServer.On(Admin, FakeApiServer.Ok(Map("dp1")));

        var loaded = await new LoadedClusters(run.Context, run.Control).UntilLoadedAsync(default);

        Assert.That(loaded, Is.EqualTo(new[] { "dp1" }));
        Assert.That(run.ControlServer.Time.Pauses, Is.Empty);
    }

    [Test]
    public void A_data_plane_that_never_appears_is_told_in_the_end()
    {
        using var run = new TestRun(dataPlanes: 2);
        run.ControlServer.On(Admin, FakeApiServer.Ok(Map("dp1")));

        Assert.That(() => new LoadedClusters(run.Context, run.Control).UntilLoadedAsync(default), Throws.InvalidOperationException.With.Message.Contains("does not name dp2."));
    }

    private static string Map(params string[] names)
        => new System.Text.Json.Nodes.JsonObject
        {
            ["data"] = new System.Text.Json.Nodes.JsonObject { ["clusters.yaml"] = "clusters:\n  clusterConfigs:\n" + string.Concat(names.Select(name => $"  - {{name: {name}, enabled: true}}\n")) },
        }.ToJsonString();
}
