using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Changes;
using Flyte.MultiCluster.ExecutionLabels;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Tests.Runs;

namespace Flyte.MultiCluster.Tests.ExecutionLabels;

/// <summary>Runs of UpdateExecutionClusterLabels, one after the other, on one FlyteAdmin and one record.</summary>
internal sealed class LabelBed : IDisposable
{
    private const string Record = "/api/v1/namespaces/flyte/configmaps/" + LabelRecord.Name;

    private readonly List<TestRun> _runs = [];

    public InMemoryFlyteAdmin Admin { get; } = new();

    /// <summary>How the last run's record looks: keys with values.</summary>
    public IReadOnlyDictionary<string, string> Data => _runs.Count == 0 ? new Dictionary<string, string>() : Entries(_runs[^1]);

    public IReadOnlyList<string> Notes => _runs[^1].Context.Journal.Notes;

    public TestRun Last => _runs[^1];

    /// <summary>Rows as <c>team1/development=label1</c>, with the labels label1 and label2.</summary>
    public static Fleet Fleet(params string[] rows) => Runs.Fleets.Of(2) with
    {
        FlyteAdmin = new FlyteAdminSettings { Endpoint = new Uri("https://flyte.example.com") },
        ExecutionLabels = [.. rows.Select((row, index) => new ExecutionLabel(InMemoryFlyteAdmin.Scope(row.Split('=')[0]), row.Split('=')[1], $"fleet.yaml:{index + 1}:1"))],
    };

    /// <summary>A run on what the one before left.</summary>
    public TestRun Next(Fleet fleet, RunOptions? options = null)
    {
        var run = new TestRun(options, fleet: fleet, admin: Admin);
        if (_runs.Count > 0 && _runs[^1].ControlServer.Objects.TryGetValue(Record, out var record))
            run.ControlServer.Objects[Record] = record;
        _runs.Add(run);
        return run;
    }

    /// <summary>Runs the target and answers the changes, <c>create ExecutionClusterLabel team1/development (label1)</c>.</summary>
    public async Task<IReadOnlyList<string>> UpdateAsync(Fleet fleet, RunOptions? options = null)
    {
        var run = Next(fleet, options);
        await new UpdateExecutionClusterLabels().RunAsync(run.Context);
        return Changes(run);
    }

    public static IReadOnlyList<string> Changes(TestRun run) => [.. run.Context.Gate.Changes.Select(change => ChangeGate.Describe(change, made: true))];

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
        Admin.Dispose();
    }

    private static Dictionary<string, string> Entries(TestRun run)
        => run.ControlServer.Objects.TryGetValue(Record, out var record) && record["data"] is System.Text.Json.Nodes.JsonObject data
            ? data.ToDictionary(entry => entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal)
            : [];
}
