using Cake.Core.IO;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NSubstitute;
using NUnit.Framework;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Tasks.SmokeRuns;

/// <summary>Within a join, what an earlier execution has proven is proven.</summary>
internal sealed class SmokeProofTests
{
    private SmokeBed _bed = null!;

    [SetUp]
    public void Begin()
    {
        _bed = new SmokeBed { IsJoin = true };
        _bed.List(SmokeBed.Smoke("label1"));
    }

    [TearDown]
    public void End() => _bed.Dispose();

    [Test]
    public async Task A_second_run_starts_nothing_and_reports_the_proof()
    {
        await _bed.RunAsync();
        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
        Assert.That(_bed.Last.Context.Gate.Changes, Is.Empty);
        Assert.That(_bed.Last.Lines, Has.Some.Contain($"{_bed.Admin.Requests.Single().Id} proved it, on dp1"));
        Assert.That(
            _bed.Last.Context.Journal.Stages.Single() is { Status: StageStatus.Skipped, Note: "an earlier execution has already proved this configuration" }
        );
    }

    [TestCase("""{"spec":{"replicas":0},"status":{}}""")]
    [TestCase("""{"spec":{"replicas":1},"status":{"replicas":1,"unavailableReplicas":1}}""")]
    public async Task What_ran_before_proves_nothing_while_flytepropeller_does_not_run(string propeller)
    {
        await _bed.RunAsync();
        _bed.Propeller = propeller;

        var failure = await _bed.RunAsync();

        Assert.That(failure?.Message, Does.Contain("flytepropeller has no available replica in dp1"));
        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task By_itself_the_target_starts_new_ones_every_time()
    {
        _bed.IsJoin = false;

        await _bed.RunAsync();
        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests.Select(request => request.Id).Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task One_that_still_runs_is_followed_and_not_started_again()
    {
        await KillAsync();
        var looks = 0;
        _bed.Admin.Happens = (request, _) => _bed.Place(request, ++looks);

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
        Assert.That(_bed.Last.Lines, Has.Some.Contain("an earlier run started it: watching it"));
    }

    [TestCase(ExecutionPhase.Failed, "dp1")]
    [TestCase(ExecutionPhase.Aborted, "dp1")]
    [TestCase(ExecutionPhase.Succeeded, "dp2")]
    public async Task After_one_that_proves_nothing_comes_the_next(ExecutionPhase phase, string cluster)
    {
        _bed.Always(phase, cluster);
        await _bed.RunAsync();
        _bed.Admin.Happens = _bed.Place;

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Admin.Requests.Select(request => request.Id.Name[^1]), Is.EqualTo(new[] { '0', '1' }));
    }

    [Test]
    public async Task Another_configuration_is_proven_anew([Values("version", "endpoint", "revision", "reinstalled")] string what)
    {
        await _bed.RunAsync();
        if (what == "version")
            _bed.Admin.LaunchPlans.Add(_bed.Admin.LaunchPlans[0] with { Version = "v2" });
        else if (what == "revision")
            _bed.Revisions.Add(2);
        else if (what == "reinstalled")
            _bed.ResourceVersion = "57";
        else
            _bed.Configuration = _bed.Configuration.Replace("dp1.example.com", "dp1.example.org", StringComparison.Ordinal);

        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests.Select(request => request.Id).Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_plan_reports_only_what_is_not_proven()
    {
        await _bed.RunAsync();
        _bed.List(SmokeBed.Smoke("label1"), SmokeBed.Smoke("label2"));
        _bed.Options = new RunOptions { Plan = true };

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Last.Context.Gate.Changes.Single().Detail, Is.EqualTo("smoke v1, label label2"));
        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("dp1", "HelmRelease", "controlplane create Execution")]
    [TestCase("dp1", "ConfigMap", null)]
    [TestCase("dp2", "HelmRelease", null)]
    [TestCase("controlplane", "HelmRelease", "controlplane create Execution")]
    public async Task In_a_plan_what_a_change_to_the_jobs_clusters_is_about_has_to_be_proven_anew(string cluster, string kind, string? planned)
    {
        await _bed.RunAsync();
        _bed.Options = new RunOptions { Plan = true };
        var run = _bed.Next();
        await run.Context.Gate.PassAsync(new Change(cluster, kind, "flyte", "flyte-core", ChangeAction.Update), (_, _) => Task.CompletedTask, default);

        Assert.That(await SmokeBed.RunAsync(run), Is.Null);

        Assert.That(
            run.Context.Gate.Changes.Skip(1).Select(change => $"{change.Cluster} {change.Action.ToString().ToLowerInvariant()} {change.Kind}"),
            planned is null ? Is.Empty : Is.EqualTo(new[] { planned })
        );
    }

    [Test]
    public async Task A_run_by_itself_does_not_ask_for_releases([Values] bool isJoin)
    {
        _bed.IsJoin = isJoin;

        await _bed.RunAsync();

        Assert.That(_bed.Last.Server("dp1").Calls.Select(call => call.Path), isJoin ? Has.One.Contain("/secrets") : Is.Empty);
    }

    [Test]
    public async Task A_data_plane_whose_release_cannot_be_read_is_reported_and_stops_nothing()
    {
        var run = _bed.Next();
        run.Server("dp1").On("/api/v1/namespaces/flyte/secrets", FakeApiServer.Status(403, "Forbidden", "secrets is forbidden"));

        Assert.That(await SmokeBed.RunAsync(run), Is.Null);

        Assert.That(run.Lines, Has.Some.StartWith("[dp1] its Helm release cannot be read"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "kubectl is a script.")]
    public async Task The_overlay_of_a_cluster_that_this_run_does_not_work_on_need_not_render()
    {
        Both(0.5, _ => "dp1");
        _bed.Fleet = _bed.Fleet with
        {
            Flyte = _bed.Fleet.Flyte with { Overlays = new OverlayFolders("/data", "/control") },
            DataPlanes = [.. _bed.Fleet.DataPlanes.Select(plane => plane.Name == "dp2" ? plane with { Overlay = "/broken" } : plane)],
        };
        var run = _bed.Next();
        run.Context.Run.DataPlanes.Single(plane => plane.Name == "dp2").Fail("CheckClusters", "no answer");
        run.ControlServer.Put(
            "/apis/apps/v1/namespaces/flyte/deployments/flyteadmin",
            """{"spec": {"template": {"spec": {"volumes": [{"configMap": {"name": "flyte-admin-clusters-config"}}]}}}}"""
        );
        Kubectl(run, "case \"$*\" in *broken*) echo broken >&2; exit 1;; esac; echo '{kind: ConfigMap, apiVersion: v1, metadata: {name: x}}'");

        Assert.That(await SmokeBed.RunAsync(run), Is.Null);

        Assert.That(_bed.Results.Select(result => result.Cluster), Is.EqualTo(new[] { "dp1" }));
    }

    [Test]
    public async Task Names_that_all_lead_to_one_cluster_are_followed_by_further_ones_until_each_is_seen()
    {
        Both(0.5, index => index == 11 ? "dp2" : "dp1");

        Assert.That(await _bed.RunAsync(), Is.Null);
        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(12));
        Assert.That(_bed.Last.Context.Journal.Notes, Is.Empty);

        Assert.That(await _bed.RunAsync(), Is.Null);
        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(12));
        Assert.That(_bed.Results, Has.Count.EqualTo(12));
    }

