using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Render of two joined data planes.</summary>
internal sealed class RenderTests : JoinedTests
{
    private const string Password = "hunter2-not-a-word";

    private static readonly HelmValues Values = new();
    private static readonly string[] Names = ["controlplane", "dataplane_1", "dataplane_2"];

    private string Output => Path.Combine(Bed.Folder, "rendered", TestContext.CurrentContext.Test.Name);

    [Test]
    public async Task Two_runs_write_the_same_bytes_and_no_cluster_is_written_to()
    {
        var writes = await Bed.WritesAsync();

        (await RenderAsync("--flavor=argocd")).Expect(ExitCode.Done);
        var first = Read();
        var run = (await RenderAsync("--flavor=argocd")).Expect(ExitCode.Done);

        Assert.That(Read(), Is.EqualTo(first));
        Assert.That(run.Output, Does.Match(@"is up to date: \d+ files of 3 clusters").And.Not.Contain("wrote "));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(
            first.Keys,
            Is.SupersetOf(Names.SelectMany(name => new[] { "values.yaml", "manifests.yaml", "application.yaml" }.Select(file => $"clusters/{name}/{file}")))
        );
    }

    [Test]
    public async Task The_rendered_values_are_those_of_the_live_releases_so_that_AddDataPlane_finds_no_difference()
    {
        (await RenderAsync()).Expect(ExitCode.Done);

        foreach (var (cluster, folder, release) in new[] { (ControlPlane, Names[0], "flyte-core"), (DataPlane(1), Names[1], "flyte-core-data") })
        {
            var live = (await cluster.ReleaseAsync(release))!.Value.Release["config"]!.AsObject();
            Assert.That(Values.Changed(live, Parse($"clusters/{folder}/values.yaml")), Is.Empty, folder);
        }

        Bed.Helm("dataplane1", $"upgrade flyte-core-data {Bed.Chart} --values {Output}/clusters/dataplane_1/values.yaml");
        Assert.That((await RunAsync()).Expect(ExitCode.Done).Changes, Is.Empty);
    }

    [Test]
    public async Task The_manifests_have_the_clusters_of_flyteadmin_and_every_document_is_YAML()
    {
        (await RenderAsync("--flavor=flux")).Expect(ExitCode.Done);

        var objects = Names.ToDictionary(name => name, name => Documents($"clusters/{name}/manifests.yaml"));

        var clusters = objects["controlplane"].Single(one => (string?)one["metadata"]!["name"] == "flyte-admin-clusters-config");
        Assert.That((string?)clusters["data"]!["clusters.yaml"], Does.Contain("dataplane_1").And.Contain("dataplane_2"));
        Assert.That(objects["dataplane_2"].Select(one => (string?)one["metadata"]!["name"]), Has.Some.EqualTo("flytepropeller"));
        Assert.That(
            objects.Values.SelectMany(all => all).Where(one => (string?)one["kind"] == "Secret" && (one["data"] ?? one["stringData"]) is not null),
            Is.Empty
        );
        Assert.That(Read().Where(file => file.Key.EndsWith(".yaml", StringComparison.Ordinal)).SelectMany(file => Documents(file.Key)), Is.Not.Empty);
        Assert.That(
            await File.ReadAllTextAsync(Path.Combine(Output, "clusters/controlplane/manifests.yaml")),
            Does.StartWith("# Not to be applied as they are").And.Contain("secret_key: [masked, 12 bytes]"),
            "the chart's own default"
        );
    }

