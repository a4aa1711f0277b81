using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Fleets;
using Flyte.MultiCluster.Tests.Docs;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What a plan shows of two joined data planes.</summary>
internal sealed class PlanDifferenceTests : JoinedTests
{
    private const string Password = "correct-horse-7";

    private const string WithPassword = """
        flyteadmin: {podLabels: {team: a}}
        common:
          databaseSecret:
            secretManifest: {apiVersion: v1, kind: Secret, metadata: {name: db}, type: Opaque, stringData: {pass.txt: correct-horse-7} }
        secrets: {adminOauthClientCredentials: {clientSecret: correct-horse-7} }

        """;

    [Test]
    public async Task After_a_join_there_is_nothing_to_change()
    {
        var plan = (await RunAsync("--target=Plan", "--detailed-exitcode")).Expect(ExitCode.Done);

        Assert.That(plan.Changes, Is.Empty);
        Assert.That(plan.Output, Does.Match("Plan digest: sha256:[0-9a-f]{16} "));
    }

    [Test]
    public async Task An_upgrade_is_shown_as_values_and_objects()
    {
        var writes = await Bed.WritesAsync();

        var plan = (await RunAsync(Changed("flyteadmin: {podLabels: {team: a} }\n"), "--target=Plan", "--detailed-exitcode")).Expect(ExitCode.ChangesPlanned);

        Assert.That(plan.Difference("controlplane", "Values"), Does.Contain("+  podLabels:").And.Contain("+    team: a"));
        Assert.That(plan.Difference("controlplane", "Deployment"), Does.Contain("+        team: a").And.Contain("         app.kubernetes.io/name: flyteadmin"));
        Assert.That(plan.Output, Does.Match("Next: .*--target=AddDataPlane (?!.*detailed-exitcode).*makes these changes"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task No_credential_is_shown_be_it_in_values_or_in_Secrets_that_the_chart_renders()
    {
        var plan = (await RunAsync(Changed(WithPassword), "--target=Plan")).Expect(ExitCode.Done);
        var document = (await RunAsync(Changed(WithPassword), "--target=Plan", "--output=json")).Expect(ExitCode.Done);

        Assert.That(document.Output, Does.Contain("[masked").And.Not.Contain(Password));
        Assert.That(plan.Output, Does.Not.Contain(Password).And.Not.Contain("Y29ycmVjdC1ob3JzZS03"));
        Assert.That(plan.Difference("controlplane", "Values"), Does.Contain("+        pass.txt: [masked, 15 bytes]"));
        Assert.That(plan.Difference("controlplane", "Secret"), Does.Contain("+ pass.txt: 15 bytes, new"));
    }

    [Test]
    public async Task Another_password_is_another_plan()
    {
        var one = (await RunAsync(Changed(WithPassword), "--target=Plan")).Expect(ExitCode.Done);
        var same = (await RunAsync(Changed(WithPassword), "--target=Plan")).Expect(ExitCode.Done);
        var other = (await RunAsync(Changed(WithPassword.Replace(Password, "correct-horse-8", StringComparison.Ordinal)), "--target=Plan")).Expect(
            ExitCode.Done
        );

        Assert.That(same.PlanDigest, Is.EqualTo(one.PlanDigest));
        Assert.That(other.PlanDigest, Is.Not.EqualTo(one.PlanDigest));
    }

    [Test]
    public async Task What_somebody_changed_by_hand_is_shown_as_it_is_and_as_it_would_be()
    {
        Bed.Kubectl("controlplane", "scale deployment flyteadmin --replicas=0");

        var plan = (await RunAsync("--target=Plan")).Expect(ExitCode.Done);

        Assert.That(plan.Difference("controlplane", "Deployment"), Does.Contain("-  replicas: 0").And.Contain("+  replicas: 1"));
        (await RunAsync($"--expect={plan.PlanDigest}")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task Fields_that_helm_would_take_from_others_are_shown_with_their_owners()
    {
        Bed.Kubectl("controlplane", "scale deployment flyteadmin --replicas=2");

        var plan = (await RunAsync(Changed("flyteadmin: {podLabels: {team: a} }\n"), "--target=Plan")).Expect(ExitCode.Done);

        Assert.That(plan.Difference("controlplane", "FieldConflicts"), Is.EqualTo(new[] { "! Deployment flyteadmin .spec.replicas (kubectl)" }));
        Bed.Kubectl("controlplane", "scale deployment flyteadmin --replicas=1");
    }

    [Test]
    public async Task A_run_is_refused_where_somebody_has_changed_what_was_looked_at()
    {
        var fleet = Changed("flyteadmin: {podLabels: {team: a} }\n");
        var digest = (await RunAsync(fleet, "--target=Plan")).Expect(ExitCode.Done).PlanDigest;
        var changed = Changed("flyteadmin: {podLabels: {team: b} }\n");
        var writes = await Bed.WritesAsync();

        var run = (await RunAsync(changed, $"--expect={digest}")).Expect(ExitCode.Refused);
        var plan = (await RunAsync(changed, "--plan", $"--expect={digest}")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain($"--expect={digest}: That is not what would be done").And.Contain("+        team: b"));
        Assert.That(plan.Output, Does.Contain($"--expect={digest}: That is not what would be done"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task With_expect_a_plan_that_is_the_same_ends_well()
    {
        var fleet = Changed("flyteadmin: {podLabels: {team: a} }\n");
        var digest = (await RunAsync(fleet, "--target=Plan")).Expect(ExitCode.Done).PlanDigest;

        (await RunAsync(fleet, "--target=Plan", $"--expect={digest}")).Expect(ExitCode.Done);
    }

    [Test]
    public async Task The_document_is_as_its_schema_says_and_alone_on_standard_output()
    {
        var schema = JsonNode.Parse(Repository.Read("docs/plan.schema.json"))!;
        var digest = (await RunAsync(Changed(WithPassword), "--target=Plan")).Expect(ExitCode.Done).PlanDigest;

        var planned = (await RunAsync(Changed(WithPassword), "--plan", "--output=json")).Expect(ExitCode.Done);
        var refused = (await RunAsync(Changed(WithPassword), "--plan", "--output=json", "--cluster=nobody")).Expect(ExitCode.Refused);

        var document = (JsonObject)JsonNode.Parse(planned.StandardOutput)!;
        Assert.That(SchemaCheck.Violations(schema, document), Is.Empty);
        Assert.That(SchemaCheck.Violations(schema, (JsonObject)JsonNode.Parse(refused.StandardOutput)!), Is.Empty);
        Assert.That((string?)document["digest"], Is.EqualTo(digest));
        Assert.That((int?)document["count"], Is.EqualTo(document["changes"]!.AsArray().Count).And.Positive);
    }

    private string Changed(string values)
    {
        var file = Path.Combine(Bed.Folder, "values.yaml");
        File.WriteAllText(file, values);
        return $"--fleet={Bed.Fleet(name: "changed", settings: $"values: [{file}]")}";
    }
}