    [Test]
    public async Task After_20_names_a_cluster_that_none_led_to_is_left_to_the_target_that_takes_new_ones()
    {
        Both(0.25, _ => "dp1");

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(20));
        Assert.That(
            _bed.Last.Context.Journal.Notes.Single(),
            Does.StartWith("Smoke run, label both: none of 20 executions ran on dp2.").And.Contain("Run --target=SmokeRun")
        );
    }

    [Test]
    public async Task No_further_names_are_tried_by_itself_or_after_a_failure([Values] bool isJoin)
    {
        _bed.IsJoin = isJoin;
        Both(0.5, _ => "dp1", isJoin ? ExecutionPhase.Failed : ExecutionPhase.Succeeded);

        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(8));
    }

    [Test]
    public async Task A_lookup_that_fails_is_one_failure_beside_the_others_results()
    {
        _bed.List(SmokeBed.Smoke("label1"), SmokeBed.Smoke("label2"));
        var failed = 0;
        _bed.Admin.Before = call =>
            _ =
                call.StartsWith("GET team1", StringComparison.Ordinal) && Interlocked.Increment(ref failed) == 1
                    ? throw new FlyteAdminException("GET /api/v1/executions", System.Net.HttpStatusCode.InternalServerError, "Internal", "no database")
                    : call;

        Assert.That(
            (await _bed.RunAsync())!.Message,
            Does.StartWith("1 of 2 smoke runs failed.").And.Contain("500 Internal: no database").And.Contain("run again")
        );

        Assert.That(_bed.Results.Select(result => (result.Failure is null, result.Cluster is null)), Is.EquivalentTo(new[] { (false, true), (true, false) }));
    }

    [Test]
    public async Task An_interruption_passes_beside_a_lookup_that_fails_and_aborts_what_was_started()
    {
        _bed.List(SmokeBed.Smoke("label1"), SmokeBed.Smoke("label2"));
        var failed = 0;
        _bed.Admin.Before = call =>
            _ =
                call.StartsWith("GET team1", StringComparison.Ordinal) && Interlocked.Increment(ref failed) == 1
                    ? throw new FlyteAdminException("GET /api/v1/executions", System.Net.HttpStatusCode.InternalServerError, "Internal", "no database")
                    : call;
        _bed.Admin.Happens = (request, _) =>
        {
            _bed.Last.Interruption.Interrupt();
            return new Execution(request.Id, ExecutionPhase.Running, request.Label == "label1" ? "dp1" : "dp2", null, null);
        };

        Assert.That(await _bed.RunAsync(), Is.InstanceOf<OperationCanceledException>());

        Assert.That(_bed.Admin.Executions.Values.Single().Phase, Is.EqualTo(ExecutionPhase.Aborted));
    }

    [Test]
    public async Task What_another_run_started_is_left_and_reported_at_an_interruption()
    {
        await KillAsync();
        _bed.Admin.Happens = (request, _) =>
        {
            _bed.Last.Interruption.Interrupt();
            return new Execution(request.Id, ExecutionPhase.Running, "dp1", null, null);
        };

        Assert.That(await _bed.RunAsync(), Is.InstanceOf<OperationCanceledException>());

        Assert.That(_bed.Admin.Writes, Has.None.StartWith("ABORT"));
        Assert.That(
            _bed.Last.Lines,
            Has.One.Contain(
                "Another run started it, so it is left running. If nobody needs it, abort it: flytectl delete execution -p team1 -d development "
                    + $"{_bed.Admin.Requests.Single().Id.Name}"
            )
        );
    }

    [TestCase(ExecutionPhase.Queued, "dp1", "does not report back")]
    [TestCase(ExecutionPhase.Running, "dp2", "It runs on dp2 and not on dp1")]
    public async Task What_another_run_started_is_left_and_reported_when_it_fails(ExecutionPhase phase, string cluster, string failure)
    {
        await KillAsync();
        _bed.Always(phase, cluster);

        await _bed.RunAsync();

        Assert.That(_bed.Failures.Single(), Does.Contain(failure).And.Contain("Another run started it, so it is left running."));
        Assert.That(_bed.Admin.Writes, Has.None.StartWith("ABORT"));
    }

    private static void Kubectl(TestRun run, string script)
    {
        var path = Path.Combine(run.Folder.Path, "kubectl");
        ExecutableFile.Write(path, $"#!/bin/sh\n{script}\n");
        var file = Substitute.For<IFile>();
        file.Exists.Returns(true);
        run.Context.FileSystem.GetFile(Arg.Any<FilePath>()).Returns(file);
        run.Context.Environment.WorkingDirectory.Returns(new DirectoryPath(run.Folder.Path));
        run.Context.Environment.Platform.Family.Returns(Cake.Core.PlatformFamily.Linux);
        run.Context.Tools.Resolve(Arg.Any<IEnumerable<string>>()).Returns(new FilePath(path));
        run.Context.Tools.Resolve(Arg.Any<string>()).Returns(new FilePath(path));
    }

    // Starts an execution, and ends without its abortion.
    private async Task KillAsync()
    {
        _bed.Admin.Happens = (_, _) => throw new IOException("killed");
        _bed.Admin.Before = call => _ = call.StartsWith("ABORT", StringComparison.Ordinal) ? throw InMemoryFlyteAdmin.Unreachable : call;
        await _bed.RunAsync();
        _bed.Admin.Before = null;
    }

    private void Both(double weight, Func<int, string> place, ExecutionPhase phase = ExecutionPhase.Succeeded)
    {
        _bed.Fleet = _bed.Fleet with { Labels = [new ClusterLabel("both", [new WeightedCluster("dp1", 1 - weight), new WeightedCluster("dp2", weight)])] };
        _bed.List(SmokeBed.Smoke("both"));
        _bed.Configuration = Loaded.Map($"both: [{{id: dp1, weight: {1 - weight}}}, {{id: dp2, weight: {weight}}}]");
        _bed.Admin.Happens = (request, _) =>
            new Execution(request.Id, phase, place(int.Parse(request.Id.Name.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture)), null, null);
    }
}
