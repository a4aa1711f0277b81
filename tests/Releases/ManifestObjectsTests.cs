using System.Text.Json.Nodes;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.Tests.Kubernetes;
using Flyte.MultiCluster.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Releases;

/// <summary>A release's manifest, split into objects and held against the cluster.</summary>
internal sealed class ManifestObjectsTests
{
    private const string Map = "---\n# Source: flyte-core/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n";
    private const string Deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: i:1, args: [run]}]}}}\n";

    [Test]
    public void Documents_are_split_at_their_marks()
    {
        var objects = ManifestObjects.Parse("---\nkind: A\n--- # comment\nkind: B\n---\n---\n# only a comment\n---\t\nkind: C", new HelmValues());

        Assert.That(objects.Select(found => (string?)found["kind"]), Is.EqualTo(new[] { "A", "B", "C" }));
    }

    [Test]
    public void Windows_line_ends_are_line_ends()
        => Assert.That(ManifestObjects.Parse("kind: A\r\n---\r\nkind: B\r\n", new HelmValues()).Select(found => (string?)found["kind"]), Is.EqualTo(new[] { "A", "B" }));

    [TestCase("  x: |\n    one\n    two\n", "one\ntwo\n")]
    [TestCase("  x: |-\n    one\n", "one")]
    [TestCase("  x: |+\n    one\n\n", "one\n\n")]
    [TestCase("  x: |\n    ---\n    one\n", "---\none\n")]
    [TestCase("  x: \"a\"", "a")]
    public void A_block_of_text_stays_as_it_is_at_the_end_and_in_the_middle(string data, string expected)
    {
        var middle = data.EndsWith('\n') ? data : data + "\n";

        Assert.That(ManifestObjects.Parse($"{Map}{middle}{Map}{data}", new HelmValues()).Select(found => (string?)found["data"]!["x"]), Is.All.EqualTo(expected));
    }

    [Test]
    public async Task A_cluster_as_Helm_left_it_has_no_drift()
        => Assert.That(await DriftAsync(Map + "  x: one\n---\n" + Deployment, Live("one", "i:1")), Is.Empty);

    [Test]
    public async Task What_the_server_and_others_add_is_no_drift()
    {
        var live = Live("one", "i:1");
        live["/api/v1/namespaces/flyte/configmaps/a"]["data"]!["more"] = "two";
        live["/apis/apps/v1/namespaces/flyte/deployments/d"]["spec"]!["template"]!["spec"]!["containers"]![0]!["imagePullPolicy"] = "Always";

        Assert.That(await DriftAsync(Map + "  x: one\n---\n" + Deployment, live), Is.Empty);
    }

    [Test]
    public async Task Changed_entries_and_containers_are_drift()
        => Assert.That(
            await DriftAsync(Map + "  x: one\n---\n" + Deployment, Live("two", "i:2")),
            Is.EqualTo(new[] { "ConfigMap a has another x", "Deployment d has another container c image" }));

    [Test]
    public async Task Objects_that_are_gone_are_drift()
        => Assert.That(await DriftAsync(Map + "  x: one\n", []), Is.EqualTo(new[] { "ConfigMap a is gone" }));

    private static Dictionary<string, JsonObject> Live(string x, string image) => new(StringComparer.Ordinal)
    {
        ["/api/v1/namespaces/flyte/configmaps/a"] = new JsonObject { ["data"] = new JsonObject { ["x"] = x } },
        ["/apis/apps/v1/namespaces/flyte/deployments/d"] = (JsonObject)JsonNode.Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"IMAGE","args":["run"]}]}}}}""".Replace("IMAGE", image, StringComparison.Ordinal))!,
    };

    private static async Task<IReadOnlyList<string>> DriftAsync(string manifest, Dictionary<string, JsonObject> live)
    {
        using var server = new FakeApiServer();
        foreach (var (path, found) in live)
            server.Objects[path] = found;
        using var api = server.Api();
        var release = HelmRelease.Decode(Stored.Secret(Stored.Release("r", 1, "deployed", manifest: manifest)));
        return await ManifestObjects.DriftAsync(api, "flyte", release, new HelmValues(), CancellationToken.None);
    }
}
