using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>A data plane's token Secret.</summary>
internal sealed class TokenSecretTests
{
    private const string Path = "/api/v1/namespaces/flyte/secrets/dp1-token";
    private const string Account = "/api/v1/namespaces/flyte/serviceaccounts/flyteadmin";
    private const string Head =
        """ "type":"kubernetes.io/service-account-token","metadata":{"annotations":{"kubernetes.io/service-account.name":"flyteadmin"}} """;
    private const string Empty = "{" + Head + "}";
    private const string Filled = "{" + Head + ""","data":{"token":"dG9rZW4=","ca.crt":"Y2E="}}""";

    [Test]
    public async Task A_filled_Secret_is_read_untouched()
    {
        using var run = new TestRun();
        run.PlaneServer.Put(Path, Filled);

        var credential = await new TokenSecret(run.Context.Run, run.Plane, "dp1-token").ReadAsync(default);

        Assert.That((credential!.Token, credential.CaCertificate, credential.ToString()), Is.EqualTo(("dG9rZW4=", "Y2E=", "credential")));
    }

    [TestCase("""{"token":"","ca.crt":"Y2E="}""")]
    [TestCase("""{"token":"dG9rZW4="}""")]
    [TestCase("{}")]
    public async Task A_Secret_that_is_not_filled_is_no_credential(string data)
    {
        using var run = new TestRun();
        run.PlaneServer.Put(Path, "{" + Head + $",\"data\":{data}}}");

        Assert.That(await new TokenSecret(run.Context.Run, run.Plane, "dp1-token").ReadAsync(default), Is.Null);
    }

    [TestCase("""{"type":"Opaque","metadata":{}}""")]
    [TestCase(
        """{"type":"kubernetes.io/service-account-token","metadata":{"annotations":{"kubernetes.io/service-account.name":"default"}},"data":{"token":"dG9rZW4=","ca.crt":"Y2E="}}"""
    )]
    public void Somebody_elses_Secret_is_refused_and_left_alone(string secret)
    {
        using var run = new TestRun();
        run.PlaneServer.Put(Path, secret);

        Assert.That(
            () => new TokenSecret(run.Context.Run, run.Plane, "dp1-token").ReadAsync(default),
            Throws.InvalidOperationException.With.Message.Contains("is not a token of flyteadmin")
        );
        Assert.That(run.PlaneServer.Writes, Is.Empty);
    }

    [Test]
    public async Task The_Secret_is_made_annotated()
    {
        using var run = new TestRun();

        Assert.That(await new TokenSecret(run.Context.Run, run.Plane, "dp1-token").CreateAsync(run.Context.Gate, default), Is.True);

        var made = JsonNode.Parse(run.PlaneServer.Writes.Single().Body!)!;
        Assert.That(
            ((string?)made["type"], (string?)made["metadata"]!["name"], (string?)made["metadata"]!["annotations"]!["kubernetes.io/service-account.name"]),
            Is.EqualTo(("kubernetes.io/service-account-token", "dp1-token", "flyteadmin"))
        );
    }

    [Test]
    public async Task A_Secret_that_is_there_is_not_made_again()
    {
        using var run = new TestRun();
        run.PlaneServer.Put(Path, Empty);

        Assert.That(
            (await new TokenSecret(run.Context.Run, run.Plane, "dp1-token").CreateAsync(run.Context.Gate, default), run.PlaneServer.Writes.Count),
            Is.EqualTo((true, 0))
        );
    }

    [Test]
    public async Task A_plan_makes_none()
    {
        using var run = new TestRun(new RunOptions { Plan = true });

        Assert.That(
            (
                await new TokenSecret(run.Context.Run, run.Plane, "dp1-token").CreateAsync(run.Context.Gate, default),
                run.PlaneServer.Writes.Count,
                run.Context.Gate.Changes.Count
            ),
            Is.EqualTo((false, 0, 1))
        );
    }

    [Test]
    public async Task The_token_controller_is_waited_for()
    {
        using var run = new TestRun();
        run.PlaneServer.On(Path, FakeApiServer.Ok(Empty), FakeApiServer.Ok(Empty), FakeApiServer.Ok(Filled));

        await new TokenSecret(run.Context.Run, run.Plane, "dp1-token").UntilFilledAsync(run.Context.Options.Timeout, default);

        Assert.That(run.PlaneServer.Calls, Has.Count.EqualTo(3));
    }

    [Test]
    public void A_Secret_that_is_never_filled_is_reported_with_the_controller_to_look_at()
    {
        using var run = new TestRun();
        run.PlaneServer.Put(Path, Empty).Put(Account, "{}");

        Assert.That(
            () => new TokenSecret(run.Context.Run, run.Plane, "dp1-token").UntilFilledAsync(run.Context.Options.Timeout, default),
            Throws.InvalidOperationException.With.Message.Contains("within 60 s").And.Message.Contains("kube-controller-manager")
        );
        Assert.That(run.PlaneServer.Time.Pauses.Sum(pause => pause.TotalSeconds), Is.EqualTo(60).Within(1));
    }

    [Test]
    public void A_shorter_timeout_counts()
    {
        using var run = new TestRun(new RunOptions { Timeout = TimeSpan.FromSeconds(5) });
        run.PlaneServer.Put(Path, Empty).Put(Account, "{}");

        Assert.That(
            () => new TokenSecret(run.Context.Run, run.Plane, "dp1-token").UntilFilledAsync(run.Context.Options.Timeout, default),
            Throws.InvalidOperationException.With.Message.Contains("within 5 s")
        );
    }

    [Test]
    public void A_missing_service_account_is_reported_at_once_as_the_controller_removes_its_Secret()
    {
        using var run = new TestRun();

        Assert.That(
            () => new TokenSecret(run.Context.Run, run.Plane, "dp1-token").UntilFilledAsync(run.Context.Options.Timeout, default),
            Throws.InvalidOperationException.With.Message.Contains("Service account flyteadmin is missing")
        );
        Assert.That(run.PlaneServer.Time.Pauses, Is.Empty);
    }

    [Test]
    public void A_Secret_that_somebody_removed_is_reported_as_such()
    {
        using var run = new TestRun();
        run.PlaneServer.Put(Account, "{}");

        Assert.That(
            () => new TokenSecret(run.Context.Run, run.Plane, "dp1-token").UntilFilledAsync(run.Context.Options.Timeout, default),
            Throws.InvalidOperationException.With.Message.Contains("Somebody deleted Secret dp1-token")
        );
    }
}
