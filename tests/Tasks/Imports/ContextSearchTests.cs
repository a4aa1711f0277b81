using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tasks.Imports;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Imports;

/// <summary>Which context a configured cluster is.</summary>
internal sealed class ContextSearchTests
{
    private readonly List<string> _asked = [];

    private static ClusterEntry Entry(string name, string endpoint) => new(name, endpoint, true, false, null, null);

    [Test]
    public async Task The_contexts_of_the_endpoints_are_asked_and_no_others()
    {
        var found = await FindAsync("c1=https://one=uid1, c2=https://two=uid2, c3=https://three=uid3", (Entry("dp1", "https://one"), "uid1"));

        Assert.That(found, Is.EqualTo(new[] { "dp1 c1 False False" }));
        Assert.That(_asked, Is.EqualTo(new[] { "c1" }));
    }

    [Test]
    public async Task A_token_of_another_cluster_leads_away_from_a_copied_endpoint() =>
        Assert.That(
            await FindAsync("c1=https://one=uid1, c2=https://two=uid2", (Entry("dp1", "https://one"), "uid1"), (Entry("dp2", "https://one"), "uid2")),
            Is.EqualTo(new[] { "dp1 c1 False False", "dp2 c2 False True" })
        );

    [Test]
    public async Task An_endpoint_that_no_context_has_is_found_by_the_token() =>
        Assert.That(
            await FindAsync("c1=https://one=uid1, c2=https://two=uid2", (Entry("dp1", "https://10.0.0.1"), "uid2")),
            Is.EqualTo(new[] { "dp1 c2 False False" })
        );

    [TestCase("https://one.com:443", "https://one", true)]
    [TestCase("https://one.com", "https://one", true)]
    [TestCase("https://one.com", "https://one.com", false)]
    [TestCase("https://one.example.com", "https://one", false)]
    public async Task An_endpoint_with_a_com_too_many_is_seen(string endpoint, string server, bool expected)
    {
        var contexts = new Dictionary<string, KubeContext>(StringComparer.Ordinal) { ["c1"] = new(server, null) };
        var search = new ContextSearch(contexts, ["c1"], static _ => Task.FromResult<string?>("uid1"));

        Assert.That((await search.FindAsync([(Entry("dp1", endpoint), "uid1")])).Single().Value.IsEndpointStray, Is.EqualTo(expected));
    }

    [Test]
    public async Task Without_a_token_the_endpoint_is_a_guess() =>
        Assert.That(await FindAsync("c1=https://one=uid1", (Entry("dp1", "https://one"), null)), Is.EqualTo(new[] { "dp1 c1 True False" }));

    [Test]
    public async Task A_context_is_one_cluster_and_the_name_decides_at_last() =>
        Assert.That(
            await FindAsync("dp1=https://one=uid1, dp-2=https://two=uid2", (Entry("dp1", "https://one"), null), (Entry("dp_2", "https://one"), null)),
            Is.EqualTo(new[] { "dp1 dp1 True False", "dp_2 dp-2 True True" })
        );

    [Test]
    public async Task Of_several_contexts_of_a_cluster_the_one_with_its_name_is_taken() =>
        Assert.That(
            await FindAsync("a=https://one=uid1, dp-1=https://one=uid1", (Entry("dp_1", "https://one"), "uid1")),
            Is.EqualTo(new[] { "dp_1 dp-1 False False" })
        );

    [Test]
    public async Task A_cluster_of_no_context_is_not_found() =>
        Assert.That(await FindAsync("c1=https://one=uid1", (Entry("dp2", "https://two"), "uid2")), Is.Empty);

    private async Task<IEnumerable<string>> FindAsync(string kubeconfig, params (ClusterEntry Entry, string? Account)[] entries)
    {
        _asked.Clear();
        var parts = kubeconfig.Split(", ").Select(context => context.Split('=')).ToArray();
        var contexts = parts.ToDictionary(part => part[0], part => new KubeContext(part[1], null), StringComparer.Ordinal);
        var search = new ContextSearch(
            contexts,
            [.. contexts.Keys],
            name =>
            {
                _asked.Add(name);
                return Task.FromResult<string?>(parts.Single(part => part[0] == name)[2]);
            }
        );
        var found = await search.FindAsync(entries);
        return found.Select(one => $"{one.Key.Name} {one.Value.Name} {one.Value.IsGuess} {one.Value.IsEndpointOther}");
    }
}
