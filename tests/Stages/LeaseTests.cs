using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>One run at a time changes a control plane.</summary>
internal sealed class LeaseTests : JoinedTests
{
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/flyte/leases";
    private const string Lease = $"{Leases}/flyte-multicluster";

    [SetUp]
    public async Task Free() => await HoldAsync(null);

    [Test]
    public async Task It_is_given_back_at_the_end_and_not_taken_by_a_run_that_changes_nothing()
    {
        await ChangeAsync();
        (await RunAsync()).Expect(ExitCode.Done);
        var lease = await ControlPlane.GetAsync(Lease);
        Assert.That((string?)lease!["spec"]!["holderIdentity"], Is.Null);
        var writes = await Bed.WritesAsync();

        (await RunAsync()).Expect(ExitCode.Done);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(
            (await ControlPlane.GetAsync(Lease))!["metadata"]!["resourceVersion"]!.ToString(),
            Is.EqualTo(lease["metadata"]!["resourceVersion"]!.ToString())
        );
    }

    [Test]
    public async Task While_somebody_holds_it_a_run_that_is_not_to_wait_stops_and_names_the_holder()
    {
        await ChangeAsync();
        await HoldAsync("alice@laptop/1");

        var refused = (await RunAsync("--lock-timeout=0")).Expect(ExitCode.Failed);

        Assert.That(refused.Output, Does.Contain("alice@laptop/1 (AddDataPlane since 2026-11-27 12:00:00 UTC) is changing this control plane"));
        Assert.That(refused.Output, Does.Contain("--force-unlock"));
        Assert.That(refused.Changes, Has.None.StartsWith("controlplane "));
        await HoldAsync(null);
        (await RunAsync()).Expect(ExitCode.Done);
    }

    [Test]
    public async Task A_run_that_waits_goes_on_when_it_is_given_back()
    {
        await ChangeAsync();
        await HoldAsync("alice@laptop/1");

        using var run = Bed.Start([$"--fleet={JoinedFleet}"]);
        await run.UntilPrintedAsync(line => line.StartsWith("[controlplane] waiting for alice@laptop/1", StringComparison.Ordinal));
        await HoldAsync(null);

        Assert.That((await run.EndAsync()).Expect(ExitCode.Done).Changes, Has.Some.StartsWith("controlplane "));
        Assert.That((await RunAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task A_run_that_still_holds_it_loses_it_by_force_alone()
    {
        await ChangeAsync();
        await HoldAsync("alice@laptop/1");

        var run = (await RunAsync("--force-unlock")).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Contain("taking Lease flyte/flyte-multicluster from alice@laptop/1").And.Contain("(--force-unlock)"));
        Assert.That((string?)(await ControlPlane.GetAsync(Lease))!["spec"]!["holderIdentity"], Is.Null);
    }

    [Test]
    public async Task One_that_was_left_behind_long_ago_is_taken_at_once()
    {
        await ChangeAsync();
        await HoldAsync("alice@laptop/1", renewed: DateTimeOffset.UtcNow.AddHours(-1));

        var run = (await RunAsync("--lock-timeout=0")).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Contain("from alice@laptop/1").And.Contain("which has ended without giving it back"));
    }

    [Test]
    public async Task That_of_a_killed_run_of_this_machine_is_taken_at_once()
    {
        await ChangeAsync();
        await Bed.FaultAsync("""{"cluster": "controlplane", "method": "PATCH", "path": "/secrets/cluster-credentials", "kind": "hold"}""");
        using (var killed = Bed.Start([$"--fleet={JoinedFleet}"]))
        {
            await killed.UntilPrintedAsync(line => line.StartsWith("[controlplane] update Secret flyte/cluster-credentials", StringComparison.Ordinal));
            await killed.KillAsync();
        }

        await Bed.Control.ClearFaultsAsync(default);

        var run = (await RunAsync("--lock-timeout=0")).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Contain("which has ended without giving it back"));
    }

    [Test]
    public async Task A_run_that_it_was_taken_from_stops_before_its_next_change()
    {
        await ChangeAsync();
        await Bed.FaultAsync("""{"cluster": "controlplane", "method": "PATCH", "path": "/secrets/cluster-credentials", "kind": "hold"}""");
        using var run = Bed.Start([$"--fleet={JoinedFleet}"]);
        await run.UntilPrintedAsync(line => line.StartsWith("[controlplane] update Secret flyte/cluster-credentials", StringComparison.Ordinal));
        await HoldAsync("bob@desk/2");
        while (
            !(await Bed.RequestsAsync()).Any(request =>
                (string?)request["method"] == "PATCH"
                && ((string?)request["path"])!.Contains("/leases/", StringComparison.Ordinal)
                && (int?)request["status"] == 409
            )
        )
            await Task.Delay(50);
        await Bed.Control.ClearFaultsAsync(default);

        var end = (await run.EndAsync()).Expect(ExitCode.Failed);

        Assert.That(end.Output, Does.Contain("bob@desk/2").And.Contain("has taken Lease flyte/flyte-multicluster from this run"));
        Assert.That(end.Changes, Has.None.Contains("controlplane restart"));
        Assert.That((string?)(await ControlPlane.GetAsync(Lease))!["spec"]!["holderIdentity"], Is.EqualTo("bob@desk/2"));
        await HoldAsync(null);
        (await RunAsync()).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Without_the_right_to_Leases_the_run_goes_on_with_a_note()
    {
        await ChangeAsync();
        await Bed.FaultAsync("""{"cluster": "controlplane", "path": "/leases", "kind": "status", "status": 403}""");

        var run = (await RunAsync()).Expect(ExitCode.Done);

        Assert.That(run.Report["notes"]!.AsArray().Select(note => (string?)note), Has.One.StartsWith("Two runs at once are not kept apart"));
    }

    [Test]
    public async Task Two_runs_that_change_it_at_once_take_turns()
    {
        var fleet = $"--fleet={JoinedFleet}";
        var runs = await Task.WhenAll(RotateAsync("dataplane_1"), RotateAsync("dataplane_2"));

        Assert.That(runs.Select(run => run.ExitCode), Is.All.EqualTo(ExitCode.Done), string.Join('\n', runs.Select(run => run.Output)));
        Assert.That(string.Concat(runs.Select(run => run.Output)), Does.Contain(", which is changing this control plane"));
        Assert.That((await RunAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
        (await RunAsync("--target=Verify")).Expect(ExitCode.Done);

        Task<Finished> RotateAsync(string plane) => RunAsync("--target=RotateCredentials", $"--cluster={plane}", fleet);
    }

    // A revoked token: the next run stores another one.
    private async Task ChangeAsync()
    {
        foreach (var secret in await DataPlane(1).TokensAsync())
            await DataPlane(1).DeleteAsync("secrets", secret);
    }

    private async Task HoldAsync(string? holder, DateTimeOffset? renewed = null)
    {
        var spec = new JsonObject
        {
            ["holderIdentity"] = holder,
            ["leaseDurationSeconds"] = 3600,
            ["acquireTime"] = "2026-11-27T12:00:00.000000Z",
            ["renewTime"] = (renewed ?? DateTimeOffset.UtcNow.AddMinutes(-1)).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        };
        if (renewed is not null)
            spec["leaseDurationSeconds"] = 15;
        var metadata = new JsonObject
        {
            ["annotations"] = new JsonObject { ["flyte-multicluster/target"] = "AddDataPlane", ["flyte-multicluster/process"] = null },
        };
        await ControlPlane.PatchAsync(Lease, new JsonObject { ["metadata"] = metadata, ["spec"] = spec }.ToJsonString());
    }
}
