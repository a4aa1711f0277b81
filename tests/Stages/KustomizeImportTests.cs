using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Import of a Flyte that kustomize installed by hand, as the guide's text on kustomize has it.</summary>
internal sealed class KustomizeImportTests : StageTests
{
    // cluster_credentials is no valid name.
    private const string Hand = "my-credentials";

    private static readonly HelmValues Values = new();

    private KustomizeFleet _overlays = null!;

    private string Output => Path.Combine(Bed.Temporary, "imported", "fleet.yaml");

    private string Overlays => $"--overlays={_overlays.Folder}/controlplane,{_overlays.Folder}/dataplane";

    [TestCase("cluster-credentials")]
    [TestCase(Hand)]
    public async Task The_guides_list_is_imported_and_repaired_and_its_tokens_stay_the_ones_in_use(string secret)
    {
        await MakeAsync(secret);
        var writes = await Bed.WritesAsync();
        var before = await LiveObjects.OfAsync(Bed);

        var import = (await ImportAsync(Overlays)).Expect(0);
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        var read = new FleetReader().Read(Output);
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);

        Assert.That(read.Problems, Is.Empty);
        Assert.That(LiveObjects.Lost(before, await LiveObjects.OfAsync(Bed)), Is.Empty);
        Assert.That(
            (read.Fleet!.Flyte.Overlays!.ControlPlane, read.Fleet.Flyte.Endpoint, read.Fleet.Flyte.Catalog!.Endpoint),
            Is.EqualTo((Path.Combine(_overlays.Folder, "controlplane"), "dns:///flyteadmin.flyte.svc:81", "datacatalog.flyte.svc:89"))
        );
        Assert.That(
            import.Output,
            Does.Contain("[controlplane] configuration: clusters is a list, and flyteadmin reads clusters.clusterConfigs")
                .And.Contain("[cluster_2] configuration: enabled is written under auth")
        );
        Assert.That(import.Output, secret == Hand ? Does.Contain($"credential-mounts: flyteadmin mounts Secret {Hand}") : Does.Not.Contain("mounts Secret"));
        var clusters = Values.Parse(
            (string)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))!["data"]!["clusters.yaml"]!,
            "clusters.yaml"
        );
        var stored = await ControlPlane.SecretAsync("cluster-credentials");
        foreach (var number in new[] { 1, 2 })
        {
            var entry = clusters["clusters"]!["clusterConfigs"]!.AsArray().Single(one => (string?)one!["name"] == $"cluster_{number}")!;
            Assert.That(((string?)entry["endpoint"], (bool?)entry["enabled"]), Is.EqualTo((Bed.Endpoint(number), true)));
            Assert.That(await DataPlane(number).TokensAsync(), Is.EqualTo(new[] { "flyteadmin-token-x7k2p" }));
            Assert.That(stored[$"cluster_{number}_token"], Is.EqualTo((await DataPlane(number).SecretAsync("flyteadmin-token-x7k2p"))["token"]));
        }

        Assert.That((await Bed.RunAsync($"--fleet={Output}")).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Without_the_overlays_it_is_refused_with_what_to_give()
    {
        await MakeAsync("cluster-credentials");

        var run = (await ImportAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("belongs to no Helm release").And.Contain("--overlays=CONTROL-PLANE,DATA-PLANE"));
        Assert.That(File.Exists(Output), Is.False);
    }

    [Test]
    public async Task Credentials_that_stand_in_the_overlay_are_reported_and_repaired_once_they_are_out_of_it()
    {
        await MakeAsync("cluster-credentials", isInOverlay: true, data => data["cluster_1_token"] = Encoded(Decoded(data, "cluster_1_token") + "\n"));

        var import = (await ImportAsync(Overlays)).Expect(0);
        (await Bed.RunAsync($"--fleet={Output}")).Expect(ExitCode.Refused);
        await EditAsync("controlplane/kustomization.yaml", "\n  - secrets.yaml", string.Empty);
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);

        Assert.That(
            import.Output,
            Does.Contain("[cluster_1] token-format: The token ends with a newline")
                .And.Contain("[controlplane] secret-keys: The control plane's overlay holds Secret cluster-credentials")
        );
        Assert.That(
            (await ControlPlane.SecretAsync("cluster-credentials"))["cluster_1_token"],
            Is.EqualTo((await DataPlane(1).SecretAsync("flyteadmin-token-x7k2p"))["token"])
        );
        Assert.That((await Bed.RunAsync($"--fleet={Output}")).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Folders_without_a_kustomization_and_options_of_Helm_beside_them_are_refused_at_once()
    {
        var run = (await ImportAsync($"--overlays={Bed.Temporary},{_overlays.Folder}/dataplane", "--release=flyte")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("holds no kustomization.yaml.").And.Contain("--release: It is for Helm, and --overlays for kustomize."));
    }

    [SetUp]
    public void Copy() => _overlays = new KustomizeFleet(Bed);

    private Task<Finished> ImportAsync(params string[] more) =>
        Bed.RunAsync(["--target=Import", "--control-plane=controlplane", $"--output-fleet={Output}", .. more], withFleet: false);

    // The guide's text: kubectl apply of both overlays, with the credentials mounted into flyteadmin, and its list of clusters.
    private async Task MakeAsync(string secret, bool isInOverlay = false, Action<JsonObject>? change = null)
    {
        var data = new JsonObject();
        foreach (var number in new[] { 1, 2 })
        {
            foreach (var (key, value) in await JoinAsync(number))
                data[$"cluster_{number}_{key}"] = value;
        }

        change?.Invoke(data);
        var manifest = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["type"] = "Opaque",
            ["metadata"] = new JsonObject { ["name"] = secret, ["namespace"] = "flyte" },
            ["data"] = data,
        };
        await EditAsync(
            "controlplane/flyteadmin.yaml",
            "      clusterConfigs: []\n      labelClusterMap: {}\n",
            $$"""
                  - {name: cluster_1, endpoint: "{{Bed.Endpoint(1)}}", enabled: true, auth: {{Auth(1)}} }
                  - {name: cluster_2, endpoint: "{{Bed.Endpoint(2)}}", auth: {enabled: true, {{Auth(2)[1..]}} }

            """
        );
        await File.AppendAllTextAsync(
            _overlays["controlplane/kustomization.yaml"],
            $$"""
            {{(isInOverlay ? "\n  - secrets.yaml" : string.Empty)}}
            patches:
              - target: {kind: Deployment, name: flyteadmin}
                patch: |
                  - {op: add, path: /spec/template/spec/volumes/-, value: {name: credentials, secret: {secretName: {{secret}} } } }
                  - {op: add, path: /spec/template/spec/containers/0/volumeMounts/-, value: {name: credentials, mountPath: /var/run/credentials} }

            """
        );
        await File.WriteAllTextAsync(_overlays["controlplane/secrets.yaml"], manifest.ToJsonString(), new UTF8Encoding(false));
        Bed.Kubectl("controlplane", $"apply -k {_overlays.Folder}/controlplane");
        if (!isInOverlay)
            Bed.Kubectl("controlplane", "apply -f -", manifest.ToJsonString());
    }

    private static string Auth(int number) =>
        $$"""{type: file_path, tokenPath: /var/run/credentials/cluster_{{number}}_token, certPath: /var/run/credentials/cluster_{{number}}_cacert}""";

    private async Task<IReadOnlyDictionary<string, string>> JoinAsync(int number)
    {
        await EditAsync("dataplane/flytepropeller.yaml", "endpoint: flyteadmin:81", "endpoint: dns:///flyteadmin.flyte.svc:81");
        await EditAsync("dataplane/flytepropeller.yaml", "endpoint: datacatalog:89", "endpoint: datacatalog.flyte.svc:89");
        Bed.Kubectl($"dataplane{number}", $"apply -k {_overlays.Folder}/dataplane");
        Bed.Kubectl(
            $"dataplane{number}",
            "apply -f -",
            """
            {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
             "metadata": {"name": "flyteadmin-token-x7k2p", "annotations": {"kubernetes.io/service-account.name": "flyteadmin"} } }
            """
        );
        while (true)
        {
            var made = await DataPlane(number).SecretAsync("flyteadmin-token-x7k2p");
            if (made.TryGetValue("token", out var token) && made.TryGetValue("ca.crt", out var ca))
                return new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = token, ["cacert"] = ca };
        }
    }

    private static string Decoded(JsonObject data, string key) => ClusterView.Decode((string)data[key]!);

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task EditAsync(string file, string from, string to) =>
        await File.WriteAllTextAsync(_overlays[file], (await File.ReadAllTextAsync(_overlays[file])).Replace(from, to, StringComparison.Ordinal));
}
