using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Tokens of joined data planes that somebody rotated, revoked or replaced.</summary>
internal sealed class TokenTests : JoinedTests
{
    private const string Token =
        """{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token", "metadata": {"name": "NAME", "annotations": {"kubernetes.io/service-account.name": "flyteadmin"} } }""";

    [Test]
    public async Task A_token_that_was_rotated_by_hand_under_a_new_name_stays_and_the_revoked_one_stays_revoked()
    {
        var old = await OriginAsync();
        await DataPlane(1).CreateAsync("/api/v1/namespaces/flyte/secrets", Token.Replace("NAME", "rotated-by-hand", StringComparison.Ordinal));
        var made = await FilledAsync("rotated-by-hand");
        await StoreAsync(made);
        await RestartAsync();
        await DataPlane(1).DeleteAsync("secrets", old);
        (await RunAsync()).Expect(0);

        var second = (await RunAsync()).Expect(0);

        Assert.That(second.Changes, Is.Empty);
        Assert.That(await TokensAsync(), Is.EqualTo(new[] { "rotated-by-hand" }));
        Assert.That((await ControlPlane.SecretAsync("cluster-credentials"))["dataplane_1_token"], Is.EqualTo(made));
        (await RunAsync("--target=Verify")).Expect(0);
    }

    [Test]
    public async Task Every_revoked_token_is_followed_by_one_of_a_name_that_was_never_used_and_the_plan_names_it()
    {
        var used = new List<string> { await OriginAsync() };
        for (var times = 0; times < 2; times++)
        {
            await DataPlane(1).DeleteAsync("secrets", used[^1]);
            var plan = (await RunAsync("--plan")).Expect(0);
            (await RunAsync()).Expect(0);
            used.Add((await TokensAsync()).Single());
            Assert.That(plan.Changes, Does.Contain($"dataplane_1 create Secret {used[^1]}"));
        }

        Assert.That(used, Is.Unique);
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Runs_at_once_and_after_a_killed_one_make_one_Secret()
    {
        await DataPlane(1).DeleteAsync("secrets", await OriginAsync());
        await Bed.FaultAsync("""{"cluster": "controlplane", "method": "PATCH", "path": "/secrets/", "kind": "delay", "delayMs": 60000}""");
        using (var killed = Bed.Start([$"--fleet={JoinedFleet}"]))
        {
            await killed.UntilPrintedAsync(line => line == "== ApplyClusterCredentials");
            await killed.KillAsync();
        }

        await Bed.Control.ClearFaultsAsync(default);
        var first = await OriginAsync();
        await Task.WhenAll(RunAsync("--target=ApplyClusterCredentials"), RunAsync("--target=ApplyClusterCredentials"));

        Assert.That(await TokensAsync(), Is.EqualTo(new[] { first }));
        (await RunAsync()).Expect(0);
    }

    [Test]
    public async Task A_stored_token_of_no_Secret_is_kept_and_said_while_it_works()
    {
        var origin = await OriginAsync();
        var bound = Bed.Kubectl("dataplane1", "create token flyteadmin --duration=24h").Trim();
        await StoreAsync(Convert.ToBase64String(Encoding.ASCII.GetBytes(bound)));
        await RestartAsync();
        await DataPlane(1).DeleteAsync("secrets", origin);
        (await RunAsync()).Expect(0);

        var run = (await RunAsync()).Expect(0);

        Assert.That(run.Changes, Is.Empty);
        Assert.That(await TokensAsync(), Is.Empty);
        await StoreAsync("bm9uZQ==");
        (await RunAsync()).Expect(0);
        Assert.That(
            run.Report["notes"]!.AsArray().Select(note => (string?)note),
            Has.One.Contains("The stored token of dataplane_1 works and is kept").And.One.Contains("it expires on 20")
        );
    }

    [Test]
    public async Task A_Secret_that_another_controller_keeps_is_reported_by_plan_and_Verify()
    {
        Bed.Kubectl("controlplane", "annotate secret cluster-credentials argocd.argoproj.io/tracking-id=flyte");

        var plan = (await RunAsync("--plan")).Expect(0);
        var verify = (await RunAsync("--target=Verify", "--output=json")).Expect(0);
        Bed.Kubectl("controlplane", "annotate secret cluster-credentials argocd.argoproj.io/tracking-id-");

        Assert.That(
            plan.Report["notes"]!.AsArray().Select(note => (string?)note),
            Has.One.Contains("Argo CD (annotation argocd.argoproj.io/tracking-id), which may undo what is stored")
        );
        Assert.That(VerifyTests.Found(VerifyTests.Document(verify), "failed", "warning"), Is.EqualTo(new[] { "secret-owner" }));
    }

    [Test]
    public async Task An_immutable_Secret_is_refused_before_any_write_and_the_remedy_works()
    {
        await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"immutable": true}""");
        await DataPlane(1).DeleteAsync("secrets", await OriginAsync());
        var writes = await Bed.WritesAsync();

        var refused = (await RunAsync()).Expect(ExitCode.Refused);

        Assert.That(refused.Output, Does.Contain("Secret flyte/cluster-credentials is immutable").And.Contain("del(.immutable)"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        var secret = JsonNode.Parse(Bed.Kubectl("controlplane", "get secret cluster-credentials -o json"))!.AsObject();
        secret.Remove("immutable");
        Bed.Kubectl("controlplane", "replace --force -f -", secret.ToJsonString());
        (await RunAsync()).Expect(0);
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }

    private Task<string[]> TokensAsync() => DataPlane(1).TokensAsync();

    private async Task<string> OriginAsync() => (await TokensAsync()).Single();

    private async Task<string> FilledAsync(string name)
    {
        while (true)
        {
            if ((await DataPlane(1).SecretAsync(name)).TryGetValue("token", out var token))
                return token;
        }
    }

    private Task StoreAsync(string base64) =>
        ControlPlane.PatchAsync(
            "secrets",
            "cluster-credentials",
            new JsonObject { ["data"] = new JsonObject { ["dataplane_1_token"] = base64 } }.ToJsonString()
        );

    private Task RestartAsync()
    {
        Bed.Kubectl("controlplane", "rollout restart deployment flyteadmin syncresources");
        Bed.Kubectl("controlplane", "rollout status deployment flyteadmin");
        Bed.Kubectl("controlplane", "rollout status deployment syncresources");
        return Task.CompletedTask;
    }
}
