using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ControlPlanes;

/// <summary>What keeps a new flyteadmin pod from starting is refused, with a remedy that works.</summary>
internal sealed class EnabledClusterConfigsTests
{
    private const string Secret = "/api/v1/namespaces/flyte/secrets/cluster-credentials";

    [Test]
    public async Task What_this_run_stores_and_the_own_cluster_need_no_key()
    {
        using var run = Run();

        Assert.That(await ProblemsAsync(run, $"[{Entry("dp1")}, {{name: controlplane, inCluster: true, enabled: true}}]"), Is.Empty);
    }

    [Test]
    public async Task An_entry_of_another_name_that_reads_what_this_run_stores_passes()
    {
        using var run = Run();

        Assert.That(
            await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("dp1", enabled: false).Replace("name: dp1", "name: legacy", StringComparison.Ordinal)}]"),
            Is.Empty
        );
    }

    [Test]
    public async Task A_cluster_without_its_key_is_refused_also_a_disabled_one([Values] bool enabled)
    {
        using var run = Run("other_token: eA==");

        var problem = (await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("other", enabled)}]")).Single();

        Assert.That(problem.Place, Is.EqualTo("other"));
        Assert.That(
            problem.What,
            Does.Contain("Secret cluster-credentials has no 'other_cacert'").And.Contain(enabled ? ", enabled," : ", disabled,").And.Not.Contain("other_token")
        );
    }

    [Test]
    public async Task A_certificate_that_cannot_be_parsed_is_refused_of_a_disabled_cluster_too()
    {
        using var run = Run($"other_token: eA==, other_cacert: {Convert.ToBase64String("nonsense"u8)}");

        Assert.That(
            (await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("other", enabled: false)}]")).Single().What,
            Does.Contain("'other_cacert'").And.Contain("no certificate that it can parse")
        );
    }

    [Test]
    public async Task The_remedy_for_a_cluster_of_another_fleet_never_says_that_this_fleet_has_it()
    {
        using var run = Run();

        var problem = (await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("other")}]")).Single();

        Assert.That(
            problem.Remedy,
            Does.StartWith("Run AddDataPlane with the fleet that names it").And.Contain("release flyte-core, the only place that has it")
        );
    }

    [Test]
    public async Task The_remedy_names_the_values_file_that_has_the_entry()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("base.yaml", "configmap: {clusters: {clusterConfigs: [{name: other}]}}");
        using var run = Run(values: file);

        Assert.That(
            (await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("other")}]")).Single().Remedy,
            Does.EndWith($"remove its entry from configmap.clusters.clusterConfigs of {file}.")
        );
    }

    [Test]
    public async Task Of_a_data_plane_that_was_not_chosen_the_remedy_is_to_choose_it()
    {
        using var run = Run(dataPlanes: 2, chosen: 1);

        Assert.That((await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("dp2")}]")).Single().Remedy, Does.StartWith("Run without --cluster"));
    }

    [TestCase("1.5", true, true)]
    [TestCase("-0.1", true, true)]
    [TestCase("1", true, false)]
    [TestCase("7", false, false)]
    public async Task A_weight_outside_of_0_to_1_of_an_enabled_cluster_is_refused(string weight, bool enabled, bool refused)
    {
        using var run = Run("other_token: eA==, other_cacert: \"\"");

        var problems = await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("other", enabled)}]", $"Theirs: [{{id: other, weight: {weight}}}]");

        Assert.That(problems.Select(problem => problem.Place), refused ? Is.EqualTo(new[] { "label theirs" }) : Is.Empty);
        Assert.That(problems.Select(problem => problem.What), Is.All.Contains($"the weight {weight}"));
    }

    [Test]
    public async Task A_configuration_without_an_enabled_cluster_is_refused()
    {
        using var run = Run();

        Assert.That((await ProblemsAsync(run, $"[{Entry("dp1", enabled: false)}]")).Single().What, Does.StartWith("No cluster would be enabled"));
    }

    [Test]
    public async Task A_name_that_is_there_twice_is_refused()
    {
        using var run = Run();

        Assert.That((await ProblemsAsync(run, $"[{Entry("dp1")}, {Entry("dp1")}]")).Single().What, Does.StartWith("It names dp1 more than once"));
    }

    [Test]
    public async Task All_of_it_is_reported_at_once()
    {
        using var run = Run();

        Assert.That(await ProblemsAsync(run, $"[{Entry("a")}, {Entry("b", enabled: false)}]", "x: [{id: a, weight: 2}]"), Has.Count.EqualTo(3));
    }

    private static string Entry(string name, bool enabled = true) =>
        $"{{name: {name}, enabled: {(enabled ? "true" : "false")}, endpoint: 'https://{name}.example.com', auth: {{tokenPath: "
        + $"/var/run/credentials/{name}_token, certPath: /var/run/credentials/{name}_cacert}}}}";

    private static async Task<IReadOnlyList<Problem>> ProblemsAsync(TestRun run, string clusters, string labels = "")
    {
        var wanted = ClusterConfigs.Parse(new HelmValues(), $"clusters: {{clusterConfigs: {clusters}, labelClusterMap: {{{labels}}}}}");
        try
        {
            await new EnabledClusterConfigs(run.Context, run.Values).RefuseBlockedAsync(wanted, reachesAll: false, default);
            return [];
        }
        catch (RefusedException refused)
        {
            return refused.Problems;
        }
    }

    // The keys of the Secret, in YAML's flow form; none for no Secret.
    private static TestRun Run(string? keys = null, string? values = null, int dataPlanes = 1, int chosen = 0)
    {
        var fleet = SomeFleet.Of(dataPlanes);
        if (values is not null)
            fleet = fleet with { Flyte = fleet.Flyte with { Values = [values] } };
        var run = new TestRun(chosen > 0 ? new RunOptions { Clusters = ["dp1"] } : null, fleet: fleet, planes: chosen);
        File.WriteAllText(Path.Combine(run.Folder.Path, "Chart.yaml"), "name: flyte-core\nversion: v1.16.8\n");
        run.Context.Run.Chart = new UnpackedChart(run.Folder.Path, new HelmValues());
        if (keys is not null)
            run.ControlServer.Put(Secret, new JsonObject { ["data"] = new HelmValues().Parse($"{{{keys}}}", "keys") }.ToJsonString());
        return run;
    }
}
