using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tests.Common.Run;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

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
    public static Fleet Fleet(params string[] rows) =>
        SomeFleet.Of(2) with
        {
            FlyteAdmin = new FlyteAdminSettings { Endpoint = new Uri("https://flyte.example.com") },
            ExecutionLabels =
            [
                .. rows.Select((row, index) => new ExecutionLabel(InMemoryFlyteAdmin.Scope(row.Split('=')[0]), row.Split('=')[1], $"fleet.yaml:{index + 1}:1")),
            ],
        };

    /// <summary>The same, read from another file.</summary>
    public static Fleet Named(string name, params string[] rows) => Fleet(rows) with { Path = $"/{name}.yaml" };

    /// <summary>Writes an entry of the record by hand, as another run would have left it.</summary>
    /// <param name="prefix"><c>restore-</c> for a note; empty for a row that was set.</param>
    /// <param name="scope">What the row is for.</param>
    /// <param name="entry">The entry beside its scope: <c>"label": "label1"</c>.</param>
    public void Enter(string prefix, string scope, string entry)
    {
        var row = InMemoryFlyteAdmin.Scope(scope);
        var value = (JsonObject)JsonNode.Parse($"{{{entry}}}")!;
        (value["project"], value["domain"], value["workflow"]) = (row.Project, row.Domain, row.Workflow);
        if (_runs.Count == 0)
            Next(Fleet());
        var data = new JsonObject(Data.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)))
        {
            [prefix + LabelRecord.Key(row)] = value.ToJsonString(),
        };
        Last.ControlServer.Put(Record, new JsonObject { ["data"] = data }.ToJsonString());
    }

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
        await run.RunAsync<UpdateExecutionClusterLabels>();
        return Changes(run);
    }

    public static IReadOnlyList<string> Changes(TestRun run) => [.. run.Context.Gate.Changes.Select(change => ChangeGate.Describe(change, made: true))];

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
        Admin.Dispose();
    }

    private static Dictionary<string, string> Entries(TestRun run) =>
        run.ControlServer.Objects.TryGetValue(Record, out var record) && record["data"] is JsonObject data
            ? data.ToDictionary(entry => entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal)
            : [];
}
