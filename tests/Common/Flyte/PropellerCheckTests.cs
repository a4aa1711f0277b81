using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Releases;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>What a data plane's upgrade would do to the executions that are under way there.</summary>
internal sealed class PropellerCheckTests
{
    private const string Deployment = "/apis/apps/v1/namespaces/flyte/deployments/flytepropeller";
    private const string Definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: flyteworkflows.flyte.lyft.com}\n";

    [TestCase(null, null, 0, "dp1")]
    [TestCase(null, null, 1, null)]
    [TestCase("{}", null, 0, null)]
    [TestCase("{}", null, 1, null)]
    [TestCase("""{"flytepropeller": {"clusterName": "dp1"}}""", "dp1", 1, "dp1")]
    [TestCase("""{"flytepropeller": {"clusterName": "wrong"}}""", "wrong", 0, "dp1")]
    public async Task A_name_is_for_what_is_installed_now_and_what_is_live_stays(string? live, string? given, int workflows, string? expected)
    {
        using var run = Run(live, given, workflows);

        Assert.That(await run.Get<DataPlaneValues>().ProblemsAsync(run.Context, run.Plane, default), Is.Empty);
        Assert.That(run.Plane.Propeller!.Name, Is.EqualTo(expected));
    }

    [TestCase("""{"flytepropeller": {"clusterName": "wrong"}}""", "wrong", "", "from 'wrong' to 'dp1'")]
    [TestCase("{}", null, "flytepropeller: {clusterName: dp1}", "from no name to 'dp1'")]
    [TestCase("""{"flytepropeller": {"clusterName": "dp1"}}""", "dp1", "flytepropeller: {clusterName: ''}", "from 'dp1' to no name")]
    [TestCase(null, null, "flytepropeller: {clusterName: dp1}", "from no name to 'dp1'")]
    [TestCase("""{"flytepropeller": {"clusterName": "dp1"}}""", "by-hand", "", "from 'by-hand' to 'dp1'")]
    [TestCase("{}", null, "configmap: {core: {propeller: {cluster-id: other}}}", "from no name to 'dp1'")]
    public async Task Whatever_changes_the_name_is_refused_while_executions_are_under_way(string? live, string? given, string file, string expected)
    {
        using var run = Run(live, given, 7, file);

        var problem = (await run.Get<DataPlaneValues>().ProblemsAsync(run.Context, run.Plane, default)).Single();

        Assert.That(problem.Place, Is.EqualTo("dp1"));
        Assert.That(
            problem.What,
            Does.Contain(expected).And.Contain("7 FlyteWorkflows there are unfinished: p-d/w0, p-d/w1, p-d/w2, p-d/w3, p-d/w4 and 2 more.")
        );
        Assert.That(problem.Remedy, Does.Contain("kubectl --context context1 get flyteworkflows --all-namespaces -l termination-status!=terminated"));
        Assert.That(run.PlaneServer.Calls.Count(call => call.Path.StartsWith(UnfinishedWorkflows.Path, StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Where_the_name_stays_nobody_asks_for_workflows_and_those_that_have_ended_are_not_asked_for()
    {
        using var same = Run("""{"flytepropeller": {"clusterName": "dp1"}}""", "dp1", 1);
        using var changed = Run("""{"flytepropeller": {"clusterName": "wrong"}}""", "wrong", 1);
        await same.Get<DataPlaneValues>().ProblemsAsync(same.Context, same.Plane, default);
        await changed.Get<DataPlaneValues>().ProblemsAsync(changed.Context, changed.Plane, default);

        Assert.That(same.PlaneServer.Calls.Where(call => call.Path.Contains("flyteworkflows", StringComparison.Ordinal)), Is.Empty);
        Assert.That(
            changed.PlaneServer.Calls.Single(call => call.Path.Contains("flyteworkflows", StringComparison.Ordinal)).Path,
            Does.EndWith("?labelSelector=termination-status%21%3Dterminated")
        );
    }

    [TestCase("flytepropeller: {enabled: false}", false, true)]
    [TestCase("flytepropeller: {createCRDs: false}", false, true)]
    [TestCase("flytepropeller: {enabled: false}", true, false)]
    [TestCase("", false, false)]
    public async Task A_data_planes_upgrade_that_deletes_its_workflows_is_refused_unless_that_is_accepted(string file, bool accepted, bool isRefused)
    {
        using var run = Run("{}", null, 3, file, new RunOptions { AcceptCrdDeletion = accepted });

        var problems = await run.Get<DataPlaneValues>().ProblemsAsync(run.Context, run.Plane, default);

        Assert.That(
            problems.Select(problem => problem.What),
            isRefused ? Has.One.Contains("deletes the FlyteWorkflow CRD and all 3 workflow objects") : Is.Empty
        );
    }

    private static TestRun Run(string? live, string? given, int workflows, string file = "", RunOptions? options = null)
    {
        var fleet = SomeFleet.Of(1);
        List<string> values = [];
        var run = new TestRun(options, fleet: fleet with { DataPlanes = [fleet.DataPlanes[0] with { Values = values }] });
        values.Add(run.Folder.Write("dp.yaml", file));
        run.Folder.Write("chart/Chart.yaml", "name: flyte-core\nversion: v1\n");
        run.Folder.Write("chart/values-dataplane.yaml", string.Empty);
        run.Folder.Write("chart/values.yaml", "flytepropeller: {enabled: true, createCRDs: true, clusterName: ''}\n");
        run.Context.Run.Chart = new UnpackedChart(Path.Combine(run.Folder.Path, "chart"), run.Values);
        if (live is not null)
        {
            run.PlaneServer.Put(
                "/api/v1/namespaces/flyte/secrets/sh.helm.release.v1.flyte-core-data.v1",
                Stored.Secret(Stored.Release("flyte-core-data", 1, "deployed", (JsonObject)JsonNode.Parse(live)!, Definition)).ToJsonString()
            );
            var words = given is null ? "\"flytepropeller\"" : $"\"flytepropeller\", \"--propeller.cluster-id\", \"{given}\"";
            run.PlaneServer.Put(Deployment, $$"""{"spec": {"template": {"spec": {"containers": [{"command": [{{words}}]}]} } } }""");
        }

        var items = Enumerable.Range(0, workflows).Select(number => $$"""{"metadata": {"namespace": "p-d", "name": "w{{number}}"} }""");
        run.PlaneServer.On(UnfinishedWorkflows.Path, FakeApiServer.Ok($$"""{"items": [{{string.Join(", ", items)}}]}"""));
        return run;
    }
}
