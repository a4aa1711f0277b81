using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Differences;

/// <summary>A plan and its digest.</summary>
internal sealed class ChangePlanTests
{
    private static readonly Change Map = new("dataplane_1", "ConfigMap", "flyte", "a", ChangeAction.Update, "data.x");
    private static readonly Change Release = new("controlplane", "HelmRelease", "flyte", "flyte-core", ChangeAction.Create);

    [Test]
    public async Task The_digest_is_the_same_in_whatever_order_the_changes_come() =>
        Assert.That(await DigestAsync(Map, Release), Is.EqualTo(await DigestAsync(Release, Map)).And.Match("^sha256:[0-9a-f]{16}$"));

    [Test]
    public async Task The_digest_is_another_one_for_another_action() =>
        Assert.That(await DigestAsync(Map with { Action = ChangeAction.Delete }), Is.Not.EqualTo(await DigestAsync(Map)));

    [Test]
    public async Task The_digest_is_another_one_for_another_detail() =>
        Assert.That(await DigestAsync(Map with { Detail = "data.y" }), Is.Not.EqualTo(await DigestAsync(Map)));

    [Test]
    public async Task The_digest_is_another_one_where_a_secret_differs_that_nobody_sees()
    {
        var (one, other) = (await PlanAsync(Secret("YWJj")), await PlanAsync(Secret("YWJk")));

        Assert.That(one.Changes[0].Differences[0].Lines, Is.EqualTo(other.Changes[0].Differences[0].Lines));
        Assert.That(one.Digest, Is.Not.EqualTo(other.Digest));
    }

    [Test]
    public async Task What_is_made_up_for_a_run_and_paths_of_a_machine_are_not_in_the_digest()
    {
        Change[] here =
        [
            Map with
            {
                Kind = "Execution",
                Name = "s1",
            },
            Map with
            {
                Kind = "Sandbox",
                Name = "/a",
            },
            Map with
            {
                Kind = "KubeconfigContext",
                Detail = "/a",
            },
        ];
        Change[] there =
        [
            Map with
            {
                Kind = "Execution",
                Name = "s2",
            },
            Map with
            {
                Kind = "Sandbox",
                Name = "/b",
            },
            Map with
            {
                Kind = "KubeconfigContext",
                Detail = "/b",
            },
        ];

        Assert.That(await DigestAsync(here), Is.EqualTo(await DigestAsync(there)));
    }

    [Test]
    public async Task A_difference_that_cannot_be_looked_at_hides_no_other()
    {
        var plan = await PlanAsync(Map with { Difference = _ => throw new InvalidOperationException("helm failed.") }, Secret("YWJj"));

        Assert.That(plan.Changes[0].Differences[0].Lines, Is.EqualTo(new[] { "  (the difference is not known: helm failed.)" }));
        Assert.That(plan.Changes[1].Differences, Is.Not.Empty);
    }

    private static Change Secret(string base64) =>
        Map with
        {
            Difference = _ =>
                Task.FromResult(
                    ObjectDifferences.Of(
                        new ObjectPair("Secret", "flyte", "a", null, new() { ["data"] = new System.Text.Json.Nodes.JsonObject { ["token"] = base64 } })
                    )
                ),
        };

    private static Task<ChangePlan> PlanAsync(params Change[] changes) => ChangePlan.OfAsync(changes, 4, default);

    private static async Task<string> DigestAsync(params Change[] changes) => (await PlanAsync(changes)).Digest;
}
