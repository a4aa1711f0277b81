using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>RotateCredentials on a fleet at work: a new token before the old one goes.</summary>
internal sealed class RotationTests : AdminTests
{
    protected override string JoinedFleet => Fleet([], Smoke, name: "rotation");

    [Test]
    public async Task Every_data_plane_has_another_token_in_use_and_the_old_one_is_refused()
    {
        var before = await StateAsync();

        var run = (await RotateAsync()).Expect(ExitCode.Done);

        var after = await StateAsync();
        Assert.That(after.Names, Has.Count.EqualTo(2));
        Assert.That(after.Names.Intersect(before.Names), Is.Empty);
        Assert.That(after.Stored.Keys, Is.EquivalentTo(before.Stored.Keys));
        Assert.That(after.Stored["dataplane_1_cacert"], Is.EqualTo(before.Stored["dataplane_1_cacert"]));
        foreach (var number in new[] { 1, 2 })
        {
            Assert.That(await AnswerAsync(number, before.Stored[$"dataplane_{number}_token"]), Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(await AnswerAsync(number, after.Stored[$"dataplane_{number}_token"]), Is.Not.EqualTo(HttpStatusCode.Unauthorized));
        }

        Assert.That(
            run.Changes.Where(change => change.StartsWith("dataplane_1 ", StringComparison.Ordinal) || change.Contains("Deployment", StringComparison.Ordinal)),
            Is.EqualTo(
                new[]
                {
                    $"dataplane_1 create Secret {after.Names[0]}",
                    "controlplane restart Deployment flyteadmin",
                    "controlplane restart Deployment syncresources",
                    $"dataplane_1 delete Secret {before.Names[0]}",
                }
            )
        );
        Assert.That((await RunAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
        (await RunAsync("--target=Verify", "--smoke")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Executions_that_are_started_meanwhile_all_succeed()
    {
        await using var load = new ExecutionLoad(Admin);

        (await RotateAsync()).Expect(ExitCode.Done);
        (await RotateAsync("--skip-smoke")).Expect(ExitCode.Done);

        await AssertAllSucceededAsync(load);
    }

    [Test]
    public async Task Killed_before_each_step_it_is_finished_by_the_next_run_and_executions_go_on()
    {
        var before = await StateAsync();
        await using var load = new ExecutionLoad(Admin);
        foreach (var stage in new[] { "StoreReplacementCredentials", "ReloadCredentials", "ProveReplacementCredentials", "DeleteReplacedTokens" })
        {
            using var program = Bed.Start(["--target=RotateCredentials", $"--fleet={JoinedFleet}", "--skip-smoke"]);
            await program.UntilPrintedAsync(line => line == $"== {stage}");
            await program.KillAsync();
        }

        (await RotateAsync("--skip-smoke")).Expect(ExitCode.Done);

        await AssertAllSucceededAsync(load);
        var after = await StateAsync();
        Assert.That(after.Names, Has.Count.EqualTo(2));
        Assert.That(after.Names.Intersect(before.Names), Is.Empty);
        Assert.That((await RunAsync("--skip-smoke")).Expect(ExitCode.Done).Changes, Is.Empty);
        (await RunAsync("--target=Verify")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task A_plan_names_what_would_change_and_writes_nothing_and_a_run_can_be_held_to_it()
    {
        var (writes, before) = (await Bed.WritesAsync(), await StateAsync());

        var plan = (await RotateAsync("--plan", "--detailed-exitcode", "--cluster=dataplane_2")).Expect(ExitCode.ChangesPlanned);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(
            plan.Changes,
            Is.SupersetOf(
                new[]
                {
                    "controlplane update Secret cluster-credentials",
                    "controlplane restart Deployment flyteadmin",
                    "controlplane restart Deployment syncresources",
                    $"dataplane_2 delete Secret {before.Names[1]}",
                }
            )
        );
        Assert.That(plan.Changes, Has.Some.StartsWith("dataplane_2 create Secret dataplane-2-token-"));
        Assert.That(plan.Changes, Has.None.StartsWith("dataplane_1 "));
        (await RotateAsync("--cluster=dataplane_2", $"--expect={plan.PlanDigest}")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Tokens_that_are_younger_stay()
    {
        var run = (await RotateAsync("--older-than=30d")).Expect(ExitCode.Done);

        Assert.That(run.Changes, Is.Empty);
        Assert.That(run.Output, Does.Match(@"\[dataplane_1\] nothing to do: its token is \d+[smh] old, and is replaced from 30d on"));
    }

    [Test]
    public async Task A_leaked_token_is_revoked_first_and_the_price_is_named()
    {
        var before = await StateAsync();

        var run = (await RotateAsync("--compromised", "--cluster=dataplane_1")).Expect(ExitCode.Done);

        Assert.That(
            run.Changes.Where(change => change.StartsWith("dataplane_1 ", StringComparison.Ordinal)),
            Is.EqualTo(new[] { $"dataplane_1 delete Secret {before.Names[0]}", $"dataplane_1 create Secret {(await StateAsync()).Names[0]}" })
        );
        Assert.That(run.Report["notes"]!.AsArray().Select(note => (string?)note), Has.One.Contains("failed to create workflow in propeller Unauthorized"));
        Assert.That((await RunAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task A_leaked_token_that_a_killed_run_has_revoked_is_replaced_by_the_next()
    {
        await Bed.FaultAsync("""{"cluster": "controlplane", "method": "PATCH", "path": "/deployments/flyteadmin", "kind": "delay", "delayMs": 60000}""");
        using (var killed = Bed.Start(["--target=RotateCredentials", $"--fleet={JoinedFleet}", "--compromised", "--cluster=dataplane_1"]))
        {
            await killed.UntilPrintedAsync(line => line.StartsWith("[controlplane] restart Deployment flyte/flyteadmin", StringComparison.Ordinal));
            await killed.KillAsync();
        }

        await Bed.Control.ClearFaultsAsync(default);
        var stored = (await StateAsync()).Stored["dataplane_1_token"];

        var run = (await RotateAsync("--cluster=dataplane_1")).Expect(ExitCode.Done);

        Assert.That((await StateAsync()).Stored["dataplane_1_token"], Is.EqualTo(stored));
        Assert.That(run.Output, Does.Contain("have not read the stored credential yet: they are restarted"));
        (await RunAsync("--target=Verify", "--smoke")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task A_rotation_that_is_not_finished_is_reported_by_Verify_and_finished_by_the_next_run()
    {
        var before = await StateAsync();
        await Bed.FaultAsync("""{"cluster": "dataplane1", "method": "DELETE", "path": "/secrets/", "kind": "status", "status": 403}""");
        (await RotateAsync("--cluster=dataplane_1")).Expect(ExitCode.Failed);
        await Bed.Control.ClearFaultsAsync(default);

        var verify = (await RunAsync("--target=Verify", "--output=json")).Expect(ExitCode.Done);
        var next = (await RotateAsync("--cluster=dataplane_1")).Expect(ExitCode.Done);

        Assert.That(VerifyTests.Found(VerifyTests.Document(verify), "failed", "warning"), Is.EqualTo(new[] { "credential-age" }));
        Assert.That(verify.StandardOutput, Does.Contain($"Secret {before.Names[0]}, whose token was replaced, is still there"));
        Assert.That(next.Changes, Is.EqualTo(new[] { $"dataplane_1 delete Secret {before.Names[0]}" }));
    }

    [Test]
    public async Task A_CA_certificate_that_is_another_than_the_stored_one_is_replaced_however_young_the_token_is()
    {
        var (before, ca) = (await StateAsync(), (await ControlPlane.SecretAsync("cluster-credentials"))["dataplane_2_cacert"]);
        await ControlPlane.PatchAsync(
            "secrets",
            "cluster-credentials",
            new JsonObject { ["data"] = new JsonObject { ["dataplane_1_cacert"] = ca } }.ToJsonString()
        );

        (await RotateAsync("--older-than=30d", "--cluster=dataplane_1")).Expect(ExitCode.Done);

        var after = await StateAsync();
        Assert.That(after.Stored["dataplane_1_cacert"], Is.EqualTo(before.Stored["dataplane_1_cacert"]));
        Assert.That(after.Names[0], Is.Not.EqualTo(before.Names[0]));
        Assert.That(after.Names[1], Is.EqualTo(before.Names[1]));
    }

    [Test]
    public async Task A_cluster_whose_credential_is_missing_refuses_the_run_before_any_write_as_flyteadmin_would_not_start_again()
    {
        await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"data": {"dataplane_1_token": null} }""");
        var writes = await Bed.WritesAsync();

        var run = (await RotateAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("Secret cluster-credentials holds no credential of dataplane_1, so there is none to rotate."));
        Assert.That(run.Output, Does.Contain("Secret cluster-credentials has no 'dataplane_1_token': flyteadmin reads the credentials of all clusters"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        (await RunAsync()).Expect(ExitCode.Done);
    }

    [Test]
    public async Task A_token_that_another_entry_uses_too_is_kept()
    {
        var before = await StateAsync();
        await ControlPlane.PatchAsync(
            "secrets",
            "cluster-credentials",
            new JsonObject { ["data"] = new JsonObject { ["alias_token"] = before.Stored["dataplane_1_token"] } }.ToJsonString()
        );

        var run = (await RotateAsync("--cluster=dataplane_1")).Expect(ExitCode.Failed);

        Assert.That(
            run.Output,
            Does.Contain($"The token of Secret {before.Names[0]} is stored in Secret cluster-credentials, key alias_token, so it is kept.")
        );
        await ControlPlane.PatchAsync("secrets", "cluster-credentials", """{"data": {"alias_token": null} }""");
        var next = (await RotateAsync("--cluster=dataplane_1")).Expect(ExitCode.Done);
        Assert.That(
            next.Changes.Where(change => change.StartsWith("dataplane_1 ", StringComparison.Ordinal)),
            Is.EqualTo(new[] { $"dataplane_1 delete Secret {before.Names[0]}" })
        );
    }

    [Test]
    public async Task Two_rotations_at_once_make_one_new_token_for_each_data_plane()
    {
        var before = await StateAsync();

        var fleet = $"--fleet={JoinedFleet}";
        var runs = await Task.WhenAll(RotateAsync("--skip-smoke", fleet), RotateAsync("--skip-smoke", fleet));

        Assert.That(runs.Select(run => run.ExitCode), Is.All.EqualTo(ExitCode.Done), string.Join('\n', runs.Select(run => run.Output)));
        var after = await StateAsync();
        Assert.That(after.Names, Has.Count.EqualTo(2));
        Assert.That(after.Names.Intersect(before.Names), Is.Empty);
        (await RunAsync("--target=Verify")).Expect(ExitCode.Done);
    }

    private static async Task AssertAllSucceededAsync(ExecutionLoad load)
    {
        var ends = await load.EndAsync();
        Assert.That(ends.Where(end => end != nameof(ExecutionPhase.Succeeded)), Is.Empty);
        Assert.That(ends, Has.Count.GreaterThan(10));
    }

    private Task<Finished> RotateAsync(params string[] arguments) => RunAsync([.. arguments, "--target=RotateCredentials"]);

    private async Task<(IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Stored)> StateAsync()
    {
        string[] names = [.. await DataPlane(1).TokensAsync(), .. await DataPlane(2).TokensAsync()];
        return (names, await ControlPlane.SecretAsync("cluster-credentials"));
    }

    private async Task<HttpStatusCode> AnswerAsync(int number, string token)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        var stored = await ControlPlane.SecretAsync("cluster-credentials");
        handler.SslOptions.CertificateChainPolicy = ClusterTrust.In([X509Certificate2.CreateFromPem(ClusterView.Decode(stored[$"dataplane_{number}_cacert"]))]);
        using var http = new HttpClient(handler) { BaseAddress = new Uri(Bed.Endpoint(number)) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ClusterView.Decode(token));
        using var answer = await http.GetAsync(new Uri("/api/v1/namespaces/flyte", UriKind.Relative));
        return answer.StatusCode;
    }
}
