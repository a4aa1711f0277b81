using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Stubs;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using Microsoft.Extensions.DependencyInjection;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.GoogleCloud;

/// <summary>Runs of the stages on Google Cloud with gcloud's stub, which keeps the project p in a file.</summary>
internal sealed class GcloudBed : IDisposable
{
    public const string Role = "roles/iam.workloadIdentityUser";
    public const string ControlPlane = "cp@p.iam.gserviceaccount.com";
    public const string DataPlane = "dp@p.iam.gserviceaccount.com";
    public const string Workers = "w@p.iam.gserviceaccount.com";

    private readonly TemporaryFolder _folder = new();
    private readonly List<TestRun> _runs = [];
    private readonly bool _processes;

    /// <summary>A project with the clusters c0 (control plane), c1 and c2, all with workload identity, and the three service accounts.</summary>
    /// <param name="processes">Whether each call is a process of its own, so that calls can overtake each other.</param>
    public GcloudBed(bool processes = false)
    {
        _processes = processes;
        Make(File, Gcloud);
    }

    public InstantTime Time { get; } = new();

    public InMemoryFlyteAdmin Admin { get; } = new();

    public TestRun Last => _runs[^1];

    public string Gcloud => Path.Combine(_folder.Path, "gcloud");

    public JsonObject State => (JsonObject)JsonNode.Parse(System.IO.File.ReadAllText(File))!;

    /// <summary>How many policies were written.</summary>
    public int Writes => (int?)State["writes"] ?? 0;

    public IReadOnlyList<string> Calls => [.. (State["calls"] as JsonArray ?? []).Select(call => (string)call!)];

    private string File => Path.Combine(_folder.Path, "state.json");

    public static JsonObject Cluster(string? pool, string metadata = "GKE_METADATA") =>
        new()
        {
            ["workloadIdentityConfig"] = pool is null ? null : new JsonObject { ["workloadPool"] = pool },
            ["nodePools"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "default-pool",
                    ["config"] = new JsonObject { ["workloadMetadataConfig"] = new JsonObject { ["mode"] = metadata } },
                }
            ),
        };

    /// <summary>Makes the project p in a file, and a gcloud that works on it.</summary>
    public static void Make(string state, string gcloud)
    {
        System.IO.File.WriteAllText(
            state,
            new JsonObject
            {
                ["account"] = "ops@example.com",
                ["projects"] = new JsonObject { ["p"] = new JsonObject() },
                ["clusters"] = new JsonObject(
                    Enumerable.Range(0, 3).Select(number => KeyValuePair.Create($"europe-west1/c{number}", (JsonNode?)Cluster("p.svc.id.goog")))
                ),
                ["accounts"] = new JsonObject(
                    new[] { ControlPlane, DataPlane, Workers }.Select(email =>
                        KeyValuePair.Create(email, (JsonNode?)new JsonObject { ["etag"] = 1, ["bindings"] = new JsonArray() })
                    )
                ),
            }.ToJsonString()
        );
        ExecutableFile.Write(gcloud, $"#!/bin/sh\nGCLOUD_STATE='{state}' exec '{Path.Combine(StubTools.Folder, "gcloud")}' \"$@\"\n");
    }

    public static string Member(string account) => $"serviceAccount:p.svc.id.goog[{account}]";

    /// <summary>A fleet on Google Cloud.</summary>
    public static Fleet Fleet(int planes = 1)
    {
        var fleet = SomeFleet.Of(planes);
        return fleet with
        {
            Gcp = new GcpSettings
            {
                Project = "p",
                ControlPlane = ControlPlane,
                DataPlane = DataPlane,
                Workers = Workers,
            },
            ControlPlane = fleet.ControlPlane with
            {
                Cluster = new CloudCluster { Name = "c0", Location = "europe-west1" },
            },
            DataPlanes =
            [
                .. fleet.DataPlanes.Select(
                    (plane, index) =>
                        plane with
                        {
                            Cluster = new CloudCluster { Name = $"c{index + 1}", Location = "europe-west1" },
                        }
                ),
            ],
        };
    }

    /// <summary>Changes Google Cloud.</summary>
    public void Set(Action<JsonObject> change)
    {
        var state = State;
        change(state);
        Save(state);
    }

    /// <summary>Has a call fail.</summary>
    public void Fail(string on, string say, int times = 1000) =>
        Set(state =>
            state["faults"] = new JsonArray([
                .. (state["faults"] as JsonArray ?? []).Select(fault => fault!.DeepClone()),
                new JsonObject
                {
                    ["on"] = on,
                    ["say"] = say,
                    ["times"] = times,
                },
            ])
        );

    /// <summary>The members of a service account, without the pool: <c>flyte/flyteadmin</c>.</summary>
    public IReadOnlyList<string> Members(string account) =>
        [
            .. State["accounts"]![account]!["bindings"]!
                .AsArray()
                .Where(binding => (string)binding!["role"]! == Role && binding["condition"] is null)
                .SelectMany(binding => binding!["members"]!.AsArray())
                .Select(member => ((string)member!).Replace("serviceAccount:p.svc.id.goog[", string.Empty, StringComparison.Ordinal).TrimEnd(']')),
        ];

    public TestRun Next(Fleet? fleet = null, RunOptions? options = null, IFlyteAdmin? admin = null, Action<TestRun>? prepare = null)
    {
        var run = new TestRun(options, fleet: fleet ?? Fleet(), admin: admin ?? Admin);
        lock (_runs)
            _runs.Add(run);
        var (files, environment, tools) = run.WithTools(_folder.Path);
        run.Services.AddSingleton(new GcloudTools(files, environment, _processes ? run.Processes : new GcloudServer(File), tools, Time));
        prepare?.Invoke(run);
        return run;
    }

    /// <summary>Runs BindWorkloadIdentity and answers the changes: <c>create WorkloadIdentityBinding cp@… (+ serviceAccount:…)</c>.</summary>
    public async Task<IReadOnlyList<string>> BindAsync(
        Fleet? fleet = null,
        RunOptions? options = null,
        IFlyteAdmin? admin = null,
        Action<TestRun>? prepare = null
    )
    {
        var run = Next(fleet, options, admin, prepare);
        await run.RunAsync<CheckGoogleCloud>();
        await run.RunAsync<BindWorkloadIdentity>();
        return [.. run.Context.Gate.Changes.Select(change => ChangeGate.Describe(change, made: true)).Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
        _folder.Dispose();
    }

    private void Save(JsonObject state) => System.IO.File.WriteAllText(File, state.ToJsonString());
}
