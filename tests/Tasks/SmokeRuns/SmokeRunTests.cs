using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.SmokeRuns;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.SmokeRuns;

/// <summary>An execution for every label, and a look where it runs.</summary>
internal sealed class SmokeRunTests
{
    private SmokeBed _bed = null!;

    [SetUp]
    public void Begin() => _bed = new SmokeBed();

    [TearDown]
    public void End() => _bed.Dispose();

    [Test]
    public async Task Every_label_gets_an_execution_on_its_own_cluster()
    {
        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(
            _bed.Results.Select(result => (result.Label, result.Cluster, result.Phase)),
            Is.EqualTo(new[] { ("label1", "dp1", ExecutionPhase.Succeeded), ("label2", "dp2", ExecutionPhase.Succeeded) })
        );
        Assert.That(
            _bed.Last.Context.Gate.Changes.Select(change => $"{change.Action} {change.Kind} {change.Detail}"),
            Is.EquivalentTo(new[] { "Create Execution smoke v1, label label1", "Create Execution smoke v1, label label2" })
        );
    }

    [Test]
    public async Task Names_are_such_as_every_FlyteAdmin_takes()
    {
        await _bed.RunAsync();

        Assert.That(_bed.Admin.Requests.Select(request => request.Id.Name), Is.All.Matches("^[a-z][a-z0-9-]{0,19}$"));
    }

    [Test]
    public async Task Phases_are_reported_as_they_change()
    {
        await _bed.RunAsync();

        var id = _bed.Admin.Requests.Single(request => request.Label == "label1").Id;
        Assert.That(
            _bed.Last.Lines.Where(line => line.Contains($"{id} ", StringComparison.Ordinal) && line.Contains("smoke run", StringComparison.Ordinal)),
            Is.EqualTo(
                new[] { $"[controlplane] smoke run, label label1: {id} RUNNING on dp1", $"[controlplane] smoke run, label label1: {id} SUCCEEDED on dp1" }
            )
        );
    }

