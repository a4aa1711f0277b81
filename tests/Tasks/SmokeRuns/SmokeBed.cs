using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.SmokeRuns;
using Flyte.MultiCluster.Tests.Common.Releases;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

namespace Flyte.MultiCluster.Tests.Tasks.SmokeRuns;

/// <summary>The smoke run over a FlyteAdmin in memory that places executions by what a test says of labels.</summary>
internal sealed class SmokeBed : IDisposable
{
    private static readonly SmokeExecution Pattern = new()
    {
        Project = "team1",
        Domain = "development",
        LaunchPlan = "smoke",
        Timeout = TimeSpan.FromMinutes(1),
    };

    private readonly List<TestRun> _runs = [];

    public InMemoryFlyteAdmin Admin { get; } =
        new() { LaunchPlans = { new LaunchPlan("team1", "development", "smoke", "v1", "wf", new Dictionary<string, LaunchPlanInput>()) } };

    /// <summary>Where executions with a label run; without one, by FlyteAdmin's rows.</summary>
    public Dictionary<string, string> Places { get; } = new() { ["label1"] = "dp1", ["label2"] = "dp2" };

    public Fleet Fleet { get; set; } = LabelBed.Fleet() with { Smoke = new SmokeSettings([Pattern], ForEveryLabel: true) };

    public string Configuration { get; set; } = Loaded.Map("label1: [{id: dp1, weight: 1}], label2: [{id: dp2, weight: 1}]");

    public RunOptions Options { get; set; } = new();

    /// <summary>The revisions of dp1's Helm release.</summary>
    public List<int> Revisions { get; } = [1];

    /// <summary>The resource version of dp1's newest revision.</summary>
    public string ResourceVersion { get; set; } = "41";

    /// <summary>dp1's Deployment flytepropeller; null for none.</summary>
    public string? Propeller { get; set; }

    /// <summary>Runs as within AddDataPlane.</summary>
    public bool IsJoin { get; set; }

    public TestRun Last => _runs[^1];

    public IReadOnlyList<SmokeResult> Results => Last.Context.Run.State.Of<SmokeResults>().All;

    public IEnumerable<string> Failures =>
        Results.Where(result => result.Failure is not null).Select(result => $"{result.Label}: {result.Failure} {result.Remedy}");

    public static SmokeExecution Smoke(string? label = null, string? cluster = null) => Pattern with { Label = label, Cluster = cluster };

    public void List(params SmokeExecution[] executions) => Fleet = Fleet with { Smoke = new SmokeSettings(executions, ForEveryLabel: false) };

    public void Rows(params string[] rows)
    {
        Fleet = Fleet with { ExecutionLabels = LabelBed.Fleet(rows).ExecutionLabels };
        foreach (var row in Fleet.ExecutionLabels)
            Admin.Labels[row.Scope] = row.Label;
    }

    /// <summary>Every execution is like that from its first look on.</summary>
    public void Always(ExecutionPhase phase, string? cluster, string? error = null) =>
        Admin.Happens = (request, _) => new Execution(request.Id, phase, cluster, error, null);

    public TestRun Next()
    {
        Admin.Happens ??= Place;
        var run = new TestRun(Options, fleet: Fleet, admin: Admin);
        run.ControlServer.Put(Loaded.Path, Configuration);
        run.ControlServer.Put("/apis/apps/v1/namespaces/flyte/deployments/flyteadmin", """{"metadata":{"annotations":{"flyte-multicluster/dp1":"abc"}}}""");
        run.Server("dp1").Holding(Revisions.Select(revision => Stored.Release("flyte-core-data", revision, "deployed")));
        foreach (var secret in run.Server("dp1").Objects.Values)
            secret["metadata"]!["resourceVersion"] = ResourceVersion;
        if (Propeller is { } propeller)
            run.Server("dp1").Put("/apis/apps/v1/namespaces/flyte/deployments/flytepropeller", propeller);
        run.Context.Tasks = IsJoin ? new HashSet<string> { "UpgradeControlPlane" } : new HashSet<string>();
        File.WriteAllText(Path.Combine(run.Folder.Path, "Chart.yaml"), "name: flyte-core\nversion: v1.16.8\n");
        run.Context.Run.Chart = new UnpackedChart(run.Folder.Path, new HelmValues());
        _runs.Add(run);
        return run;
    }

    /// <summary>Runs the target; answers its exception, null where there was none.</summary>
    public Task<Exception?> RunAsync() => RunAsync(Next());

    /// <summary>Runs the target in a run that <see cref="Next"/> made.</summary>
    public static async Task<Exception?> RunAsync(TestRun run)
    {
        try
        {
            await run.RunAsync<SmokeRun>();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    public Execution Place(ExecutionRequest request, int look)
    {
        var label = request.Label ?? Admin.Labels.GetValueOrDefault(new LabelScope("team1", "development"), string.Empty);
        return new Execution(request.Id, look > 1 ? ExecutionPhase.Succeeded : ExecutionPhase.Running, Places.GetValueOrDefault(label, "dp1"), null, null);
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
        Admin.Dispose();
    }

    public static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;
}
