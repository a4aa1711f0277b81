using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ControlPlanes;

/// <summary>Whether flyteadmin and syncresources have read the credentials that are stored.</summary>
internal sealed class CredentialConsumersTests
{
    private const string Deployments = "/apis/apps/v1/namespaces/flyte/deployments";

    [Test]
    public async Task Pods_that_are_older_than_the_credentials_are_restarted_and_the_credentials_noted_in_one_write()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");

        Assert.That(await ReloadAsync(run), Is.True);

        Assert.That(Changes(run), Is.EqualTo(new[] { "Restart flyteadmin", "Restart syncresources" }));
        var patch = JsonNode.Parse(run.ControlServer.Writes[0].Body!)!;
        Assert.That(
            patch["spec"]!["template"]!["metadata"]!["annotations"]!.AsObject().Select(note => note.Key),
            Is.EqualTo(new[] { "kubectl.kubernetes.io/restartedAt" })
        );
        Assert.That(patch["metadata"]!["annotations"]!.AsObject().Select(note => note.Key), Is.EqualTo(new[] { "flyte-multicluster/dp1" }));
    }

    [Test]
    public async Task Pods_that_are_newer_than_the_credentials_are_noted_only()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:06Z");

        Assert.That(await ReloadAsync(run), Is.True);
        Assert.That(Changes(run), Is.EqualTo(new[] { "Update flyteadmin", "Update syncresources" }));
    }

    [Test]
    public async Task Pods_of_a_template_that_the_upgrade_changed_are_noted_only()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");
        var consumers = new CredentialConsumers(run.Context, run.Values);
        await consumers.LookAsync(default);
        run.ControlServer.Objects[$"{Deployments}/flyteadmin"]["spec"]!["template"]!["checksum"] = "new";

        await consumers.ReloadAsync(Same, default);

        Assert.That(Changes(run), Is.EquivalentTo(new[] { "Update flyteadmin", "Restart syncresources" }));
    }

    [Test]
    public async Task What_is_noted_for_the_pods_of_the_same_second_is_left_alone()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");
        await ReloadAsync(run);
        RollOut(run);
        var writes = run.ControlServer.Writes.Count;

        Assert.That(await ReloadAsync(run), Is.False);
        Assert.That(run.ControlServer.Writes, Has.Count.EqualTo(writes));
    }

    [Test]
    public async Task A_note_of_other_pods_is_worth_nothing()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");
        await ReloadAsync(run);
        foreach (var name in CredentialDeployments.Names)
            run.ControlServer.Objects[$"{Deployments}/{name}"]["spec"]!["template"]!["metadata"]!["annotations"]!["kubectl.kubernetes.io/restartedAt"] =
                "by hand";
        RollOut(run);

        await ReloadAsync(run);

        Assert.That(Changes(run).TakeLast(2), Is.EquivalentTo(new[] { "Restart flyteadmin", "Restart syncresources" }));
    }

    [Test]
    public async Task Pods_that_began_before_the_last_write_are_restarted_whatever_is_noted()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");
        await ReloadAsync(run);
        RollOut(run, began: "2026-01-02T03:04:04Z");

        await ReloadAsync(run);

        Assert.That(Changes(run).TakeLast(2), Is.EquivalentTo(new[] { "Restart flyteadmin", "Restart syncresources" }));
    }

    [Test]
    public async Task Noted_pods_that_were_restarted_by_hand_since_are_left_alone()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");
        await ReloadAsync(run);
        foreach (var name in CredentialDeployments.Names)
            run.ControlServer.Objects[$"{Deployments}/{name}"]["spec"]!["template"]!["metadata"]!["annotations"]!["kubectl.kubernetes.io/restartedAt"] =
                "by hand";
        RollOut(run, began: "2026-01-02T03:04:06Z");

        Assert.That(await ReloadAsync(run), Is.False);
    }

    [Test]
    public async Task Each_of_the_two_is_judged_by_its_own_pods()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:06Z");
        run.ControlServer.Objects["/api/v1/namespaces/flyte/pods/syncresources-1-x"]["metadata"]!["creationTimestamp"] = "2026-01-02T03:04:04Z";

        await ReloadAsync(run);

        Assert.That(Changes(run), Is.EquivalentTo(new[] { "Update flyteadmin", "Restart syncresources" }));
    }

    [Test]
    public async Task A_plan_notes_where_the_upgrade_makes_new_pods_and_restarts_where_it_does_not()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z", new RunOptions { Plan = true });

        await ReloadAsync(run, () => Task.FromResult(new ForeseenPods(CredentialDeployments.Names.ToHashSet(), new HashSet<string> { "flyteadmin" })));

        Assert.That(Changes(run), Is.EquivalentTo(new[] { "Update flyteadmin", "Restart syncresources" }));
    }

    [Test]
    public async Task Another_token_is_another_note()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");
        await ReloadAsync(run);
        run.Plane.Credential = new ClusterCredential("bmV3", "Y2E=");

        Assert.That(await ReloadAsync(run), Is.True);
    }

    [Test]
    public async Task The_note_reports_nothing_of_the_credential()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");

        await ReloadAsync(run);

        Assert.That(
            run.ControlServer.Writes.Select(write => write.Body),
            Has.Exactly(2).Contains("restartedAt").And.None.Contains("dG9rZW4").And.None.Contains("Y2E=")
        );
    }

    [Test]
    public async Task Without_a_proven_credential_nothing_is_done()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z");
        run.Plane.Credential = null;

        Assert.That((await ReloadAsync(run), run.ControlServer.Writes.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public async Task A_plan_reports_and_does_nothing()
    {
        using var run = Run(stored: "2026-01-02T03:04:05Z", started: "2026-01-02T03:04:05Z", new RunOptions { Plan = true });

        Assert.That((await ReloadAsync(run), run.ControlServer.Writes.Count, run.Context.Gate.Changes.Count), Is.EqualTo((true, 0, 2)));
    }

    private static Task<ForeseenPods> Same() => Task.FromResult(ForeseenPods.Same);

    private static async Task<bool> ReloadAsync(TestRun run, Func<Task<ForeseenPods>>? foreseen = null)
    {
        var consumers = new CredentialConsumers(run.Context, run.Values);
        await consumers.LookAsync(default);
        return await consumers.ReloadAsync(foreseen ?? Same, default);
    }

    // What the Deployment controller makes of a restart, within the second of the write or at another time.
    private static void RollOut(TestRun run, string began = "2026-01-02T03:04:05Z")
    {
        foreach (var name in CredentialDeployments.Names)
        {
            var pod = run.ControlServer.Objects[$"/api/v1/namespaces/flyte/pods/{name}-1-x"]["metadata"]!;
            pod["annotations"] = run.ControlServer.Objects[$"{Deployments}/{name}"]["spec"]!["template"]!["metadata"]!["annotations"]!.DeepClone();
            pod["creationTimestamp"] = began;
        }
    }

    private static IEnumerable<string> Changes(TestRun run) => run.Context.Gate.Changes.Select(change => $"{change.Action} {change.Name}");

    private static TestRun Run(string stored, string started, RunOptions? options = null)
    {
        var run = new TestRun(options);
        run.Plane.Credential = new ClusterCredential("dG9rZW4=", "Y2E=");
        run.ControlServer.Put(
            "/api/v1/namespaces/flyte/secrets/cluster-credentials",
            """{"metadata":{"managedFields":[{"time":"2026-01-03T00:00:00Z","fieldsV1":{"f:data":{"f:dp2_token":{}}}},{"time":"STORED","fieldsV1":{"f:data":{"f:dp1_token":{},"f:dp1_cacert":{}}}}]},"data":{"dp1_token":"dG9rZW4=","dp1_cacert":"Y2E="}}""".Replace(
                "STORED",
                stored,
                StringComparison.Ordinal
            )
        );
        foreach (var name in new[] { "flyteadmin", "syncresources" })
        {
            run.ControlServer.Put(
                $"{Deployments}/{name}",
                """{"metadata":{"name":"NAME","annotations":{}},"spec":{"template":{}}}""".Replace("NAME", name, StringComparison.Ordinal)
            );
            run.ControlServer.Put(
                $"/api/v1/namespaces/flyte/pods/{name}-1-x",
                """{"metadata":{"creationTimestamp":"STARTED","ownerReferences":[{"kind":"ReplicaSet","name":"NAME-1"}]}}"""
                    .Replace("STARTED", started, StringComparison.Ordinal)
                    .Replace("NAME", name, StringComparison.Ordinal)
            );
        }

        return run;
    }
}
