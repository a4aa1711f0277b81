using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What the stages of drain, removal and rotation do with API servers that fail: they say so, and the next run finishes.</summary>
internal sealed class DayTwoFaultTests : AdminTests
{
    // Everyday runs take a sample.
    private const int EveryNth = 5;

    private static readonly string[] Passing =
    [
        """ "kind": "status", "status": 429, "count": 1""",
        """ "kind": "drop", "count": 1""",
        """ "kind": "delay", "delayMs": 1500, "count": 1""",
    ];

    private static readonly string[] Lasting =
    [
        """ "kind": "status", "status": 500""",
        """ "kind": "status", "status": 403""",
        """ "kind": "refuse" """,
        """ "kind": "hold" """,
    ];

    protected override string JoinedFleet => Fleet([], Smoke, name: "faults");

    // The first write of each step, as the step makes it.
    private static IEnumerable<(string Target, string Cluster, string Request)> Steps =>
        [
            ("DrainDataPlane", "controlplane", """ "method": "PATCH", "path": "/configmaps/flyte-multicluster-drained" """),
            ("DrainDataPlane", "controlplane", """ "method": "PATCH", "path": "/deployments/flyteadmin" """),
            ("DrainDataPlane", "dataplane2", """ "method": "GET", "path": "/flyteworkflows" """),
            ("RemoveDataPlane", "controlplane", """ "method": "PATCH", "path": "/deployments/flyteadmin" """),
            ("RemoveDataPlane", "controlplane", """ "method": "PATCH", "path": "/secrets/cluster-credentials" """),
            ("RemoveDataPlane", "dataplane2", """ "method": "DELETE", "path": "/secrets/dataplane-2-token" """),
            ("RemoveDataPlane", "dataplane2", """ "method": "DELETE", "path": "/deployments/flytepropeller" """),
            ("RemoveDataPlane", "dataplane2", """ "method": "DELETE", "path": "/namespaces/flyte$" """),
            ("RotateCredentials", "dataplane2", """ "method": "PATCH", "path": "/secrets/dataplane-2-token" """),
            ("RotateCredentials", "controlplane", """ "method": "PATCH", "path": "/secrets/cluster-credentials" """),
            ("RotateCredentials", "controlplane", """ "method": "PATCH", "path": "/deployments/flyteadmin" """),
            ("RotateCredentials", "dataplane2", """ "method": "DELETE", "path": "/secrets/dataplane-2-token" """),
        ];

    private static IEnumerable<TestCaseData> PassingCases => Cases(Passing);

    private static IEnumerable<TestCaseData> LastingCases => Cases(Lasting);

    [TearDown]
    public async Task JoinAgain()
    {
        await Bed.Control.ClearFaultsAsync(default);
        (await RunAsync("--undrain", "--skip-smoke")).Expect(ExitCode.Done);
    }

    [TestCaseSource(nameof(LastingCases))]
    public async Task One_that_lasts_fails_the_run_which_says_so_and_the_next_run_finishes(string target, string cluster, string request, string fault)
    {
        await PrepareAsync(target);
        await Bed.FaultAsync($$"""{"cluster": "{{cluster}}", {{request}}, {{fault}} }""");

        string[] patience = fault.Contains("hold", StringComparison.Ordinal) ? ["--timeout=5s"] : [];
        var failed = await RunAsync([.. Arguments(target), .. patience]);
        await Bed.Control.ClearFaultsAsync(default);
        var next = (await RunAsync(Arguments(target))).Expect(ExitCode.Done);

        Assert.That(failed.ExitCode, Is.EqualTo(ExitCode.Failed).Or.EqualTo(ExitCode.SomeClustersFailed), failed.Output);
        Assert.That(failed.Output, Does.Contain("Next: "));
        Assert.That(
            (await RunAsync([.. Arguments(target), .. target == "RotateCredentials" ? ["--older-than=1h"] : Array.Empty<string>()]))
                .Expect(ExitCode.Done)
                .Changes,
            Is.Empty,
            next.Output
        );
    }

    [TestCaseSource(nameof(PassingCases))]
    public async Task One_that_passes_is_waited_out(string target, string cluster, string request, string fault)
    {
        await PrepareAsync(target);
        await Bed.FaultAsync($$"""{"cluster": "{{cluster}}", {{request}}, {{fault}} }""");

        (await RunAsync(Arguments(target))).Expect(ExitCode.Done);
    }

    private static IEnumerable<TestCaseData> Cases(IReadOnlyList<string> faults) =>
        Steps
            .SelectMany(step => faults.Select(fault => (step.Target, step.Cluster, step.Request, Fault: fault)))
            .Where(one => !(IsHelms(one.Request) && one.Fault.Contains("hold", StringComparison.Ordinal)))
            .Where((_, index) => Sampled.IsAll || index % EveryNth == 0)
            .Select(one => new TestCaseData(one.Target, one.Cluster, one.Request, one.Fault));

    // helm waits for an answer for as long as it takes.
    private static bool IsHelms(string request) => request.Contains("/deployments/", StringComparison.Ordinal);

    private static string[] Arguments(string target) =>
        target switch
        {
            "DrainDataPlane" => ["--target=DrainDataPlane", "--cluster=dataplane_2", "--move-label=label2=dataplane_1"],
            "RemoveDataPlane" => ["--target=RemoveDataPlane", "--cluster=dataplane_2"],
            _ => [$"--target={target}", "--cluster=dataplane_2", "--skip-smoke"],
        };

    private async Task PrepareAsync(string target)
    {
        if (target == "RemoveDataPlane")
            (await RunAsync(Arguments("DrainDataPlane"))).Expect(ExitCode.Done);
    }
}
