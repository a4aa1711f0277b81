using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A data plane that the fleet disables may be away: nothing waits for it, and it fails nothing.</summary>
internal sealed class DisabledTests : JoinedTests
{
    private const string Labels = "{label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_1, weight: 1}]}";

    private string Disabled => $"{Bed.Plane(1)}, {Bed.Plane(2).Replace("{", "{enabled: false, ", StringComparison.Ordinal)}";

    private string WithoutContext => Disabled.Replace("context: dataplane2", "context: gone", StringComparison.Ordinal);

    [TearDown]
    public async Task EnableAgain()
    {
        await Bed.Control.ClearFaultsAsync(default);
        (await RunAsync()).Expect(0);
    }

    [Test]
    public async Task One_that_is_dead_is_disabled_with_a_warning_and_later_runs_change_nothing()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");
        var fleet = Bed.Fleet(Disabled, Labels, name: "disabled");

        var first = (await RunAsync($"--fleet={fleet}")).Expect(0);
        var second = (await RunAsync($"--fleet={fleet}")).Expect(0);

        await AssertDisabledAsync();
        Assert.That((first.Outcome("dataplane_2"), second.Outcome("dataplane_2")), Is.EqualTo(("away", "away")));
        Assert.That(first.Output, Does.Contain("dataplane_2 is disabled in clusterConfigs although it did not answer"));
        Assert.That(second.Report["changes"]!.AsArray(), Is.Empty);
        Assert.That(second.Report["notes"]!.AsArray(), Is.Empty);
        Assert.That(second.Output.Split('\n').Count(line => line.Contains("[dataplane_2]", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task One_whose_context_is_gone_is_disabled_with_a_warning_and_later_runs_change_nothing()
    {
        var fleet = Bed.Fleet(WithoutContext, Labels, name: "gone");

        var plan = (await RunAsync($"--fleet={fleet}", "--plan")).Expect(0);
        var first = (await RunAsync($"--fleet={fleet}")).Expect(0);
        var second = (await RunAsync($"--fleet={fleet}")).Expect(0);

        await AssertDisabledAsync();
        Assert.That(plan.Output, Does.Contain("[dataplane_2] left out: the fleet disables it and it does not answer: the kubeconfig has no context 'gone'"));
        Assert.That(first.Output, Does.Contain("dataplane_2 is disabled in clusterConfigs although it did not answer"));
        Assert.That(second.Report["changes"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task It_is_asked_once_and_not_again()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "status", "status": 503}""");
        var before = await CountAsync();

        (await RunAsync($"--fleet={Bed.Fleet(Disabled, Labels, name: "disabled")}")).Expect(0);

        Assert.That(await CountAsync() - before, Is.EqualTo(1));
    }

    [Test]
    public async Task One_that_hangs_is_waited_for_a_few_seconds_only()
    {
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "delay", "delayMs": 600000}""");

        var run = (await RunAsync($"--fleet={Bed.Fleet(Disabled, Labels, name: "disabled")}")).Expect(0);

        Assert.That(run.Output, Does.Contain("no answer within 5 s"));
        Assert.That(
            run.Report["stages"]!.AsArray().Where(stage => (string?)stage!["cluster"] == "dataplane_2").Select(stage => (string?)stage!["name"]),
            Is.EqualTo(new[] { "CheckClusters" })
        );
    }

    [Test]
    public async Task Verify_skips_what_needs_it([Values] bool hasContext)
    {
        var fleet = Bed.Fleet(hasContext ? Disabled : WithoutContext, Labels, name: "verified");
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");
        (await RunAsync($"--fleet={fleet}")).Expect(0);

        var verify = (await RunAsync($"--fleet={fleet}", "--target=Verify", "--output=json")).Expect(0);

        var checks = JsonNode.Parse(verify.StandardOutput)!["checks"]!.AsArray();
        Assert.That(
            checks
                .Where(check => (string?)check!["cluster"] == "dataplane_2" && (string?)check["status"] is "failed" or "warning")
                .Select(check => check!.ToJsonString()),
            Is.Empty
        );
        Assert.That(
            checks
                .Where(check => (string?)check!["cluster"] == "dataplane_2" && (string?)check["check"] == "reachable")
                .Select(check => (string?)check!["status"]),
            Is.EqualTo(new[] { "skipped" })
        );
    }

    private async Task AssertDisabledAsync()
    {
        var clusters = (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"];
        Assert.That(
            clusters,
            Does.Match("enabled: false\n +endpoint: [^\n]+\n +name: dataplane_2").And.Match("enabled: true\n +endpoint: [^\n]+\n +name: dataplane_1")
        );
    }

    private async Task<int> CountAsync() =>
        (await Bed.RequestsAsync()).Count(request =>
            ((string?)request["path"])!.StartsWith("/version", StringComparison.Ordinal) && (int)request["status"]! == 503
        );
}