    [Test]
    public async Task No_file_holds_a_credential_of_the_values_files()
    {
        var (all, control) = (Path.Combine(Bed.Folder, "all-values.yaml"), Path.Combine(Bed.Folder, "control-values.yaml"));
        await File.WriteAllTextAsync(all, $"userSettings: {{dbPassword: {Password}, note: 'it is {Password}'}}\n");
        await File.WriteAllTextAsync(
            control,
            $"common: {{databaseSecret: {{name: db-pass, secretManifest: {{apiVersion: v1, kind: Secret, metadata: {{name: db-pass}}, type: Opaque, "
                + $"stringData: {{pass.txt: {Password}}}}}}}}}\n"
        );
        var fleet = Bed.Fleet(control: $"{{context: controlplane, values: [{control}]}}", settings: $"values: [{all}]", name: "credentials");
        (await RunAsync($"--fleet={fleet}")).Expect(ExitCode.Done);

        var run = (await RenderAsync("--flavor=flux", $"--fleet={fleet}")).Expect(ExitCode.Done);
        (await RunAsync()).Expect(ExitCode.Refused);
        (await RunAsync("--accept-value-loss")).Expect(ExitCode.Done);

        var files = Read();
        Assert.That(files.Values, Has.None.Contain(Password).And.None.Contain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Password))));
        Assert.That(run.Output, Does.Contain("[dataplane_1] values left out, as they look like credentials: userSettings.dbPassword"));
        Assert.That(run.Output, Does.Not.Contain(Password));
        Assert.That(
            files["clusters/controlplane/values.yaml"],
            Does.Contain("#   userSettings.dbPassword\n").And.Contain("Secret\n# flyte-core-credential-values")
        );
        Assert.That(files["clusters/controlplane/externalsecrets.yaml"], Does.Contain("name: db-pass").And.Contain("secretKey: pass.txt"));
        Assert.That(Documents("clusters/controlplane/manifests.yaml").Select(one => (string?)one["metadata"]!["name"]), Has.None.EqualTo("db-pass"));
        Assert.That(
            Parse("clusters/controlplane/values.yaml")["common"]!["databaseSecret"]!.AsObject(),
            Contains.Key("secretManifest"),
            "the chart would make the Secret with its own password"
        );
    }

    [Test]
    public async Task The_skeletons_have_the_keys_of_every_data_plane()
    {
        (await RenderAsync()).Expect(ExitCode.Done);

        var skeleton = Documents("clusters/controlplane/externalsecrets.yaml").First(one => (string?)one["metadata"]!["name"] == "cluster-credentials");

        Assert.That(
            skeleton["spec"]!["data"]!.AsArray().Select(entry => (string?)entry!["secretKey"]),
            Is.EqualTo(new[] { "dataplane_1_cacert", "dataplane_1_token", "dataplane_2_cacert", "dataplane_2_token" })
        );
    }

    [Test]
    public async Task An_edited_skeleton_stays_and_its_missing_keys_are_reported()
    {
        (await RenderAsync()).Expect(ExitCode.Done);
        var file = Path.Combine(Output, "clusters/controlplane/externalsecrets.yaml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("dataplane_2_token", "other", StringComparison.Ordinal));
        var edited = Read();

        var run = (await RenderAsync()).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Contain("is edited and stays as it is; it does not have dataplane_2_token"));
        Assert.That(Read(), Is.EqualTo(edited));
    }

    [Test]
    public async Task Another_edited_file_is_refused_and_nothing_is_written()
    {
        (await RenderAsync()).Expect(ExitCode.Done);
        await File.AppendAllTextAsync(Path.Combine(Output, "README.md"), "mine\n");
        var edited = Read();

        var run = (await RenderAsync("--flavor=flux")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("README.md: It was changed since Render wrote it."));
        Assert.That(Read(), Is.EqualTo(edited));
    }

    [Test]
    public async Task A_foreign_file_is_not_overwritten_and_others_stay()
    {
        Directory.CreateDirectory(Output);
        await File.WriteAllTextAsync(Path.Combine(Output, "README.md"), "mine\n");

        var run = (await RenderAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("README.md: It exists, and Render did not write it."));
        Assert.That(Read().Keys, Is.EqualTo(new[] { "README.md" }));
    }

    [Test]
    public async Task What_no_longer_belongs_is_removed_and_foreign_files_stay()
    {
        (await RenderAsync("--flavor=flux")).Expect(ExitCode.Done);
        await File.WriteAllTextAsync(Path.Combine(Output, "clusters", "mine.txt"), "mine\n");
        var fleet = Bed.Fleet(planes: Bed.Plane(1), labels: "{label1: [{id: dataplane_1, weight: 1}]}", name: "smaller");

        var run = (await RenderAsync($"--fleet={fleet}")).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Contain("helmrelease.yaml (removed)"));
        Assert.That(Directory.Exists(Path.Combine(Output, "clusters", "dataplane_2")), Is.False);
        Assert.That(Read().Keys, Contains.Item("clusters/mine.txt").And.None.Contain("helmrelease.yaml"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Output, "clusters/controlplane/values.yaml")), Does.Contain("dataplane_2"), "kept from live");
    }

    [Test]
    public async Task The_files_of_a_data_plane_that_does_not_answer_stay()
    {
        (await RenderAsync()).Expect(ExitCode.Done);
        var before = Read();
        await Bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");

        var run = (await RenderAsync()).Expect(ExitCode.SomeClustersFailed);

        Assert.That(Read(), Is.EqualTo(before));
        Assert.That(run.Output, Does.Match("Left as they were: .*clusters/dataplane_2"));
    }

    [Test]
    public async Task A_plan_writes_nothing()
    {
        var run = (await RenderAsync("--plan")).Expect(ExitCode.Done);

        Assert.That(run.Output, Does.Match("would write .*README.md"));
        Assert.That(Read(), Is.Empty);
    }

    [Test]
    public async Task The_commit_is_that_of_the_fleet_s_own_files()
    {
        var folder = Path.Combine(Bed.Folder, "repository");
        Directory.CreateDirectory(folder);
        var fleet = Bed.Fleet(name: "repository/fleet");
        var repository = new GitRepository(folder);
        var commit = repository.Head;

        (await Bed.RunAsync("--target=Render", $"--fleet={fleet}")).Expect(ExitCode.Done);
        repository.Commit();
        var run = (await Bed.RunAsync("--target=Render", $"--fleet={fleet}")).Expect(ExitCode.Done);

        var index = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "rendered", "flyte-multicluster.json")))!;
        Assert.That(((string?)index["commit"], (bool?)index["dirty"]), Is.EqualTo((commit, (bool?)false)));
        Assert.That(repository.Head, Is.Not.EqualTo(commit));
        Assert.That(run.Output, Does.Contain("is up to date"));
        Assert.That(repository.Git("status", "--porcelain"), Is.Empty);
    }

    private Task<Finished> RenderAsync(params string[] arguments) => RunAsync(["--target=Render", $"--output-folder={Output}", .. arguments]);

    private SortedDictionary<string, string> Read() =>
        new(
            Directory.Exists(Output)
                ? Directory
                    .EnumerateFiles(Output, "*", SearchOption.AllDirectories)
                    .ToDictionary(file => Path.GetRelativePath(Output, file), File.ReadAllText, StringComparer.Ordinal)
                : [],
            StringComparer.Ordinal
        );

    private JsonObject Parse(string file) => Values.Parse(File.ReadAllText(Path.Combine(Output, file)), file);

    private IReadOnlyList<JsonObject> Documents(string file) =>
        [
            .. File.ReadAllText(Path.Combine(Output, file))
                .Split("---\n")
                .Where(document => document.Split('\n').Any(line => line.Length > 0 && line[0] != '#'))
                .Select(document => Values.Parse(document, file)),
        ];
}
