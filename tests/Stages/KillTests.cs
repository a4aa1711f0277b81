using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>SIGKILL after every stage, then the same command again.</summary>
internal sealed class KillTests : StageTests
{
    private static readonly string[] Looking =
    [
        "CheckTools",
        "CheckClusters",
        "CheckFlyteAdmin",
        "AddHelmRepository",
        "FetchChart",
        "CheckControlPlaneRelease",
        "WriteDataPlaneValues",
    ];
    private static readonly string[] Writing =
    [
        "InstallDataPlane",
        "CreateDataPlaneToken",
        "CollectCredentials",
        "ApplyClusterCredentials",
        "WriteValuesOverride",
        "UpgradeControlPlane",
        "VerifyPods",
        "UpdateExecutionClusterLabels",
        "SmokeRun",
    ];

    // In the order of a join; the stages of clouds have nothing to do here, and no heading.
    private static readonly string[] All = [.. Looking, .. Writing, "AddDataPlane"];

    // Those whose kill leaves most behind: a release, a stored credential that nothing names, an upgrade whose pods nobody waited for, labels.
    private static IEnumerable<string> KilledAfter =>
        Sampled.Of(Writing, "InstallDataPlane", "ApplyClusterCredentials", "UpgradeControlPlane", "UpdateExecutionClusterLabels");

    private static string? _uninterrupted;

    [OneTimeSetUp]
    public static async Task JoinWithoutInterruption()
    {
        var bed = await StagesSandbox.BorrowAsync();
        (await RunAsync(bed)).Expect(0);
        _uninterrupted = await EndState.OfAsync(bed);
        StagesSandbox.GiveBack(bed);
    }

    [Test]
    public async Task The_stages_of_these_tests_are_those_of_AddDataPlane()
    {
        var plan = await Bed.RunAsync($"--fleet={Fleet(Bed)}", "--plan");

        Assert.That(plan.Output.Split('\n').Where(line => line.StartsWith("== ", StringComparison.Ordinal)).Select(line => line[3..]), Is.EqualTo(All));
        Assert.That(plan.Output.Split('\n'), Has.Exactly(1).Contains("not on AWS").And.Exactly(1).Contains("not on Google Cloud"));
    }

    [Test]
    public async Task Killed_after_each_stage_that_only_looks_nothing_is_written_and_the_next_run_joins()
    {
        // The kill may come late: what the first stage that writes sends is held back.
        foreach (var cluster in new[] { "dataplane1", "dataplane2" })
        {
            foreach (var method in new[] { "POST", "PATCH" })
                await Bed.FaultAsync($$"""{"cluster": "{{cluster}}", "method": "{{method}}", "path": "/namespaces", "kind": "delay", "delayMs": 60000}""");
        }

        var writes = await Bed.WritesAsync();
        foreach (var next in Looking.Skip(1).Append(Writing[0]))
        {
            await KillAtAsync($"== {next}");
            Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes), next);
        }

        await Bed.Control.ClearFaultsAsync(default);
        await AssertJoinedByTheNextRunAsync();
    }

    [TestCaseSource(nameof(KilledAfter))]
    public async Task Killed_after_a_stage_the_next_run_ends_in_the_same_state(string stage)
    {
        var next = Writing.SkipWhile(name => name != stage).Skip(1).FirstOrDefault("AddDataPlane");
        await KillAtAsync($"== {next}");

        await AssertJoinedByTheNextRunAsync();
    }

    [TestCase(1, "flyte-core-data", 4)]
    [TestCase(0, "flyte-core", 4)]
    [TestCase(0, "flyte-core", 3)]
    public async Task Killed_while_helm_works_the_next_run_waits_for_helm_and_ends_in_the_same_state(int cluster, string release, int helm)
    {
        // Warnings come with the Deployments: helm prints them after the kill, and while the next run waits.
        await Bed.FaultAsync(
            $$"""{"cluster": "{{Bed.Clusters[cluster].Name}}", "method": "{{(helm == 4 ? "PATCH" : "POST")}}", "path": "/deployments", "kind": "hold"}"""
        );
        using (var program = Bed.Start([$"--fleet={Fleet(Bed)}"], helm))
        {
            await program.UntilPrintedAsync(line =>
                line.StartsWith($"[{(cluster == 0 ? "controlplane" : "dataplane_1")}] create HelmRelease", StringComparison.Ordinal)
            );
            while (await Bed.Clusters[cluster].ReleaseAsync(release) is null)
                await Task.Delay(20);
            await program.KillAsync();
        }

        using var next = Bed.Start([$"--fleet={Fleet(Bed)}"], helm);
        await next.UntilPrintedAsync(line =>
            line.EndsWith(
                $"Helm release {release} is in pending-install (revision 1): another helm is working on it. Waiting for it to end.",
                StringComparison.Ordinal
            )
        );
        await Bed.Control.ClearFaultsAsync(default);

        (await next.EndAsync()).Expect(0);
        Assert.That(await EndState.OfAsync(Bed), Is.EqualTo(_uninterrupted));
        Assert.That((await RunAsync(Bed)).Expect(0).Changes, Is.Empty);
    }

    private async Task KillAtAsync(string beginning)
    {
        using var program = Bed.Start([$"--fleet={Fleet(Bed)}"]);
        await program.UntilPrintedAsync(line => line.StartsWith(beginning, StringComparison.Ordinal));
        var killed = await program.KillAsync();
        // After the last stage there is but the summary, and the program may be quicker than the kill.
        Assert.That(
            killed.ExitCode,
            beginning == "== AddDataPlane" ? Is.Not.EqualTo(ExitCode.Failed) : Is.Not.Zero.And.Not.EqualTo(ExitCode.Failed),
            killed.Output
        );
        Assert.That(
            await program.LeftAsync(command => command.Contains("prox", StringComparison.Ordinal)),
            Is.Empty,
            "kubectl proxies or their guardian are left."
        );
        Assert.That(Directory.GetFileSystemEntries(Bed.Temporary, "fmc-*"), Is.Empty, "The proxies' folder is left.");
    }

    private static string Fleet(StageBed bed) => AdminTests.Fleet(bed, ["flytesnacks/development=label2"], AdminTests.Smoke, name: "kill");

    private static Task<Finished> RunAsync(StageBed bed) => bed.RunAsync($"--fleet={Fleet(bed)}");

    private async Task AssertJoinedByTheNextRunAsync()
    {
        (await RunAsync(Bed)).Expect(0);
        Assert.That(await EndState.OfAsync(Bed), Is.EqualTo(_uninterrupted));
        Assert.That((await RunAsync(Bed)).Expect(0).Changes, Is.Empty);
    }
}
