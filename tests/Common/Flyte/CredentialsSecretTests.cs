using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>The control plane's Secret of credentials.</summary>
internal sealed class CredentialsSecretTests
{
    private const string Path = "/api/v1/namespaces/flyte/secrets/cluster-credentials";
    private const int Limit = 1024 * 1024;

    private static readonly ClusterCredential Some = new("dG9rZW4=", "Y2E=");

    [Test]
    public async Task A_credential_is_stored_byte_for_byte_by_a_field_manager_of_its_data_plane()
    {
        using var run = new TestRun();
        run.Plane.Credential = Some;

        await new CredentialsSecret(run.Context.Run).ApplyAsync(null, run.Plane, run.Context.Gate, default);

        var call = run.ControlServer.Writes.Single();
        Assert.That((call.Path, call.ContentType), Is.EqualTo((Path + "?fieldManager=flyte-multicluster-dp1&force=true", "application/apply-patch+yaml")));
        Assert.That(JsonNode.Parse(call.Body!)!["data"]!.ToJsonString(), Is.EqualTo("""{"dp1_token":"dG9rZW4=","dp1_cacert":"Y2E="}"""));
    }

    [TestCase(null, ChangeAction.Create, "add the credential of dp1")]
    [TestCase("{}", ChangeAction.Update, "add the credential of dp1")]
    [TestCase("""{"dp1_token":"b2xk"}""", ChangeAction.Update, "replace the credential of dp1")]
    public async Task The_change_says_what_it_does(string? data, ChangeAction action, string detail)
    {
        using var run = new TestRun();
        run.Plane.Credential = Some;
        var live = data is null ? null : new JsonObject { ["data"] = JsonNode.Parse(data) };

        await new CredentialsSecret(run.Context.Run).ApplyAsync(live, run.Plane, run.Context.Gate, default);

        Assert.That(run.Context.Gate.Changes.Select(change => (change.Action, change.Detail)), Is.EqualTo(new[] { (action, (string?)detail) }));
    }

    [Test]
    public async Task A_closed_gate_writes_nothing_and_reports_how_it_would_be()
    {
        using var run = new TestRun(new RunOptions { Plan = true });
        run.Plane.Credential = Some;

        var planned = await new CredentialsSecret(run.Context.Run).ApplyAsync(null, run.Plane, run.Context.Gate, default);

        Assert.That((run.ControlServer.Writes.Count, CredentialsSecret.Holds(planned, run.Plane)), Is.EqualTo((0, true)));
    }

    [TestCase("""{"dp1_token":"dG9rZW4=","dp1_cacert":"Y2E=","other":"eA=="}""", true)]
    [TestCase("""{"dp1_token":"dG9rZW4K","dp1_cacert":"Y2E="}""", false)]
    [TestCase("""{"dp1_token":"dG9rZW4="}""", false)]
    [TestCase("{}", false)]
    public void The_Secret_holds_a_credential_when_both_entries_are_the_same(string data, bool expected)
    {
        using var run = new TestRun();
        run.Plane.Credential = Some;

        Assert.That(CredentialsSecret.Holds(new JsonObject { ["data"] = JsonNode.Parse(data) }, run.Plane), Is.EqualTo(expected));
    }

    [Test]
    public void What_is_not_there_holds_nothing()
    {
        using var run = new TestRun();
        var unknown = CredentialsSecret.Holds([], run.Plane);
        run.Plane.Credential = Some;

        Assert.That((unknown, CredentialsSecret.Holds(null, run.Plane)), Is.EqualTo((false, false)));
    }

    [TestCase((700 * 1024) - 1, false)]
    [TestCase(700 * 1024, true)]
    [TestCase(Limit, true)]
    public void A_Secret_that_fills_up_is_reported_from_700_KiB(int bytes, bool reported)
    {
        using var run = new TestRun();
        run.Plane.Credential = Some;

        new CredentialsSecret(run.Context.Run).CheckSize(With(bytes - 7), run.Context.Journal);

        Assert.That(run.Context.Journal.Notes, Has.Count.EqualTo(reported ? 1 : 0));
    }

    [Test]
    public void A_Secret_over_the_API_servers_limit_is_refused()
    {
        using var run = new TestRun();
        run.Plane.Credential = Some;

        Assert.That(
            () => new CredentialsSecret(run.Context.Run).CheckSize(With(Limit - 6), run.Context.Journal),
            Throws.InvalidOperationException.With.Message.Contains("the API server takes 1024")
        );
    }

    [Test]
    public void An_entry_that_is_replaced_counts_once()
    {
        using var run = new TestRun();
        run.Plane.Credential = new ClusterCredential(Convert.ToBase64String(new byte[Limit - 10]), "Y2E=");
        var live = new JsonObject { ["data"] = new JsonObject { ["dp1_token"] = Convert.ToBase64String(new byte[Limit - 10]) } };

        Assert.That(() => new CredentialsSecret(run.Context.Run).CheckSize(live, run.Context.Journal), Throws.Nothing);
    }

    private static JsonObject With(int bytes) => new() { ["data"] = new JsonObject { ["other"] = Convert.ToBase64String(new byte[bytes]) } };
}
