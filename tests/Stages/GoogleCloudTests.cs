using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.GoogleCloud;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The whole program on a sandbox whose clusters are GKE clusters in the file of gcloud's stub.</summary>
internal sealed class GoogleCloudTests : StageTests
{
    private static readonly string[] Accounts = ["flyte/datacatalog", "flyte/flyteadmin", "flyte/flytepropeller"];

    private string State => Path.Combine(Bed.Folder, "gcloud.json");

    private string Gcloud => Path.Combine(Bed.Folder, "tools4", "gcloud");

    [TearDown]
    public void Remove() => File.Delete(Gcloud);

    [Test]
    public async Task The_first_AddDataPlane_binds_the_namespaces_of_Flytes_projects_too_and_the_second_changes_nothing()
    {
        GcloudBed.Make(State, Gcloud);

        var plan = (await RunAsync("--target=Plan")).Expect(0);
        var first = (await RunAsync("--target=AddDataPlane", $"--expect={plan.PlanDigest}")).Expect(0);
        using var admin = Bed.OpenAdmin();
        var (projects, domains) = (await admin.ProjectsAsync(default), await admin.DomainsAsync(default));
        string[] defaults = [.. projects.SelectMany(project => domains, (project, domain) => $"{project}-{domain}/default")];
        Assert.That(Bound(), Is.EquivalentTo(Accounts.Concat(defaults)).And.SupersetOf(new[] { "flytesnacks-development/default" }));
        Assert.That(first.Output, Does.Contain($"{defaults.Length} namespaces act as {GcloudBed.Workers}").And.Not.Contain("bound by another run"));

        Assert.That((await RunAsync("--target=AddDataPlane")).Expect(0).Changes, Is.Empty);
        Assert.That((await RunAsync("--target=Verify")).Expect(0).Output, Does.Contain($"{Accounts.Length + defaults.Length} members of pool p.svc.id.goog"));
    }

    [Test]
    public async Task A_cluster_that_is_not_there_is_refused_before_anything_is_written()
    {
        GcloudBed.Make(State, Gcloud);
        var writes = await Bed.WritesAsync();

        var refused = (await RunAsync("--target=AddDataPlane", $"--fleet={Fleet("c2x")}")).Expect(ExitCode.Refused);

        Assert.That(refused.Output, Does.Contain("dataplane_2: There is no GKE cluster 'c2x' in europe-west1 of project p. Did you mean 'c2'?"));
        Assert.That((await Bed.WritesAsync(), Bound()), Is.EqualTo((writes, Array.Empty<string>())));
    }

    private Task<Finished> RunAsync(params string[] arguments) =>
        Bed.RunAsync(
            Array.Exists(arguments, argument => argument.StartsWith("--fleet=", StringComparison.Ordinal)) ? arguments : [.. arguments, $"--fleet={Fleet()}"]
        );

    private string Fleet(string second = "c2")
    {
        var path = Bed.Fleet(
            $"{Plane(1, "c1")}, {Plane(2, second)}",
            control: "{context: controlplane, cluster: c0, location: europe-west1}",
            name: $"gcp-{second}"
        );
        File.AppendAllLines(
            path,
            [
                string.Empty,
                $"flyteAdmin: {{endpoint: \"{Bed.State.FlyteAdmin}\", caFile: {Path.Combine(Bed.State.Folder, "flyteadmin-ca.crt")}}}",
                $"cloud: {{provider: gcp, project: p, serviceAccounts: {{controlPlane: {GcloudBed.ControlPlane}, dataPlane: {GcloudBed.DataPlane}, "
                    + $"workers: {GcloudBed.Workers}}}}}",
            ]
        );
        return path;
    }

    private string Plane(int number, string cluster) => $"{Bed.Plane(number).TrimEnd('}')}, cluster: {cluster}, location: europe-west1}}";

    private string[] Bound() =>
        [
            .. JsonNode.Parse(File.ReadAllText(State))!["accounts"]!
                .AsObject()
                .SelectMany(account => account.Value!["bindings"]!.AsArray())
                .SelectMany(binding => binding!["members"]!.AsArray())
                .Select(member => ((string)member!)["serviceAccount:p.svc.id.goog[".Length..^1])
                .Order(StringComparer.Ordinal),
        ];
}
