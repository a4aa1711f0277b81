using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tests.Common.Cloud.Aws;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Cloud;

/// <summary>Whom Flyte's service accounts are in the cloud, and where that is written.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class CloudIdentitiesTests
{
    private const string Annotation = "eks.amazonaws.com/role-arn";

    [Test]
    public async Task ARNs_are_those_that_IAM_has()
    {
        using var run = Run("x-cp", "x-dp", "x-w");

        var identities = await run.Get<CloudIdentityReader>().OfAsync(run.Context.Run, default);

        Assert.That((identities!.ControlPlane, identities.DataPlane, identities.Workers), Is.EqualTo(("arn:of:x-cp", "arn:of:x-dp", "arn:of:x-w")));
    }

    [Test]
    public async Task With_two_roles_the_workers_have_the_data_planes()
    {
        using var run = Run(RoleLayout.Two, new RunOptions(), "x-cp", "x-dp");

        Assert.That((await run.Get<CloudIdentityReader>().OfAsync(run.Context.Run, default))!.Workers, Is.EqualTo("arn:of:x-dp"));
    }

    [Test]
    public void A_role_that_is_missing_when_values_are_written_ends_the_stage_with_the_remedy()
    {
        using var run = Run("x-cp", "x-dp");

        Assert.That(
            () => run.Get<CloudIdentityReader>().OfAsync(run.Context.Run, default),
            Throws.InvalidOperationException.With.Message.Contains("There is no role x-w yet").And.Message.Contains("Run Prerequisites")
        );
    }

    [Test]
    public async Task In_a_plan_and_in_the_checks_before_a_missing_role_is_known_after_apply()
    {
        using var plan = Run(RoleLayout.Three, new RunOptions { Plan = true }, "x-cp");
        using var run = Run("x-cp");

        Assert.That((await plan.Get<CloudIdentityReader>().OfAsync(plan.Context.Run, default))!.Workers, Is.EqualTo("(known after apply: role x-w)"));
        Assert.That((await run.Get<CloudIdentityReader>().ForeseenAsync(run.Context.Run, default))!.DataPlane, Is.EqualTo("(known after apply: role x-dp)"));
    }

    [Test]
    public async Task A_fleet_without_a_cloud_has_none()
    {
        using var run = new TestRun();

        Assert.That(await run.Get<CloudIdentityReader>().OfAsync(run.Context.Run, default), Is.Null);
    }

    [Test]
    public async Task On_Google_Cloud_they_are_the_fleets_addresses()
    {
        using var run = new TestRun(
            fleet: SomeFleet.Of(1) with
            {
                Gcp = new GcpSettings
                {
                    Project = "p",
                    ControlPlane = "c@p",
                    DataPlane = "d@p",
                    Workers = "w@p",
                },
            }
        );

        var identities = await run.Get<CloudIdentityReader>().OfAsync(run.Context.Run, default);

        Assert.That(
            identities!.ServiceAccounts(isControlPlane: true, runsWorkflows: true).Select(account => $"{account.Key}={account.Value}"),
            Is.EqualTo(new[] { "flyteadmin=c@p", "datacatalog=c@p", "flytepropeller=d@p" })
        );
        Assert.That(identities.Annotation, Is.EqualTo("iam.gke.io/gcp-service-account"));
    }

    [Test]
    public void A_data_planes_values_annotate_flytepropeller()
    {
        var values = DataPlaneValues.Of(
            new FlyteSettings
            {
                Chart = new ChartReference { Path = "/chart" },
                Endpoint = "dns:///a:443",
            },
            "dp1",
            new CloudIdentities(Annotation, "defaultIamRole", "cp", "dp", "w")
        );

        Assert.That(
            values["flytepropeller"]!.ToJsonString(),
            Is.EqualTo(
                $$$$"""{"clusterName":"dp1","serviceAccount":{"annotations":{"{{{{Annotation}}}}":"dp"}},"podAnnotations":{"flyte-multicluster/cloud-identity":"dp"}}"""
            )
        );
    }

    [Test]
    public void In_an_overlay_the_service_accounts_that_it_has_are_annotated_and_their_other_annotations_stay()
    {
        JsonObject[] objects =
        [
            (JsonObject)JsonNode.Parse("""{"kind": "ServiceAccount", "metadata": {"name": "flyteadmin", "annotations": {"a": "b"}}}""")!,
            (JsonObject)JsonNode.Parse("""{"kind": "ServiceAccount", "metadata": {"name": "flytepropeller"}}""")!,
            (JsonObject)JsonNode.Parse("""{"kind": "Deployment", "metadata": {"name": "flyteadmin"}, "spec": {"template": {"spec": {}}}}""")!,
        ];

        ServiceAccountPatch.Annotate(objects, new CloudIdentities(Annotation, "defaultIamRole", "cp", "dp", "w"), isControlPlane: true, runsWorkflows: false);

        Assert.That(
            (string?)objects[2]["spec"]!["template"]!["metadata"]!["annotations"]![CloudIdentities.PodAnnotation],
            Is.EqualTo("cp"),
            "Its pods are made anew."
        );
        Assert.That(
            objects.Select(found => found["metadata"]!["annotations"]?.ToJsonString()),
            Is.EqualTo(new[] { $$$"""{"a":"b","{{{Annotation}}}":"cp"}""", null, null })
        );
    }

    [Test]
    public async Task A_run_that_makes_no_roles_asks_AWS_for_nothing_else_and_once_for_all_clusters()
    {
        using var bed = new AwsBed(
            """
            case "$1 $2" in
              "sts get-caller-identity") echo '{"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/joe"}';;
              "iam get-role") echo "{\"Role\": {\"Arn\": \"arn:of:$4\", \"AssumeRolePolicyDocument\": {}}}";;
              *) echo "unexpected: $*" >&2; exit 2;;
            esac
            """,
            eksctl: false
        );
        var run = bed.Next(AwsBed.Fleet(2, "x"));

        var identities = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => run.Get<CloudIdentityReader>().OfAsync(run.Context.Run, default)));

        Assert.That(
            identities.Select(found => (found!.ControlPlane, found.DataPlane, found.Workers)).Distinct(),
            Is.EqualTo(new[] { ("arn:of:x-cp", "arn:of:x-dp", "arn:of:x-w") })
        );
        Assert.That(
            bed.TakeCalls().Select(call => string.Join(' ', call.Split(' ').Take(2))),
            Is.EquivalentTo(new[] { "sts get-caller-identity", "iam get-role", "iam get-role", "iam get-role" })
        );
    }

    [Test]
    public async Task What_values_have_read_of_AWS_is_not_read_again_by_the_checks_nor_the_other_way_around()
    {
        using var bed = new AwsBed(AwsCheckTests.Answers);
        var run = bed.Next(AwsBed.Fleet(1, "x"), new RunOptions { WithoutEksctl = true });

        await run.Get<CloudIdentityReader>().ForeseenAsync(run.Context.Run, default);
        await run.RunAsync<CheckAws>();
        await run.Get<CloudIdentityReader>().ForeseenAsync(run.Context.Run, default);

        Assert.That(bed.TakeCalls(), Is.Unique.And.Some.StartsWith("iam get-role").And.Some.StartsWith("eks describe-cluster"));
        Assert.That(run.Context.Run.State.Of<AwsReadings>().Snapshot.Value?.Clusters.Select(cluster => cluster.Name), Is.EqualTo(new[] { "c0", "c1" }));
    }

    [Test]
    public async Task Without_a_release_yet_a_refusal_of_AWS_is_the_runs_with_all_its_problems()
    {
        using var bed = new AwsBed(
            """
            case "$1 $2" in
              "sts get-caller-identity") echo '{"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/joe"}';;
              *) echo 'An error occurred (AccessDenied) when calling the GetRole operation: User: x is not authorized to perform: iam:GetRole on resource: y' >&2; exit 254;;
            esac
            """
        );

        var refused = await Assert.ThrowsAsync<RefusedException>(() => bed.Next(AwsBed.Fleet(2, "x")).RunAsync<CheckControlPlaneRelease>());

        Assert.That(refused!.Problems.Select(problem => problem.Place), Is.EqualTo(new[] { "x-cp", "x-dp", "x-w" }));
    }

    [Test]
    public void An_annotation_of_the_values_files_that_the_fleets_takes_the_place_of_is_reported()
    {
        var identities = new CloudIdentities(Annotation, "defaultIamRole", "cp", "(known after apply: role dp)", "w");
        var files = new HelmValues().Parse(
            $$$$"""
            flyteadmin: {serviceAccount: {annotations: { {{{{Annotation}}}}: by-hand, other: x}}}
            datacatalog: {serviceAccount: {annotations: { {{{{Annotation}}}}: cp}}}
            flytepropeller: {serviceAccount: {annotations: { {{{{Annotation}}}}: may-be-the-same}}}
            """,
            "test"
        );

        Assert.That(
            IdentityValues.Overridden(files, identities, isControlPlane: true, runsWorkflows: true),
            Is.EqualTo(new[] { $"The values files annotate service account flyteadmin with {Annotation} by-hand; the fleet's cp is used instead." })
        );
        Assert.That(IdentityValues.Overridden(files, null, isControlPlane: true, runsWorkflows: true), Is.Empty);
    }

    [Test]
    public async Task A_data_planes_values_file_that_annotates_by_hand_is_noted_with_its_name()
    {
        var fleet = SomeFleet.Of(1) with
        {
            Gcp = new GcpSettings
            {
                Project = "p",
                ControlPlane = "c@p",
                DataPlane = "d@p",
                Workers = "w@p",
            },
        };
        using var folder = new TemporaryFolder();
        var file = folder.Write("dp1.yaml", "flytepropeller: {serviceAccount: {annotations: {iam.gke.io/gcp-service-account: old@p}}}\n");
        using var run = new TestRun(fleet: fleet with { DataPlanes = [fleet.DataPlanes[0] with { Values = [file] }] });

        await run.Get<DataPlaneValues>().WriteAsync(run.Context, run.Plane, default);

        Assert.That(run.Context.Journal.Notes.Single(), Does.StartWith("dp1: ").And.Contain("flytepropeller").And.Contain("old@p").And.Contain("d@p"));
    }

    private static TestRun Run(params string[] roles) => Run(RoleLayout.Three, new RunOptions(), roles);

    private static TestRun Run(RoleLayout layout, RunOptions options, params string[] roles)
    {
        var run = new TestRun(options, fleet: AwsBed.Fleet(1, "x", layout));
        run.Context.Run.State.Of<AwsReadings>()
            .Snapshot.Set(
                new AwsSnapshot
                {
                    Caller = new CallerIdentity("123456789012", "arn:aws:iam::123456789012:user/x"),
                    ControlPlane = new EksCluster("controlplane", "c0", "eu-west-1", "https://issuer"),
                    Workers = [],
                    Providers = [],
                    Policy = null,
                    Roles = roles.ToDictionary(role => role, role => new IamRole($"arn:of:{role}", []), StringComparer.Ordinal),
                }
            );
        return run;
    }
}
