using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Removal;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Removal;

internal sealed class RemovedCredentialsTests
{
    [Test]
    public void The_keys_are_those_that_its_entry_names_and_its_own() =>
        Assert.That(Keys(Entry("a", "old-token", "old-ca")), Is.EqualTo(new[] { "old-token", "old-ca", "a_token", "a_cacert" }));

    [Test]
    public void A_key_that_another_clusters_entry_names_stays() =>
        Assert.That(Keys(Entry("a", "a_token", "a_cacert"), Entry("b", "b_token", "a_cacert")), Is.EqualTo(new[] { "a_token" }));

    [Test]
    public void After_its_entry_has_gone_its_own_keys_are_left() =>
        Assert.That(Keys(Entry("b", "b_token", "b_cacert")), Is.EqualTo(new[] { "a_token", "a_cacert" }));

    private static IReadOnlyList<string> Keys(params JsonNode[] entries)
    {
        var removed = new RemovedCredentials();
        removed.Look(ClusterConfigs.Of(new JsonObject { ["clusterConfigs"] = new JsonArray(entries) }));
        using var http = new HttpClient();
        using var api = new ClusterApi("a", http);
        return removed.KeysOf(new DataPlaneRun(new DataPlane { Name = "a", Context = "a" }, api), null);
    }

    private static JsonObject Entry(string name, string token, string ca) =>
        new()
        {
            ["name"] = name,
            ["auth"] = new JsonObject { ["tokenPath"] = $"{CredentialsSecret.MountPath}/{token}", ["certPath"] = $"{CredentialsSecret.MountPath}/{ca}" },
        };
}
