using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tasks.SmokeRuns;
using Flyte.MultiCluster.Tests.Common.Fleets;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Docs;

/// <summary>docs/report.schema.json describes what RunReport writes: no more, no less.</summary>
internal sealed class ReportSchemaTests
{
    private readonly JsonObject _schema = JsonNode.Parse(Repository.Read("docs/report.schema.json"))!.AsObject();
    private readonly RunOutcome _outcome = new();
    private Interruption _interruption = null!;
    private FlyteContext _context = null!;

    [SetUp]
    public void MakeContext()
    {
        _interruption = new Interruption(_outcome);
        _context = new FlyteContext(
            Substitute.For<ICakeContext>(),
            new RunOptions(),
            _outcome,
            new RunJournal(),
            new ChangeGate(Substitute.For<ICakeLog>(), isOpen: true),
            new RunTasks(),
            _interruption
        );
    }

    [TearDown]
    public void EndContext() => _interruption.Dispose();

    [Test]
    public async Task A_full_report_is_valid()
    {
        Load();
        await _context.Gate.PassAsync(
            new Change("controlplane", "Secret", "flyte", "cluster-credentials", ChangeAction.Create, "add"),
            (_, _) => Task.CompletedTask,
            CancellationToken.None
        );
        await _context.Gate.PassAsync(
            new Change("dataplane_1", "Namespace", null, "flyte", ChangeAction.Create),
            (_, _) => Task.CompletedTask,
            CancellationToken.None
        );
        _context.Run.DataPlanes[0].Fail("InstallDataPlane", "no answer");
        foreach (var status in Enum.GetValues<StageStatus>())
            _context.Journal.Add(
                new StageEntry(
                    "InstallDataPlane",
                    status == StageStatus.Done ? null : "dataplane_1",
                    status,
                    TimeSpan.FromSeconds(1),
                    status == StageStatus.Done ? null : "why"
                )
            );
        _context.Journal.Add("a note");
        foreach (var phase in Enum.GetValues<ExecutionPhase>())
            _context
                .Run.State.Of<SmokeResults>()
                .Add(
                    new SmokeResult
                    {
                        Label = "label1",
                        Execution = "team1/development/s1",
                        Cluster = "dataplane_1",
                        Allowed = ["dataplane_1"],
                        Phase = phase,
                        Failure = "why",
                        Remedy = "do",
                    }
                );
        _context.Run.State.Of<SmokeResults>().Add(new SmokeResult { Label = null, Allowed = [] });

        Assert.That(Violations(ExitCode.SomeClustersFailed), Is.Empty);
    }

    [Test]
    public void The_report_of_a_refused_run_is_valid()
    {
        _outcome.Note(new RefusedException([new Problem("fleet.yaml:1:1", "It is empty.", "Fill it.")]));

        Assert.That(Violations(ExitCode.Refused), Is.Empty);
    }

    [Test]
    public void Every_field_is_described_and_always_there()
    {
        var wanting = new List<string>();
        Look(_schema, "report", wanting);

        Assert.That(wanting, Is.Empty);
    }

    [Test]
    public void It_knows_every_action_status_and_exit_code()
    {
        var exitCodes = typeof(ExitCode).GetFields().Select(field => (int)field.GetRawConstantValue()!);
        Assert.Multiple(() =>
        {
            Assert.That(EnumOf("changes", "action"), Is.EquivalentTo(Enum.GetNames<ChangeAction>().Select(name => name.ToLowerInvariant())));
            Assert.That(EnumOf("stages", "status"), Is.EquivalentTo(Enum.GetNames<StageStatus>().Select(name => name.ToLowerInvariant())));
            Assert.That(_schema["properties"]!["exitCode"]!["enum"]!.AsArray().Select(code => (int)code!), Is.EquivalentTo(exitCodes));
        });
    }

    private IEnumerable<string> EnumOf(string list, string field) =>
        _schema["properties"]![list]!["items"]!["properties"]![field]!["enum"]!.AsArray().Select(word => (string)word!);

    private IReadOnlyList<string> Violations(int exitCode)
    {
        var report = JsonNode.Parse(RunReport.Of(_context, exitCode, "AddDataPlane", TimeSpan.FromSeconds(2), childProcesses: 0).ToJsonString());
        return SchemaCheck.Violations(_schema, report);
    }

    private void Load()
    {
        var fleet = new FleetReader().Read(Path.Combine(Repository.Root, "values", "fleet.example.yaml")).Fleet!;
        _context.Run = new FleetRun
        {
            Fleet = fleet,
            ControlPlane = new ControlPlaneRun(fleet.ControlPlane, new ClusterApi(fleet.ControlPlane.Name, new HttpClient())),
            DataPlanes = [.. fleet.DataPlanes.Select(plane => new DataPlaneRun(plane, new ClusterApi(plane.Name, new HttpClient())))],
            Artifacts = "artifacts",
            Kubeconfig = null,
            Contexts = Task.FromResult<IReadOnlyDictionary<string, KubeContext>>(new Dictionary<string, KubeContext>(StringComparer.Ordinal)),
        };
    }

    private static void Look(JsonObject schema, string path, List<string> wanting)
    {
        if (schema["description"] is null)
            wanting.Add($"{path}: no description");
        if (schema["items"] is JsonObject items)
            Look(items, $"{path}[]", wanting);
        if (schema["properties"] is not JsonObject properties)
            return;
        if (!schema["required"]!.AsArray().Select(name => (string)name!).SequenceEqual(properties.Select(property => property.Key)))
            wanting.Add($"{path}: required differs from properties");
        if ((bool?)schema["additionalProperties"] != false)
            wanting.Add($"{path}: open");
        foreach (var (name, property) in properties)
            Look(property!.AsObject(), $"{path}.{name}", wanting);
    }
}
