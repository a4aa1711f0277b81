using System.Text.Json.Nodes;
using Flyte.MultiCluster.Aws;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.DataPlanes;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Iam;
using Flyte.MultiCluster.Identities;
using Flyte.MultiCluster.Overlays;
using Flyte.MultiCluster.Tests.Iam;
using Flyte.MultiCluster.Tests.Runs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Identities;

/// <summary>Whom Flyte's service accounts are in the cloud, and where that is written.</summary>
internal sealed class CloudIdentitiesTests
{
    private const string Annotation = "eks.amazonaws.com/role-arn";

    [Test]
    public async Task ARNs_are_those_that_IAM_has()
    {
        using var run = Run("x-cp", "x-dp", "x-w");

        var identities = await CloudIdentities.OfAsync(run.Context, default);

        Assert.That((identities!.ControlPlane, identities.DataPlane, identities.Workers), Is.EqualTo(("arn:of:x-cp", "arn:of:x-dp", "arn:of:x-w")));
    }

    [Test]
    public async Task With_two_roles_the_workers_have_the_data_planes()
    {
        using var run = Run(RoleLayout.Two, new RunOptions(), "x-cp", "x-dp");

        Assert.That((await CloudIdentities.OfAsync(run.Context, default))!.Workers, Is.EqualTo("arn:of:x-dp"));
    }

    [Test]
    public void A_role_that_is_missing_when_values_are_written_ends_the_stage_with_the_remedy()
    {
        using var run = Run("x-cp", "x-dp");

        Assert.That(() => CloudIdentities.OfAsync(run.Context, default), Throws.InvalidOperationException.With.Message.Contains("There is no role x-w yet").And.Message.Contains("Run Prerequisites"));
    }

    [Test]
    public async Task In_a_plan_and_in_the_checks_before_a_missing_role_is_known_after_apply()
    {
        using var plan = Run(RoleLayout.Three, new RunOptions { Plan = true }, "x-cp");
        using var run = Run("x-cp");

        Assert.That((await CloudIdentities.OfAsync(plan.Context, default))!.Workers, Is.EqualTo("(known after apply: role x-w)"));
        Assert.That((await CloudIdentities.ForeseenAsync(run.Context, default))!.DataPlane, Is.EqualTo("(known after apply: role x-dp)"));
    }

    [Test]
    public async Task A_fleet_without_a_cloud_has_none()
    {
        using var run = new TestRun();

        Assert.That(await CloudIdentities.OfAsync(run.Context, default), Is.Null);
    }

    [Test]
    public async Task On_Google_Cloud_they_are_the_fleets_addresses()
    {
        using var run = new TestRun(fleet: Runs.Fleets.Of(1) with { Gcp = new GcpSettings { Project = "p", ControlPlane = "c@p", DataPlane = "d@p", Workers = "w@p" } });

        var identities = await CloudIdentities.OfAsync(run.Context, default);

        Assert.That(identities!.ServiceAccounts(isControlPlane: true, runsWorkflows: true).Select(account => $"{account.Key}={account.Value}"), Is.EqualTo(new[] { "flyteadmin=c@p", "datacatalog=c@p", "flytepropeller=d@p" }));
        Assert.That(identities.Annotation, Is.EqualTo("iam.gke.io/gcp-service-account"));
    }

    [Test]
    public void A_data_planes_values_annotate_flytepropeller()
    {
        var values = DataPlaneValues.Of(new FlyteSettings { Chart = new ChartReference { Path = "/chart" }, Endpoint = "dns:///a:443" }, new DataPlane { Name = "dp1", Context = "c" }, new CloudIdentities(Annotation, "defaultIamRole", "cp", "dp", "w"));

        Assert.That(values["flytepropeller"]!.ToJsonString(), Is.EqualTo($$$$"""{"clusterName":"dp1","serviceAccount":{"annotations":{"{{{{Annotation}}}}":"dp"}},"podAnnotations":{"flyte-multicluster/cloud-identity":"dp"}}"""));
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

        Assert.That((string?)objects[2]["spec"]!["template"]!["metadata"]!["annotations"]![CloudIdentities.PodAnnotation], Is.EqualTo("cp"), "Its pods are made anew.");
        Assert.That(objects.Select(found => found["metadata"]!["annotations"]?.ToJsonString()), Is.EqualTo(new[] { $$$"""{"a":"b","{{{Annotation}}}":"cp"}""", null, null }));
    }

    private static TestRun Run(params string[] roles) => Run(RoleLayout.Three, new RunOptions(), roles);

    private static TestRun Run(RoleLayout layout, RunOptions options, params string[] roles)
    {
        var run = new TestRun(options, fleet: AwsBed.Fleet(1, "x", layout));
        run.Context.Run.Aws = new AwsSnapshot
        {
            Caller = new CallerIdentity("123456789012", "arn:aws:iam::123456789012:user/x"),
            ControlPlane = new EksCluster("controlplane", "c0", "eu-west-1", "https://issuer"),
            Workers = [],
            Providers = [],
            Policy = null,
            Roles = roles.ToDictionary(role => role, role => new IamRole($"arn:of:{role}", []), StringComparer.Ordinal),
        };
        return run;
    }
}
