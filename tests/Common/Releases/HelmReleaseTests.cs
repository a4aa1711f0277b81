using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Releases;

/// <summary>Helm's releases, read from their Secrets.</summary>
internal sealed class HelmReleaseTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void A_release_is_read_out_of_its_Secret(bool zipped)
    {
        var release = HelmRelease.Decode(Stored.Secret(Stored.Release("flyte-core", 3, "deployed", new JsonObject { ["a"] = 1 }, "kind: A"), zipped));

        Assert.That(
            (
                release.Name,
                release.Revision,
                release.Status,
                release.ChartName,
                release.ChartVersion,
                release.Config.ToJsonString(),
                release.Manifest,
                release.IsPending
            ),
            Is.EqualTo(("flyte-core", 3, "deployed", "flyte-core", "v1.16.8", """{"a":1}""", "kind: A", false))
        );
    }

    [Test]
    public void A_release_without_values_has_none()
    {
        var stored = Stored.Release("r", 1, "deployed");
        stored["config"] = null;

        Assert.That(HelmRelease.Decode(Stored.Secret(stored)).Config, Is.Empty);
    }

    private static readonly string?[] Garbage =
    [
        null,
        string.Empty,
        "no base64!",
        Base64("no base64!"),
        Base64(Base64("no JSON")),
        Base64(Base64("[1]")),
        Base64(Convert.ToBase64String([0x1f, 0x8b, 8, 0, 1, 2, 3])),
    ];

    [TestCaseSource(nameof(Garbage))]
    public void What_is_no_release_is_refused_by_the_Secrets_name(string? content)
    {
        var secret = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "sh.helm.release.v1.x.v1" },
            ["data"] = new JsonObject { ["release"] = content },
        };

        Assert.That(
            () => HelmRelease.Decode(secret),
            Throws.TypeOf<FormatException>().With.Message.EqualTo("Secret sh.helm.release.v1.x.v1 holds no Helm release.")
        );
    }

    [TestCase("pending-install", true)]
    [TestCase("pending-upgrade", true)]
    [TestCase("pending-rollback", true)]
    [TestCase("uninstalling", true)]
    [TestCase("failed", false)]
    [TestCase("superseded", false)]
    public void An_operation_that_did_not_end_is_pending(string status, bool expected) =>
        Assert.That(HelmRelease.Decode(Stored.Secret(Stored.Release("r", 1, status))).IsPending, Is.EqualTo(expected));

    [Test]
    public void A_recovered_release_is_failed_and_otherwise_the_same()
    {
        var stored = Stored.Release("r", 2, "pending-upgrade", new JsonObject { ["number"] = JsonNode.Parse("1.50"), ["text"] = "<ü>" }, "kind: A\n");
        var secret = Stored.Secret(stored);

        var patch = HelmRelease.Decode(secret).AsFailed();

        var recovered = HelmRelease.Decode(new JsonObject { ["data"] = patch["data"]!.DeepClone() });
        Assert.That(
            (recovered.Status, recovered.Revision, recovered.Config.ToJsonString(), recovered.Manifest),
            Is.EqualTo(("failed", 2, stored["config"]!.ToJsonString(), "kind: A\n"))
        );
        Assert.That((string?)patch["metadata"]!["labels"]!["status"], Is.EqualTo("failed"));
    }

    [Test]
    public void A_recovery_names_what_it_read_so_that_a_helm_that_ended_meanwhile_wins() =>
        Assert.That(
            (string?)HelmRelease.Decode(Stored.Secret(Stored.Release("r", 2, "pending-upgrade"))).AsFailed()["metadata"]!["resourceVersion"],
            Is.EqualTo("41")
        );

    [Test]
    public async Task The_newest_revision_is_found_by_number()
    {
        using var server = new FakeApiServer().Holding(
            Enumerable.Range(1, 11).Select(number => Stored.Release("r", number, number == 11 ? "deployed" : "superseded"))
        );
        using var api = server.Api();

        var found = await HelmReleases.FindAsync(api, "flyte", "r", CancellationToken.None);

        Assert.That((found!.Revision, found.Deployed), Is.EqualTo((11, (HelmRelease?)null)));
    }

    [Test]
    public async Task Other_releases_are_not_taken_for_it()
    {
        using var server = new FakeApiServer().Holding(Stored.Release("r", 1, "deployed"), Stored.Release("r-2", 7, "deployed"));
        using var api = server.Api();

        Assert.That((await HelmReleases.FindAsync(api, "flyte", "r", CancellationToken.None))!.Revision, Is.EqualTo(1));
        Assert.That(
            (await HelmReleases.NewestAsync(api, "flyte", CancellationToken.None)).Select(revision => (revision.Release, revision.Revision)),
            Is.EquivalentTo(new[] { ("r", 1), ("r-2", 7) })
        );
    }

    [Test]
    public async Task A_failed_revision_lies_over_the_one_that_is_still_deployed()
    {
        using var server = new FakeApiServer().Holding(
            Stored.Release("r", 1, "superseded"),
            Stored.Release("r", 2, "deployed"),
            Stored.Release("r", 3, "failed"),
            Stored.Release("r", 4, "failed")
        );
        using var api = server.Api();

        var found = await HelmReleases.FindAsync(api, "flyte", "r", CancellationToken.None);

        Assert.That((found!.Revision, found.Status, found.Deployed!.Revision), Is.EqualTo((4, "failed", 2)));
    }

    [Test]
    public async Task A_release_that_was_uninstalled_with_its_history_kept_is_none()
    {
        using var server = new FakeApiServer().Holding(Stored.Release("r", 1, "uninstalled"));
        using var api = server.Api();

        Assert.That(await HelmReleases.FindAsync(api, "flyte", "r", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task Where_nothing_is_installed_there_is_none()
    {
        using var server = new FakeApiServer();
        using var api = server.Api();

        Assert.That(await HelmReleases.FindAsync(api, "flyte", "r", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_pending_release_is_given_time_to_end()
    {
        var pending = Stored.Secret(Stored.Release("r", 1, "pending-upgrade"));
        var ended = Stored.Secret(Stored.Release("r", 1, "deployed"));
        ended["metadata"]!["resourceVersion"] = "42";
        using var server = new FakeApiServer();
        server.On("/api/v1/namespaces/flyte/secrets", List(pending), List(pending), List(ended));
        server.On("/api/v1/namespaces/flyte/secrets/sh.helm.release.v1.r.v1", FakeApiServer.Ok(pending.ToJsonString()), FakeApiServer.Ok(ended.ToJsonString()));
        using var api = server.Api();

        Assert.That((await PendingRelease.SettleAsync(api, "flyte", "r", CancellationToken.None))!.Status, Is.EqualTo("deployed"));
    }

    // The clock of the test begins at 2026-01-02T03:04:05Z.
    [TestCase("2026-01-02T03:04:05Z", null, 120)]
    [TestCase("2026-01-02T03:03:05Z", null, 60)]
    [TestCase("2026-01-02T03:01:05Z", null, 0)]
    [TestCase("2026-01-01T03:04:05Z", null, 0)]
    [TestCase("2026-01-02T03:09:05Z", null, 120)]
    [TestCase("2026-01-02T03:04:05Z", 60, 60)]
    [TestCase("2026-01-02T03:01:05Z", 60, 0)]
    [TestCase("2026-01-02T03:01:05Z", 600, 420)]
    public async Task A_release_that_stays_pending_is_waited_for_as_long_as_helm_may_be_at_work(string lastDeployed, int? oldest, int seconds)
    {
        using var server = new FakeApiServer().Holding(Stored.Release("r", 1, "pending-upgrade", lastDeployed: lastDeployed));
        using var api = server.Api();

        var live = await PendingRelease.SettleAsync(api, "flyte", "r", CancellationToken.None, oldest is null ? null : TimeSpan.FromSeconds(oldest.Value));

        Assert.That(live!.IsPending, Is.True);
        Assert.That(server.Time.Pauses.Sum(pause => pause.TotalSeconds), Is.EqualTo(seconds).Within(0.5));
    }

    [Test]
    public async Task What_is_waited_for_is_said_every_half_minute()
    {
        using var server = new FakeApiServer().Holding(Stored.Release("r", 4, "pending-upgrade"));
        using var api = server.Api();
        var said = new List<string>();

        await PendingRelease.SettleAsync(api, "flyte", "r", CancellationToken.None, TimeSpan.FromSeconds(70), said.Add);

        Assert.That(
            said,
            Is.EqualTo(
                new[]
                {
                    "Helm release r is in pending-upgrade (revision 4): another helm is working on it. Waiting for it to end.",
                    "Helm release r is in pending-upgrade (revision 4): another helm is working on it. Waiting for it to end, for 30 s so far.",
                    "Helm release r is in pending-upgrade (revision 4): another helm is working on it. Waiting for it to end, for 60 s so far.",
                }
            )
        );
    }

    [Test]
    public void Without_recover_a_pending_release_is_left_as_it_is_and_the_remedy_said()
    {
        using var run = new TestRun();
        var pending = HelmRelease.Decode(Stored.Secret(Stored.Release("flyte-core", 2, "pending-upgrade")));

        Assert.That(
            () => PendingRelease.RecoverAsync(run.Context.Run, run.Control, pending, run.Context.Gate, run.Context.Options.Recover, CancellationToken.None),
            Throws
                .InvalidOperationException.With.Message.EqualTo($"{PendingRelease.Explain(pending)} {PendingRelease.Remedy}")
                .And.Message.Contains("run again with --recover")
        );
        Assert.That(run.ControlServer.Writes, Is.Empty);
    }

    [Test]
    public async Task With_recover_a_pending_release_becomes_a_failed_one()
    {
        using var run = new TestRun(new RunOptions { Recover = true });
        run.ControlServer.Holding(Stored.Release("flyte-core", 2, "pending-upgrade"));
        var pending = await HelmReleases.FindAsync(run.Control.Api, "flyte", "flyte-core", CancellationToken.None);

        var recovered = await PendingRelease.RecoverAsync(
            run.Context.Run,
            run.Control,
            pending,
            run.Context.Gate,
            run.Context.Options.Recover,
            CancellationToken.None
        );

        Assert.That((recovered!.Revision, recovered.Status), Is.EqualTo((2, "failed")));
    }

    [Test]
    public async Task A_release_that_is_not_pending_needs_no_recovery()
    {
        using var run = new TestRun(new RunOptions { Recover = true });
        var deployed = HelmRelease.Decode(Stored.Secret(Stored.Release("flyte-core", 2, "deployed")));

        Assert.That(
            await PendingRelease.RecoverAsync(run.Context.Run, run.Control, deployed, run.Context.Gate, run.Context.Options.Recover, CancellationToken.None),
            Is.SameAs(deployed)
        );
        Assert.That(run.ControlServer.Calls, Is.Empty);
    }

    private static Func<ApiCall, HttpResponseMessage> List(JsonObject secret) =>
        FakeApiServer.Ok(new JsonObject { ["items"] = new JsonArray(secret.DeepClone()) }.ToJsonString());

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
