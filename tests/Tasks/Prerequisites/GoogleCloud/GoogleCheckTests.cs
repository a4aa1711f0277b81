using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Prerequisites.GoogleCloud;

/// <summary>What is refused before any write, and what Verify reports, with gcloud's stub.</summary>
[Platform(Exclude = "Win", Reason = "The tools are scripts.")]
internal sealed class GoogleCheckTests
{
    private const string Denied = "PERMISSION_DENIED: Permission 'iam.serviceAccounts.getIamPolicy' denied on resource (or it may not exist).";

    private GcloudBed _bed = null!;

    [SetUp]
    public void Make() => _bed = new GcloudBed();

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task All_that_is_wrong_is_reported_at_once_and_nothing_is_written()
    {
        _bed.Set(state =>
        {
            state["clusters"]!["europe-west1/c2"] = GcloudBed.Cluster(pool: null);
            state["accounts"]!.AsObject().Remove(GcloudBed.DataPlane);
        });
        _bed.Fail($"iam service-accounts get-iam-policy {GcloudBed.Workers}", Denied);
        var fleet = GcloudBed.Fleet(3);

        var problems = await RefusedAsync(
            fleet with
            {
                DataPlanes = [With(fleet.DataPlanes[0], "c1x", "europe-west1"), fleet.DataPlanes[1], With(fleet.DataPlanes[2], "c1", "us-east1")],
            }
        );

        Assert.That(problems, Has.Count.EqualTo(5));
        Assert.That(problems, Has.Some.Contains("dp1: There is no GKE cluster 'c1x' in europe-west1 of project p. Did you mean 'c1'?"));
        Assert.That(
            problems,
            Has.Some.Contains(
                "dp2: GKE cluster 'c2' has workload identity off. Turn it on: gcloud container clusters update c2 --location europe-west1 "
                    + "--project p --workload-pool=p.svc.id.goog"
            )
        );
        Assert.That(problems, Has.Some.Contains("dp3: There is no GKE cluster 'c1' in us-east1 of project p. It is in europe-west1: correct 'location'."));
        Assert.That(
            problems,
            Has.Some.Contains($"{GcloudBed.DataPlane}: There is no Google service account")
                .And.Some.Contains("gcloud iam service-accounts create dp --project p")
        );
        Assert.That(problems, Has.Some.Contains("Have iam.serviceAccounts.getIamPolicy granted").And.Some.Contains("check the name"));
        Assert.That(_bed.Writes, Is.Zero);
    }

