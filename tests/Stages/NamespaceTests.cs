using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Flyte in another namespace than flyte: a whole join with labels and smoke run, a run after it, and Verify.</summary>
internal sealed class NamespaceTests : StageTests
{
    private const string Namespace = "flyte-prod";

    [Test]
    public async Task A_join_into_another_namespace_is_whole_and_proven()
    {
        var fleet = $"--fleet={AdminTests.Fleet(Bed, ["flytesnacks/development=label2"], AdminTests.Smoke, name: "prod", ns: Namespace)}";

        var join = (await Bed.RunAsync(fleet)).Expect(0);
        var again = (await Bed.RunAsync(fleet)).Expect(0);
        var verify = (await Bed.RunAsync(fleet, "--target=Verify", "--smoke", "--output=json")).Expect(0);

        Assert.That(again.Changes, Is.Empty);
        Assert.That(
            join.Report["smokeRuns"]!.AsArray().Select(smoke => $"{smoke!["label"]} {smoke["cluster"]} {smoke["phase"]}"),
            Is.EquivalentTo(new[] { "label1 dataplane_1 SUCCEEDED", "label2 dataplane_2 SUCCEEDED" })
        );
        Assert.That(
            join.Report["changes"]!.AsArray().Select(change => (string?)change!["namespace"]).OfType<string>().Distinct(),
            Is.EqualTo(new[] { Namespace })
        );
        Assert.That(JsonNode.Parse(verify.StandardOutput)!["checks"]!.AsArray().Where(check => (string?)check!["status"] == "failed"), Is.Empty);
        foreach (var cluster in Bed.Clusters)
        {
            Assert.That(await cluster.GetAsync("/api/v1/namespaces/flyte"), Is.Null, cluster.Name);
            Assert.That((await cluster.GetAsync($"/apis/apps/v1/namespaces/{Namespace}/deployments"))!["items"]!.AsArray(), Is.Not.Empty, cluster.Name);
        }
    }
}
