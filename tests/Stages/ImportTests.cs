using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Import: a multi-cluster Flyte that was made by hand with the runbook becomes a fleet, and AddDataPlane repairs it and loses nothing.</summary>
internal sealed class ImportTests : StageTests
{
    private static readonly HelmValues Values = new();

    private static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Mistake(
            "A_token_with_a_newline",
            "[dataplane_1] token-format: The token ends with a newline",
            secret: data => data["dataplane_1_token"] = Encoded(ClusterView.Decode((string)data["dataplane_1_token"]!) + "\n")
        );
        yield return Mistake(
            "A_token_encoded_twice",
            "[dataplane_1] token-format: The token is encoded in base64 twice.",
            secret: data => data["dataplane_1_token"] = Encoded((string)data["dataplane_1_token"]!)
        );
        yield return Mistake(
            "Undecoded_values_under_stringData",
            "[dataplane_2] token-format: The token is encoded in base64 twice.",
            secret: data =>
            {
                var made = data.Parent!.AsObject();
                made.Remove("data");
                made["stringData"] = data;
            }
        );
        yield return Mistake(
            "A_certificate_that_was_indented",
            "[dataplane_1] ca-format: ",
            secret: data =>
                data["dataplane_1_cacert"] = Encoded(ClusterView.Decode((string)data["dataplane_1_cacert"]!).Replace("\n", "\n   ", StringComparison.Ordinal))
        );
        yield return Mistake(
            "A_missing_certificate",
            "[dataplane_2] secret-keys: Secret cluster-credentials has no dataplane_2_cacert",
            secret: data => data.Remove("dataplane_2_cacert")
        );
        yield return Mistake(
            "Enabled_under_auth",
            "[dataplane_2] configuration: enabled is written under auth",
            clusters: section =>
            {
                var entry = section["clusterConfigs"]![1]!.AsObject();
                entry.Remove("enabled");
                entry["auth"]!["enabled"] = true;
            }
        );
        yield return Mistake(
            "Another_cluster's_endpoint",
            "[dataplane_2] endpoint: ",
            clusters: section => section["clusterConfigs"]![1]!["endpoint"] = (string)section["clusterConfigs"]![0]!["endpoint"]!
        );
        yield return Mistake(
            "The_endpoints_of_the_guide's_example",
            "[dataplane_1] endpoint: ",
            clusters: section =>
            {
                var (first, second) = (section["clusterConfigs"]![0]!, section["clusterConfigs"]![1]!);
                var address = new UriBuilder((string)first["endpoint"]!);
                second["endpoint"] = (string)first["endpoint"]!;
                address.Host += ".com";
                first["endpoint"] = address.Uri.ToString().TrimEnd('/');
            }
        );
        yield return Mistake(
            "A_label_of_no_cluster",
            "[controlplane] labels: Label label3: none of its clusters (project1) is an enabled data plane.",
            clusters: section => section["labelClusterMap"]!["label3"] = new JsonArray(new JsonObject { ["id"] = "project1", ["weight"] = 1 })
        );
        yield return Mistake(
            "Weights_that_do_not_sum_to_1",
            "[controlplane] weights: Label label1: the weights were 0.5.",
            clusters: section => section["labelClusterMap"]!["label1"]![0]!["weight"] = 0.5
        );
        yield return Mistake(
            "A_token_under_another_key",
            "[dataplane_1] configuration: Its token is read from /var/run/credentials/dp1; AddDataPlane stores it under dataplane_1_token.",
            secret: data =>
            {
                data["dp1"] = (string)data["dataplane_1_token"]!;
                data.Remove("dataplane_1_token");
            },
            clusters: section => section["clusterConfigs"]![0]!["auth"]!["tokenPath"] = "/var/run/credentials/dp1"
        );
    }

    [TestCaseSource(nameof(Mistakes))]
    public async Task A_mistake_is_imported_reported_by_name_and_repaired(string expected, Action<JsonObject> secret, Action<JsonObject> clusters)
    {
        await new HandMadeFleet(Bed) { Secret = made => secret(made["data"]!.AsObject()), Clusters = clusters }.MakeAsync();

        var before = await LiveObjects.OfAsync(Bed);
        var import = (await ImportAsync()).Expect(0);
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);

        Assert.That(import.Output, Does.Contain(expected));
        Assert.That(LiveObjects.Lost(before, await LiveObjects.OfAsync(Bed)), Is.Empty);
        await AssertRepairedAsync();
        Assert.That((await Bed.RunAsync($"--fleet={Output}")).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Clusters_that_nothing_reads_as_they_stand_beside_the_section_are_imported_and_written_into_it()
    {
        await new HandMadeFleet(Bed) { IsBesideClusters = true }.MakeAsync();

        var import = (await ImportAsync()).Expect(0);
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);

        Assert.That(import.Output, Does.Contain("[controlplane] configuration: clusterConfigs stands beside clusters in the values"));
        await AssertRepairedAsync();
        Assert.That((await Bed.RunAsync($"--fleet={Output}")).Expect(0).Changes, Is.Empty);
    }

    [TestCase("apply -f -", false)]
    [TestCase("apply --server-side -f -", false)]
    [TestCase("apply -f -", true)]
    [TestCase("apply --server-side -f -", true)]
    public async Task A_Secret_is_imported_and_kept_however_kubectl_made_it(string apply, bool isText)
    {
        await new HandMadeFleet(Bed) { Apply = apply, Secret = made => Extend(made, isText) }.MakeAsync();
        var before = (await ControlPlane.FlyteAsync("secrets", "cluster-credentials"))!;

        (await ImportAsync()).Expect(0);
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);

        var after = (await ControlPlane.FlyteAsync("secrets", "cluster-credentials"))!;
        Assert.That((string?)after["metadata"]!["uid"], Is.EqualTo((string?)before["metadata"]!["uid"]));
        Assert.That(Values.Changed((JsonObject)before["data"]!, (JsonObject)after["data"]!), Is.Empty);
        Assert.That((string?)after["data"]!["mine"], Is.EqualTo(Encoded("kept")));
        await AssertRepairedAsync();
        Assert.That((await Bed.RunAsync($"--fleet={Output}")).Expect(0).Changes, Is.Empty);

        static void Extend(JsonObject made, bool isText)
        {
            var data = made["data"]!.AsObject();
            data["mine"] = Encoded("kept");
            if (!isText)
                return;
            made["stringData"] = new JsonObject(data.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)ClusterView.Decode((string)entry.Value!))));
            made.Remove("data");
        }
    }

    [Test]
    public async Task No_object_of_any_kind_is_lost_and_none_changes_but_for_restarts()
    {
        await new HandMadeFleet(Bed)
        {
            Clusters = section => section["clusterConfigs"]![0]!["kubeClientConfig"] = JsonNode.Parse("""{"burst": 20, "qps": 10, "timeout": "30s"}"""),
            ControlValues = "datacatalog: {podLabels: {team: mine} }\nnamespace_config: {mine: kept}",
            DataPlaneValues = "flytepropeller: {replicaCount: 2}",
        }.MakeAsync();
        foreach (var cluster in Bed.Clusters)
        {
            Bed.Kubectl(cluster.Name, "create configmap by-hand --from-literal=mine=kept");
            Bed.Kubectl(cluster.Name, "label namespace flyte team=mine");
            Bed.Kubectl(cluster.Name, "annotate serviceaccount flyteadmin team=mine");
        }

        var before = await LiveObjects.OfAsync(Bed);
        (await ImportAsync()).Expect(0);
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);
        var after = await LiveObjects.OfAsync(Bed);

        Assert.That(LiveObjects.Lost(before, after), Is.Empty);
        Assert.Multiple(() =>
        {
            foreach (var (name, live) in after.Where(one => before.ContainsKey(one.Key) && !LiveObjects.IsFlytes(one.Key)))
                Assert.That(Values.Changed(before[name], live).Where(path => !IsRestart(path)), Is.Empty, name);
        });

        // What a rollout changes in a Deployment.
        static bool IsRestart(string path) => path.Contains("annotations", StringComparison.Ordinal) && !path.Contains("team", StringComparison.Ordinal);
    }

    [TestCase("flyte")]
    [TestCase("flyte-core")]
    [TestCase("flyte-core-control")]
    public async Task Its_plan_shows_repairs_alone_and_AddDataPlane_loses_nothing(string release)
    {
        await new HandMadeFleet(Bed)
        {
            Release = release,
            ControlValues = "datacatalog: {replicaCount: 2, podLabels: {team: mine} }",
            DataPlaneValues = "flytepropeller: {replicaCount: 2}",
        }.MakeAsync();
        var before = await StateAsync(release);
        var writes = await Bed.WritesAsync();

        var import = (await ImportAsync()).Expect(0);

        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        Assert.That(import.Output, Does.Contain("Imported 2 data planes and 2 labels; nothing is broken, as far as was looked."));
        var read = new FleetReader().Read(Output);
        Assert.That(read.Problems, Is.Empty);
        Assert.That((read.Fleet!.ControlPlane.Release, read.Fleet.DataPlanes[0].Release), Is.EqualTo((release, "flyte-core-data")));

        var plan = (await Bed.RunAsync($"--fleet={Output}", "--plan")).Expect(0);
        Assert.That(
            plan.Changes.Where(change => !change.Contains("Lease", StringComparison.Ordinal)),
            Is.SubsetOf(
                new[]
                {
                    "dataplane_1 update HelmRelease flyte-core-data",
                    "dataplane_2 update HelmRelease flyte-core-data",
                    "controlplane update Secret cluster-credentials",
                    "controlplane restart Deployment flyteadmin",
                    "controlplane restart Deployment syncresources",
                    "controlplane update Deployment flyteadmin",
                    "controlplane update Deployment syncresources",
                }
            )
        );
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);
        var after = await StateAsync(release);

        Assert.That(Values.Lost(before, after), Is.Empty);
        Assert.That(Values.Changed(before, after).Where(path => !path.Contains(".common.", StringComparison.Ordinal)), Is.Empty);
        await AssertRepairedAsync();
        Assert.That((await Bed.RunAsync($"--fleet={Output}")).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Credentials_in_values_are_left_out_and_reported_by_their_path()
    {
        await new HandMadeFleet(Bed) { ControlValues = "userSettings: {dbPassword: hunter2-4711, bucketName: mine}" }.MakeAsync();

        var import = (await ImportAsync()).Expect(0);
        var written = Directory.EnumerateFiles(Path.GetDirectoryName(Output)!, "*", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();

        Assert.That(import.Output, Does.Contain("values left out, as they look like credentials: userSettings.dbPassword.").And.Not.Contain("hunter2"));
        Assert.That(written, Has.None.Contains("hunter2").And.One.Contains("bucketName: mine").And.One.Contains("userSettings.dbPassword"));
    }

    [Test]
    public async Task A_data_planes_credential_that_was_left_out_refuses_AddDataPlane_until_a_file_has_it()
    {
        const string Secret = "storage: {custom: {connection: {secret-key: hunter2-4711} } }";
        await new HandMadeFleet(Bed) { DataPlaneValues = Secret }.MakeAsync();
        (await ImportAsync()).Expect(0);
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={Output}")).Expect(ExitCode.Refused);

        Assert.That(refused.Output, Does.Contain("an upgrade would lose them: storage.custom.connection.secret-key.").And.Not.Contain("hunter2"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        var own = Path.Combine(Path.GetDirectoryName(Output)!, "own.yaml");
        await File.WriteAllTextAsync(own, Secret);
        await File.WriteAllTextAsync(
            Output,
            (await File.ReadAllTextAsync(Output)).Replace(
                "    release: flyte-core-data\n",
                "    release: flyte-core-data\n    values: [own.yaml]\n",
                StringComparison.Ordinal
            )
        );
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);
        Assert.That((string?)(await StateAsync("flyte-core"))["dataplane1"]!["storage"]!["custom"]!["connection"]!["secret-key"], Is.EqualTo("hunter2-4711"));
    }

    [Test]
    public async Task A_cluster_without_a_context_is_written_with_a_comment_and_other_contexts_are_asked_nothing()
    {
        await new HandMadeFleet(Bed) { Clusters = section => section["clusterConfigs"]![1]!["enabled"] = false }.MakeAsync();
        var before = (await Bed.Control.RequestsAsync("dataplane2", default)).Count;

        var import = (await ImportAsync("--data-planes=dataplane1")).Expect(0);

        Assert.That((await Bed.Control.RequestsAsync("dataplane2", default)).Count, Is.EqualTo(before));
        Assert.That(import.Output, Does.Contain("[dataplane_2] contexts: No context of the kubeconfig has its endpoint"));
        Assert.That(await File.ReadAllTextAsync(Output), Does.Contain("context: dataplane_2   # GUESS: no context").And.Contain("enabled: false"));
        Assert.That(new FleetReader().Read(Output).Problems, Is.Empty);
    }

    [Test]
    public async Task A_control_plane_that_runs_workflows_goes_on_running_them_under_its_name()
    {
        await new HandMadeFleet(Bed)
        {
            ControlValues = "flytepropeller: {enabled: true}",
            Clusters = section =>
            {
                section["clusterConfigs"]!.AsArray().Add(JsonNode.Parse("""{"name": "home", "inCluster": true, "enabled": true}"""));
                section["labelClusterMap"]!["label3"] = JsonNode.Parse("""[{"id": "home", "weight": 0.5}, {"id": "dataplane_1", "weight": 0.5}]""");
                section["defaultExecutionLabel"] = "label3";
            },
        }.MakeAsync();
        var before = await LoadedAsync();

        (await ImportAsync()).Expect(0);
        var fleet = new FleetReader().Read(Output).Fleet!;
        (await Bed.RunAsync($"--fleet={Output}")).Expect(0);

        Assert.That((fleet.ControlPlane.Name, fleet.ControlPlane.RunsWorkflows, fleet.DefaultLabel), Is.EqualTo(("home", true, "label3")));
        Assert.That(Values.Changed(before, await LoadedAsync()), Is.Empty);
        Assert.That(await ControlPlane.FlyteAsync("deployments", "flytepropeller"), Is.Not.Null);
        Assert.That((await Bed.RunAsync($"--fleet={Output}")).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task Execution_labels_are_imported_and_one_of_no_cluster_is_reported()
    {
        await new HandMadeFleet(Bed).MakeAsync();
        Bed.Kubectl("controlplane", "rollout status deployment flyteadmin --timeout=60s");
        await LabelAsync("flytesnacks", "development", "label1");
        await LabelAsync("flytesnacks", "production", "project1");

        var import = (
            await ImportAsync($"--flyteadmin={Bed.State.FlyteAdmin}", $"--flyteadmin-ca={Path.Combine(Bed.State.Folder, "flyteadmin-ca.crt")}")
        ).Expect(0);

        Assert.That(
            new FleetReader().Read(Output).Fleet!.ExecutionLabels.Select(label => $"{label.Scope}={label.Label}"),
            Is.EqualTo(new[] { "flytesnacks/development=label1" })
        );
        Assert.That(import.Output, Does.Contain("execution-labels: flytesnacks/production has the label 'project1', which no cluster has"));
    }

    [Test]
    public async Task Execution_labels_behind_a_login_are_imported_and_the_fleet_has_the_login_but_no_secret()
    {
        const string Variable = "FLYTE_CLIENT_SECRET";
        await new HandMadeFleet(Bed).MakeAsync();
        Bed.Kubectl("controlplane", "rollout status deployment flyteadmin --timeout=60s");
        await LabelAsync("flytesnacks", "development", "label1");
        string[] admin = [$"--flyteadmin={Bed.State.FlyteAdmin}", $"--flyteadmin-ca={Path.Combine(Bed.State.Folder, "flyteadmin-ca.crt")}"];
        string[] login = ["--flyteadmin-client-id=flytepropeller", $"--flyteadmin-client-secret-variable={Variable}"];
        Bed.Variables[Variable] = "s3cret-4711";
        await LoginAsync(new JsonObject { ["clientId"] = "flytepropeller", ["clientSecret"] = "s3cret-4711" });
        try
        {
            var without = (await ImportAsync(admin)).Expect(0);
            Assert.That(without.Output, Does.Contain("FlyteAdmin requires a login: give --flyteadmin-client-id"));
            Assert.That(new FleetReader().Read(Output).Fleet!.ExecutionLabels, Is.Empty);

            var import = (await ImportAsync([.. admin, .. login])).Expect(0);
            (await Bed.RunAsync($"--fleet={Output}", "--plan")).Expect(0);

            var fleet = new FleetReader().Read(Output).Fleet!;
            Assert.That(fleet.ExecutionLabels.Select(label => $"{label.Scope}={label.Label}"), Is.EqualTo(new[] { "flytesnacks/development=label1" }));
            Assert.That((fleet.FlyteAdmin!.Login!.ClientId, fleet.FlyteAdmin.Login.ClientSecretVariable), Is.EqualTo(("flytepropeller", Variable)));
            Assert.That(import.Output + await File.ReadAllTextAsync(Output), Does.Not.Contain("s3cret"));
        }
        finally
        {
            await LoginAsync(null);
        }

        Task LoginAsync(JsonObject? client) => Bed.Control.ConfigureFlyteAdminAsync(new JsonObject { ["oauth2"] = client }, default);
    }

    [Test]
    public async Task A_login_that_is_not_whole_or_a_secret_in_place_of_its_variable_is_refused_and_not_shown()
    {
        var run = (
            await ImportAsync(
                "--flyteadmin=http://flyte.example.com",
                "--flyteadmin-client-secret-variable=hunter2-4711",
                "--flyteadmin-token-variable=FLYTE_TOKEN"
            )
        ).Expect(ExitCode.Refused);

        Assert.That(
            run.Output,
            Does.Contain("--flyteadmin-client-secret-variable: It is not the name of an environment variable.")
                .And.Contain("--flyteadmin-token-variable: It is no whole way to log in, or one beside another.")
                .And.Contain("--flyteadmin: A token would be sent over plain http.")
                .And.Not.Contain("hunter2")
        );
        Assert.That(run.Report.ToJsonString(), Does.Not.Contain("hunter2"));
    }

    [Test]
    public async Task A_second_import_changes_nothing_and_a_file_that_somebody_edited_stays()
    {
        await new HandMadeFleet(Bed).MakeAsync();
        (await ImportAsync()).Expect(0);
        var first = await File.ReadAllTextAsync(Output);

        var second = (await ImportAsync()).Expect(0);
        await File.AppendAllTextAsync(Output, "# mine\n");
        var third = (await ImportAsync()).Expect(ExitCode.Refused);

        Assert.That(second.Output, Does.Contain("fleet.yaml is up to date").And.Not.Contain("wrote "));
        Assert.That(third.Output, Does.Contain("It was changed since Import wrote it."));
        Assert.That(await File.ReadAllTextAsync(Output), Is.EqualTo(first + "# mine\n"));
    }

    [Test]
    public async Task All_mistakes_of_the_command_line_are_refused_at_once_with_the_nearest_context()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Output)!);
        await File.WriteAllTextAsync(Output, "mine: true\n");

        var run = (await ImportAsync("--control-plane=controlplan", "--data-planes=dataplane1,dataplane9")).Expect(ExitCode.Refused);

        Assert.That(
            run.Output,
            Does.Contain("--control-plane: The kubeconfig has no context 'controlplan'. Did you mean 'controlplane'?")
                .And.Contain("--data-planes: The kubeconfig has no context 'dataplane9'.")
                .And.Contain("It exists, and Import did not write it.")
        );
    }

    [Test]
    public async Task A_control_plane_without_Flyte_is_refused()
    {
        var run = (await ImportAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("controlplane: Namespace flyte has no Helm release of chart flyte-core with flyteadmin."));
    }

    [Test]
    public async Task Several_releases_are_refused_until_one_is_named()
    {
        await new HandMadeFleet(Bed).MakeAsync();
        var other = await ControlPlane.ReleaseAsync("flyte-core");
        var secret = (await ControlPlane.FlyteAsync("secrets", other!.Value.Secret))!;
        secret["metadata"] = new JsonObject
        {
            ["name"] = "sh.helm.release.v1.flyte.v1",
            ["labels"] = JsonNode.Parse("""{"owner": "helm", "name": "flyte", "status": "deployed", "version": "1"}"""),
        };
        var copy = (JsonObject)other.Value.Release.DeepClone();
        copy["name"] = "flyte";
        secret["data"] = new JsonObject { ["release"] = Encoded(Encoded(copy.ToJsonString())) };
        await ControlPlane.CreateAsync("/api/v1/namespaces/flyte/secrets", secret.ToJsonString());

        var run = (await ImportAsync()).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("several releases of chart flyte-core with flyteadmin: flyte, flyte-core.").And.Contain("--release=NAME"));
        (await ImportAsync("--release=flyte-core")).Expect(0);
    }

    private string Output => Path.Combine(Bed.Temporary, "imported", "fleet.yaml");

    private Task<Finished> ImportAsync(params string[] more)
    {
        string[] control = Array.Exists(more, option => option.StartsWith("--control-plane=", StringComparison.Ordinal))
            ? []
            : ["--control-plane=controlplane"];
        return Bed.RunAsync(["--target=Import", $"--output-fleet={Output}", $"--chart={Bed.Chart}", .. control, .. more], withFleet: false);
    }

    // Both clusters have their own endpoint and the very credential of their hand-made Secret, and no other Secret was made.
    private async Task AssertRepairedAsync()
    {
        var stored = await ControlPlane.SecretAsync("cluster-credentials");
        var clusters = (await LoadedAsync())["clusters"]!["clusterConfigs"]!.AsArray();
        foreach (var number in new[] { 1, 2 })
        {
            var origin = await DataPlane(number).SecretAsync($"dataplane{number}-token");
            var entry = clusters.Single(one => (string?)one!["name"] == $"dataplane_{number}")!;
            Assert.Multiple(async () =>
            {
                Assert.That(stored[$"dataplane_{number}_token"], Is.EqualTo(origin["token"]));
                Assert.That(stored[$"dataplane_{number}_cacert"], Is.EqualTo(origin["ca.crt"]));
                Assert.That(await DataPlane(number).TokensAsync(), Is.EqualTo(new[] { $"dataplane{number}-token" }));
                Assert.That(((string?)entry["endpoint"], (bool?)entry["enabled"]), Is.EqualTo((Bed.Endpoint(number), true)));
            });
        }
    }

    private async Task<JsonObject> LoadedAsync() =>
        Values.Parse((string)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))!["data"]!["clusters.yaml"]!, "clusters.yaml");

    // What may not be lost: values, clusters, labels and credentials.
    private async Task<JsonObject> StateAsync(string release)
    {
        var stored = await ControlPlane.SecretAsync("cluster-credentials");
        return new JsonObject
        {
            ["controlplane"] = (await ControlPlane.ReleaseAsync(release))!.Value.Release["config"]!.DeepClone(),
            ["dataplane1"] = (await DataPlane(1).ReleaseAsync("flyte-core-data"))!.Value.Release["config"]!.DeepClone(),
            ["dataplane2"] = (await DataPlane(2).ReleaseAsync("flyte-core-data"))!.Value.Release["config"]!.DeepClone(),
            ["credentials"] = new JsonObject(stored.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        };
    }

    private async Task LabelAsync(string project, string domain, string label)
    {
        using var admin = Bed.OpenAdmin();
        await admin.PutExecutionLabelAsync(await Common.Changes.Permits.GetAsync(), new LabelScope(project, domain), label, default);
    }

    private static TestCaseData Mistake(string name, string expected, Action<JsonObject>? secret = null, Action<JsonObject>? clusters = null) =>
        new TestCaseData(expected, secret ?? (static _ => { }), clusters ?? (static _ => { })).SetArgDisplayNames(name);

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