    [Test]
    public async Task What_refuses_the_run_is_what_Verify_reports_in_the_same_order()
    {
        _bed.Set(state =>
        {
            state["clusters"]!["europe-west1/c1"] = GcloudBed.Cluster(pool: null);
            state["accounts"]!.AsObject().Remove(GcloudBed.DataPlane);
        });

        var found = await VerifyAsync();

        Assert.That(found.Select(result => $"{result.Found} {result.Remedy}"), Is.EqualTo(await RefusedAsync()));
        Assert.That(found, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Without_gcloud_the_run_is_refused()
    {
        File.Delete(_bed.Gcloud);

        Assert.That((await RefusedAsync()).Single(), Does.Contain("gcloud: It is not on PATH").And.Contain("cloud.google.com/sdk"));
    }

    [Test]
    public async Task Without_a_login_the_run_is_refused_at_once()
    {
        _bed.Set(state => state["account"] = "");

        Assert.That((await RefusedAsync(GcloudBed.Fleet(2))).Single(), Does.Contain("active account").And.Contain("gcloud auth login"));
        Assert.That(_bed.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_project_that_is_not_there_is_refused_at_once()
    {
        var fleet = GcloudBed.Fleet();

        Assert.That(
            (await RefusedAsync(fleet with { Gcp = fleet.Gcp! with { Project = "typo" } })).Single(),
            Does.Contain("projects instance [typo]").And.Contain("resourcemanager.projects.get").And.Contain("check the name")
        );
    }

    [Test]
    public async Task A_project_that_is_being_deleted_is_refused()
    {
        _bed.Set(state => state["projects"]!["p"]!["lifecycleState"] = "DELETE_REQUESTED");

        Assert.That((await RefusedAsync()).Single(), Does.Contain("DELETE_REQUESTED").And.Contain("undelete"));
    }

    [Test]
    public async Task Clusters_of_two_pools_are_refused()
    {
        _bed.Set(state => state["clusters"]!["europe-west1/c1"] = GcloudBed.Cluster("q.svc.id.goog"));

        Assert.That((await RefusedAsync()).Single(), Does.Contain("p.svc.id.goog (controlplane); q.svc.id.goog (dp1)"));
    }

    [Test]
    public async Task The_pool_is_the_one_that_GKE_reports()
    {
        _bed.Set(state =>
        {
            foreach (var name in new[] { "c0", "c1" })
                state["clusters"]![$"europe-west1/{name}"] = GcloudBed.Cluster("other.svc.id.goog");
        });

        Assert.That(await _bed.BindAsync(), Has.All.Contains("serviceAccount:other.svc.id.goog["));
    }

    [Test]
    public async Task A_policy_that_would_be_too_long_is_refused_with_what_to_do()
    {
        var members = new JsonArray([.. Enumerable.Range(0, 1497).Select(number => (JsonNode)GcloudBed.Member($"old{number}/default"))]);
        _bed.Set(state =>
            state["accounts"]![GcloudBed.Workers]!["bindings"] = new JsonArray(new JsonObject { ["role"] = GcloudBed.Role, ["members"] = members })
        );

        Assert.That(
            (await RefusedAsync()).Single(),
            Does.Contain("1501 members, and IAM takes 1500: 1497 exist, 4 are to be added")
                .And.Contain("remove-iam-policy-binding")
                .And.Contain("customData gsa")
        );

        _bed.Admin.Domains.Remove("production");
        Assert.That(await _bed.BindAsync(), Has.Count.EqualTo(5));
    }

    [Test]
    public async Task A_busy_Google_Cloud_is_asked_again_for_a_minute()
    {
        _bed.Fail("projects describe", "RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Read requests'.", times: 5);

        await _bed.Next().RunAsync<CheckGoogleCloud>();

        Assert.That(_bed.Time.Pauses.Select(pause => pause.TotalSeconds), Is.EqualTo(new[] { 2, 4, 8, 16, 32 }));
    }

    [Test]
    public async Task A_login_that_FlyteAdmin_refuses_is_a_problem_and_no_reason_to_leave_namespaces_out()
    {
        _bed.Admin.Before = _ => throw InMemoryFlyteAdmin.Unauthorized;

        Assert.That((await RefusedAsync()).Single(), Does.Contain("401 Unauthenticated").And.Contain("CheckFlyteAdmin"));
    }

    [Test]
    public async Task A_values_file_that_cannot_be_read_is_a_problem_and_no_reason_to_guess_namespaces()
    {
        var fleet = GcloudBed.Fleet();

        Assert.That(
            (await RefusedAsync(fleet with { Flyte = fleet.Flyte with { Values = ["/no/such/values.yaml"] } })).Single(),
            Does.StartWith("project-domain namespaces: ").And.Contain("/no/such/values.yaml")
        );
    }

    [Test]
    public async Task Node_pools_that_do_not_serve_workload_identity_are_reported()
    {
        _bed.Set(state => state["clusters"]!["europe-west1/c1"] = GcloudBed.Cluster("p.svc.id.goog", metadata: "GCE_METADATA"));

        await _bed.BindAsync();

        Assert.That(
            _bed.Last.Context.Journal.Notes,
            Has.Some.Contains("dp1: node pools without workload identity")
                .And.Some.Contains(
                    "gcloud container node-pools update default-pool --cluster c1 --location europe-west1 --project p --workload-metadata=GKE_METADATA"
                )
        );
        Assert.That((await VerifyAsync()).Single().Status, Is.EqualTo(CheckStatus.Warning));
    }

    [Test]
    public async Task Verify_finds_what_is_not_bound_and_is_content_after_the_stage()
    {
        var before = await VerifyAsync();
        await _bed.BindAsync();
        var after = (await VerifyAsync()).Single();

        Assert.That(before.Select(result => result.Status), Is.EqualTo(new[] { CheckStatus.Failed, CheckStatus.Failed, CheckStatus.Failed }));
        Assert.That(before[2].Found, Does.Contain(GcloudBed.Workers).And.Contain(GcloudBed.Member("team1-development/default")));
        Assert.That(before[2].Remedy, Is.EqualTo("Run BindWorkloadIdentity."));
        Assert.That(
            (after.Status, after.Found),
            Is.EqualTo((CheckStatus.Ok, $"7 members of pool p.svc.id.goog may act as {GcloudBed.ControlPlane}, {GcloudBed.DataPlane}, {GcloudBed.Workers}"))
        );
    }

    [Test]
    public async Task Verify_reports_a_namespace_whose_annotation_alone_says_that_it_acts_as_the_workers()
    {
        await _bed.BindAsync();

        var found = (
            await VerifyAsync(prepare: run =>
                run.PlaneServer.On(
                    "/api/v1/serviceaccounts",
                    FakeApiServer.Ok(
                        """
                        {"items": [{"metadata": {"name": "default", "namespace": "mine", "annotations": {"iam.gke.io/gcp-service-account": "w@p.iam.gserviceaccount.com"}}}]}
                        """
                    )
                )
            )
        ).Single();

        Assert.That(found.Status, Is.EqualTo(CheckStatus.Ok));
        Assert.That(found.Found, Does.Contain("; dp1: 'default' of mine is annotated"));
    }

    [Test]
    public async Task Verify_reports_what_the_check_would_refuse_and_skips_other_fleets()
    {
        _bed.Set(state => state["clusters"]!["europe-west1/c1"] = GcloudBed.Cluster(pool: null));

        Assert.That((await VerifyAsync()).Single().Found, Does.Contain("dp1: GKE cluster 'c1' has workload identity off"));
        Assert.That((await VerifyAsync(GcloudBed.Fleet() with { Gcp = null })).Single().Status, Is.EqualTo(CheckStatus.Skipped));
    }

    private static DataPlane With(DataPlane plane, string name, string location) =>
        plane with
        {
            Cluster = new CloudCluster { Name = name, Location = location },
        };

    private async Task<IReadOnlyList<CheckResult>> VerifyAsync(Fleet? fleet = null, Action<TestRun>? prepare = null)
    {
        var run = _bed.Next(fleet, prepare: prepare);
        return (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new WorkloadIdentityCheck()], default)).Results;
    }

    private async Task<List<string>> RefusedAsync(Fleet? fleet = null)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _bed.Next(fleet).RunAsync<CheckGoogleCloud>());
        return [.. refused!.Problems.Select(problem => problem.ToString())];
    }
}
