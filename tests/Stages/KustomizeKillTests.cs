using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>SIGKILL of a run that installs overlays, after every stage and in the middle of them, then the same command again.</summary>
internal sealed class KustomizeKillTests : StageTests
{
    // Those that follow a stage that writes.
    private static readonly string[] Stages = ["CreateDataPlaneToken", "CollectCredentials", "UpgradeControlPlane", "VerifyPods", "SmokeRun", "AddDataPlane"];

    // In the order of a join, with the request that the API server then holds back: so it is not made, and what comes after it is not either.
    private static readonly (string Cluster, string Line, string Path)[] Writes =
    [
        ("dataplane1", "[dataplane_1] create CustomResourceDefinition", "/customresourcedefinitions/"),
        ("dataplane1", "[dataplane_1] create ConfigMap flyte/flyte-multicluster-inventory", "/configmaps/flyte-multicluster-inventory"),
        ("dataplane1", "[dataplane_1] create ClusterRoleBinding flyte-flyteadmin-binding", "/clusterrolebindings/flyte-flyteadmin-binding"),
        ("dataplane1", "[dataplane_1] create Deployment flyte/flytepropeller", "/deployments/flytepropeller"),
        (
            "controlplane",
            "[controlplane] create ConfigMap flyte/flyte-admin-clusters-config",
            "/configmaps/flyte-admin-clusters-config[?]fieldManager=flyte-multicluster-clusters"
        ),
        (
            "controlplane",
            "[controlplane] update ConfigMap flyte/flyte-admin-clusters-config",
            "/configmaps/flyte-admin-clusters-config[?]fieldManager=flyte-multicluster&"
        ),
        ("controlplane", "[controlplane] create Deployment flyte/flyteadmin", "/deployments/flyteadmin"),
    ];

    private static string? _uninterrupted;

    private KustomizeFleet Overlays { get; set; } = null!;

    [OneTimeSetUp]
    public static async Task JoinWithoutInterruption()
    {
        var bed = await StagesSandbox.BorrowAsync();
        (await bed.RunAsync($"--fleet={Fleet(new KustomizeFleet(bed))}")).Expect(0);
        _uninterrupted = await EndState.OfAsync(bed);
        StagesSandbox.GiveBack(bed);
    }

    [SetUp]
    public void Copy() => Overlays = new KustomizeFleet(Bed);

    [Test]
    public async Task Killed_after_every_stage_that_writes_in_turn_the_last_run_ends_in_the_same_state()
    {
        foreach (var stage in Stages)
            await KillAtAsync($"== {stage}");

        await AssertJoinedByTheNextRunAsync();
    }

    [Test]
    public async Task Killed_in_the_middle_of_writes_in_turn_the_last_run_ends_in_the_same_state()
    {
        foreach (var (cluster, line, path) in Writes)
            await KillInAsync(cluster, "PATCH", path, line);

        await AssertJoinedByTheNextRunAsync();
    }

    [Test]
    public async Task Killed_while_it_prunes_the_next_run_prunes()
    {
        var auth = Overlays["dataplane/auth.yaml"];
        var before = await File.ReadAllTextAsync(auth);
        await File.WriteAllTextAsync(auth, $"{before}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: extra, namespace: flyte}}\n");
        (await RunAsync()).Expect(0);
        await File.WriteAllTextAsync(auth, before);

        await KillInAsync("dataplane1", "DELETE", "/configmaps/extra", "[dataplane_1] delete ConfigMap flyte/extra");
        await KillAtAsync("[dataplane_1] update ConfigMap flyte/flyte-multicluster-inventory");

        await AssertJoinedByTheNextRunAsync();
        Assert.That((await DataPlane(1).ListAsync("configmaps")).Keys, Does.Not.Contain("extra"));
    }

    private async Task KillInAsync(string cluster, string method, string path, string line)
    {
        await Bed.FaultAsync($$"""{"cluster": "{{cluster}}", "method": "{{method}}", "path": "{{path}}", "kind": "delay", "delayMs": 60000}""");
        await KillAtAsync(line);
        await Bed.Control.ClearFaultsAsync(default);
    }

    private async Task KillAtAsync(string beginning)
    {
        using var program = Bed.Start([$"--fleet={Fleet(Overlays)}"]);
        await program.UntilPrintedAsync(line => line.StartsWith(beginning, StringComparison.Ordinal));
        var killed = await program.KillAsync();
        // After the last stage there is but the summary, and the program may be quicker than the kill.
        Assert.That(
            killed.ExitCode,
            beginning == "== AddDataPlane" ? Is.Not.EqualTo(ExitCode.Failed) : Is.Not.Zero.And.Not.EqualTo(ExitCode.Failed),
            killed.Output
        );
    }

    private Task<Finished> RunAsync() => Bed.RunAsync($"--fleet={Fleet(Overlays)}");

    private static string Fleet(KustomizeFleet overlays) =>
        overlays.Write(name: "kill", more: $"executionLabels: [{{project: flytesnacks, domain: development, label: label2}}]\n{overlays.Smoke}");

    private async Task AssertJoinedByTheNextRunAsync()
    {
        (await RunAsync()).Expect(0);
        Assert.That(await EndState.OfAsync(Bed), Is.EqualTo(_uninterrupted));
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }
}