    [Test]
    public async Task The_label_that_the_fleets_row_gives_is_left_to_the_row()
    {
        _bed.Rows("team1=label1", "team1/development=label2");

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Admin.Requests.Select(request => request.Label), Is.EquivalentTo(new[] { "label1", null }));
    }

    [Test]
    public async Task A_label_of_a_data_plane_that_failed_earlier_is_reported_as_not_proven_and_starts_nothing()
    {
        var run = _bed.Next();
        run.Context.Run.DataPlanes[1].Fail("CheckClusters", "connection refused");

        Assert.That(await SmokeBed.RunAsync(run), Is.Null);

        Assert.That(_bed.Results.Select(result => result.Label), Is.EqualTo(new[] { "label1" }));
        Assert.That(_bed.Admin.Requests.Select(request => request.Label), Is.EqualTo(new[] { "label1" }));
        Assert.That(
            run.Context.Journal.Notes,
            Is.EqualTo(
                new[]
                {
                    "The smoke run does not prove label label2 on dp2, which failed in CheckClusters: connection refused. Fix that cluster, and run again.",
                }
            )
        );
    }

    [Test]
    public async Task Of_a_label_with_a_data_plane_that_failed_the_others_are_proven([Values] bool isJoin)
    {
        Mixed(isJoin, request => Number(request) % 4 == 3 ? "dp1" : null);
        var run = _bed.Next();
        run.Context.Run.DataPlanes[1].Fail("CheckClusters", "connection refused");

        Assert.That(await SmokeBed.RunAsync(run), Is.Null);

        Assert.That(_bed.Results.Select(result => result.Cluster).Distinct(), Is.EqualTo(new[] { "dp1" }));
        Assert.That(run.Context.Journal.Notes.Single(), Does.StartWith("The smoke run does not prove label both on dp2, which failed in CheckClusters"));
    }

    [Test]
    public async Task Of_a_label_with_a_data_plane_that_failed_one_that_refuses_all_is_a_gap_and_not_proven()
    {
        Mixed(isJoin: true, _ => null);
        var run = _bed.Next();
        run.Context.Run.DataPlanes[1].Fail("CheckClusters", "connection refused");

        Assert.That(await SmokeBed.RunAsync(run), Is.Null);

        Assert.That((_bed.Results.Count, _bed.Admin.Requests.Count), Is.EqualTo((0, SmokeOdds.Most)));
        Assert.That(run.Context.Journal.Notes, Has.Some.Contains("none of 20 executions ran on dp1"));
    }

    [Test]
    public async Task A_gateway_that_gives_up_waiting_for_a_failed_data_plane_is_no_failure_of_the_smoke_run()
    {
        Mixed(isJoin: true, _ => "dp1");
        var refused = 0;
        _bed.Admin.Before = call =>
        {
            if (call.StartsWith("POST", StringComparison.Ordinal) && Interlocked.Increment(ref refused) == 1)
                throw new FlyteAdminException("POST /api/v1/executions", System.Net.HttpStatusCode.BadGateway, string.Empty, "Bad Gateway");
        };
        var run = _bed.Next();
        run.Context.Run.DataPlanes[1].Fail("CheckClusters", "connection refused");

        Assert.That(await SmokeBed.RunAsync(run), Is.Null);

        Assert.That(_bed.Results.Select(result => result.Cluster).Distinct(), Is.EqualTo(new[] { "dp1" }));
    }

    // One label for both: an execution runs where the test says, or fails without a cluster.
    private void Mixed(bool isJoin, Func<ExecutionRequest, string?> place)
    {
        _bed.IsJoin = isJoin;
        WeightedCluster[] both = [new("dp1", 0.5), new("dp2", 0.5)];
        _bed.Fleet = _bed.Fleet with { Labels = [new ClusterLabel("both", both)] };
        _bed.Configuration = Loaded.Map("both: [{id: dp1, weight: 0.5}, {id: dp2, weight: 0.5}]");
        _bed.Admin.Happens = (request, _) =>
            place(request) is { } cluster
                ? new Execution(request.Id, ExecutionPhase.Succeeded, cluster, null, null)
                : new Execution(request.Id, ExecutionPhase.Failed, null, "failed to create workflow in propeller", null);
    }

    private int Number(ExecutionRequest request) => _bed.Admin.Requests.ToList().FindIndex(one => one.Id == request.Id);

    [Test]
    public async Task A_misplaced_execution_fails_at_once_and_is_aborted()
    {
        _bed.Admin.Happens = (request, look) =>
            request.Label == "label1" ? _bed.Place(request, look) : new Execution(request.Id, ExecutionPhase.Running, "dp1", null, null);

        var failure = await _bed.RunAsync();

        Assert.That(failure, Is.TypeOf<InvalidOperationException>().With.Message.StartsWith("1 of 2 smoke runs failed. label label2: team1/development/s"));
        Assert.That(
            _bed.Failures.Single(),
            Does.StartWith("label2: It runs on dp1 and not on dp2.").And.Contain("kubectl rollout restart deployment flyteadmin")
        );
        Assert.That(_bed.Admin.Writes.Count(call => call.StartsWith("ABORT", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(_bed.Last.ControlServer.Time.Pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause), Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task An_execution_that_never_ends_is_given_up_in_time_and_aborted()
    {
        _bed.List(SmokeBed.Smoke(label: "label1"));
        _bed.Admin.Happens = (request, look) => new Execution(request.Id, look < 1000 ? ExecutionPhase.Running : ExecutionPhase.Succeeded, "dp1", null, null);

        await _bed.RunAsync();

        Assert.That(_bed.Failures.Single(), Does.StartWith("label1: It is still RUNNING on dp1 after 60 s."));
        Assert.That(
            _bed.Last.ControlServer.Time.Pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause),
            Is.InRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70))
        );
        Assert.That(_bed.Admin.Writes.Count(call => call.StartsWith("ABORT", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task All_failures_are_reported_and_all_that_has_not_ended_is_aborted()
    {
        _bed.Always(ExecutionPhase.Queued, "dp3");

        var failure = await _bed.RunAsync();

        Assert.That(failure!.Message, Does.Contain("2 of 2").And.Contain("label label1: ").And.Contain("label label2: "));
        Assert.That(_bed.Admin.Executions.Values.Select(execution => execution.Phase), Is.All.EqualTo(ExecutionPhase.Aborted));
        Assert.That(_bed.Last.Context.Gate.Changes.Count(change => change.Detail == "abort it: it has not ended"), Is.EqualTo(2));
    }

    [Test]
    public async Task One_that_no_data_plane_took_reports_FlyteAdmins_error()
    {
        _bed.Always(ExecutionPhase.Failed, null, "Unauthorized.");

        await _bed.RunAsync();

        Assert.That(_bed.Failures.First(), Does.StartWith("label1: No data plane accepted it: Unauthorized. Check that dp1 can be reached"));
    }

    [Test]
    public async Task One_that_stays_queued_says_that_the_data_plane_does_not_report_back()
    {
        _bed.List(SmokeBed.Smoke("label1"));
        _bed.Always(ExecutionPhase.Queued, "dp1");

        await _bed.RunAsync();

        Assert.That(
            _bed.Failures.Single(),
            Does.StartWith("label1: It was sent to dp1 and is still QUEUED after 60 s: dp1 does not report back.").And.Contain("flytepropeller.clusterName")
        );
        Assert.That(_bed.Admin.Executions.Values.Single().Phase, Is.EqualTo(ExecutionPhase.Aborted));
    }

    [Test]
    public async Task A_FlyteAdmin_that_is_away_for_a_moment_is_waited_for()
    {
        _bed.List(SmokeBed.Smoke("label1"));
        var away = 3;
        _bed.Admin.Before = call =>
            _ = call.StartsWith("GET team1", StringComparison.Ordinal) && Interlocked.Decrement(ref away) >= 0 ? throw InMemoryFlyteAdmin.Unreachable : call;

        Assert.That(await _bed.RunAsync(), Is.Null);
    }

    [Test]
    public async Task A_look_that_FlyteAdmin_refuses_is_one_failure_beside_the_others_results()
    {
        _bed.Admin.Happens = (request, look) =>
            request.Label == "label1"
                ? throw new FlyteAdminException("GET /api/v1/executions", System.Net.HttpStatusCode.InternalServerError, "Internal", "no database")
                : _bed.Place(request, look);

        Assert.That((await _bed.RunAsync())!.Message, Does.StartWith("1 of 2 smoke runs failed. label label1: ").And.Contain("500 Internal: no database"));

        Assert.That(_bed.Results.Select(result => (result.Label, result.Failure is null)), Is.EqualTo(new[] { ("label1", false), ("label2", true) }));
    }

    [Test]
    public async Task One_that_FlyteAdmin_refuses_is_a_failure_and_none_is_aborted()
    {
        _bed.List(SmokeBed.Smoke("label1"));
        _bed.Admin.Before = call =>
            _ = call.StartsWith("POST", StringComparison.Ordinal)
                ? throw new FlyteAdminException("POST /api/v1/executions", System.Net.HttpStatusCode.BadRequest, "InvalidArgument", "no")
                : call;

        await _bed.RunAsync();

        Assert.That(_bed.Failures.Single(), Does.Contain("POST /api/v1/executions: 400 InvalidArgument: no"));
        Assert.That(_bed.Admin.Writes, Is.Empty);
    }

    [Test]
    public async Task An_interruption_aborts_what_was_started()
    {
        _bed.Admin.Happens = (request, _) =>
        {
            if (_bed.Admin.Requests.Count == 2)
                _bed.Last.Interruption.Interrupt();
            return new Execution(request.Id, ExecutionPhase.Running, request.Label == "label1" ? "dp1" : "dp2", null, null);
        };

        Assert.That(await _bed.RunAsync(), Is.InstanceOf<OperationCanceledException>());
        Assert.That(_bed.Admin.Executions.Values.Select(execution => execution.Phase), Is.EqualTo(new[] { ExecutionPhase.Aborted, ExecutionPhase.Aborted }));
    }

    [Test]
    public async Task What_was_proven_before_an_interruption_is_reported()
    {
        _bed.Admin.Happens = (request, look) =>
        {
            if (request.Label == "label1")
                return new Execution(request.Id, ExecutionPhase.Succeeded, "dp1", null, null);
            if (look > 2 && _bed.Last.Lines.Any(line => line.Contains("SUCCEEDED on dp1", StringComparison.Ordinal)))
                _bed.Last.Interruption.Interrupt();
            return new Execution(request.Id, ExecutionPhase.Running, "dp2", null, null);
        };

        Assert.That(await _bed.RunAsync(), Is.InstanceOf<OperationCanceledException>());
        Assert.That(_bed.Results.Select(result => (result.Label, result.Cluster)), Is.EqualTo(new[] { ("label1", "dp1") }));
    }

    [Test]
    public async Task A_label_of_several_clusters_gets_enough_executions_to_see_each()
    {
        _bed.Fleet = _bed.Fleet with { Labels = [new ClusterLabel("both", [new WeightedCluster("dp1", 0.5), new WeightedCluster("dp2", 0.5)])] };
        _bed.Configuration = Loaded.Map("both: [{id: dp1, weight: 0.5}, {id: dp2, weight: 0.5}]");
        _bed.Admin.Happens = (request, _) => new Execution(request.Id, ExecutionPhase.Succeeded, request.Id.Name[12] == '0' ? "dp2" : "dp1", null, null);

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Results, Has.Count.EqualTo(8));
        Assert.That(_bed.Last.Context.Journal.Notes, Is.Empty);
    }

    [Test]
    public async Task A_cluster_that_none_ran_on_is_a_warning_with_the_odds()
    {
        _bed.Fleet = _bed.Fleet with { Labels = [new ClusterLabel("both", [new WeightedCluster("dp1", 0.9), new WeightedCluster("dp2", 0.1)])] };
        _bed.Configuration = Loaded.Map("both: [{id: dp1, weight: 0.9}, {id: dp2, weight: 0.1}]");

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(
            _bed.Last.Context.Journal.Notes.Single(),
            Does.StartWith("Smoke run, label both: none of 20 executions ran on dp2. With its weight of 0.1 the chance of that is 12.2%")
        );
    }

    [Test]
    public async Task A_pinned_cluster_is_the_only_one_allowed()
    {
        _bed.List(SmokeBed.Smoke("label1", cluster: "dp2"));

        await _bed.RunAsync();

        Assert.That(_bed.Failures.Single(), Does.StartWith("label1: It runs on dp1 and not on dp2. The fleet names the cluster"));
    }

    [Test]
    public async Task A_label_whose_clusters_are_not_joined_is_left_out_and_reported()
    {
        _bed.Fleet = _bed.Fleet with { DataPlanes = [_bed.Fleet.DataPlanes[0], _bed.Fleet.DataPlanes[1] with { Enabled = false }] };

        Assert.That(await _bed.RunAsync(), Is.Null);

        Assert.That(_bed.Admin.Requests, Has.Count.EqualTo(1));
        Assert.That(
            _bed.Last.Context.Journal.Notes.Single(),
            Is.EqualTo(
                "The smoke run leaves label label2 out: none of its clusters is enabled and joined. To have it proven, enable one in the fleet and "
                    + "run AddDataPlane."
            )
        );
    }

    [Test]
    public async Task It_is_left_out_with_skip_smoke_and_where_the_fleet_names_none([Values] bool skip)
    {
        _bed.Options = new RunOptions { SkipSmoke = skip };
        _bed.Fleet = skip ? _bed.Fleet : _bed.Fleet with { Smoke = null };

        await _bed.RunAsync();

        Assert.That(
            _bed.Last.Context.Journal.Stages.Single() is { Status: StageStatus.Skipped, Note: var note } ? note : null,
            skip ? Is.EqualTo("--skip-smoke") : Does.Contain("smoke: {project: team1")
        );
    }
}
