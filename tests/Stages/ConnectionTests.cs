using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Processes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>The ways from this machine to the clusters: proxies, paths, plugins, kubeconfigs, logins.</summary>
internal sealed class ConnectionTests : StageTests
{
    private const string NoLabels = "{label1: [{id: dataplane_1, weight: 1}]}";

    [TestCase("HTTPS_PROXY")]
    [TestCase("https_proxy")]
    [TestCase("ALL_PROXY")]
    public async Task A_proxy_that_is_dead_does_not_stand_between_a_machine_and_itself(string variable)
    {
        var program = Bed.RunAsync([$"--fleet={Bed.Fleet(Bed.Plane(1), NoLabels)}"], environment: Variables(variable, "http://127.0.0.1:1"));

        (await program).Expect(0);
    }

    [Test]
    public async Task A_connection_error_names_the_proxy_without_its_password()
    {
        var kubeconfig = WithMore(string.Empty, "- {name: far, context: {cluster: far, user: dataplane1-admin}}", "https://192.0.2.1:6443");
        var program = Bed.RunAsync(
            [$"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Plane(2, "far")}")}", $"--kubeconfig={kubeconfig}"],
            environment: Variables("HTTPS_PROXY", "http://joe:secret@127.0.0.1:1")
        );

        var run = (await program).Expect(ExitCode.SomeClustersFailed);

        Assert.That(
            run.Output,
            Does.Contain("[dataplane_2] failed in CheckClusters: ")
                .And.Contain(
                    "does not answer: connection refused at https://192.0.2.1:6443 through the proxy http://127.0.0.1:1 (HTTPS_PROXY) (context "
                        + "'far'). kubectl --kubeconfig"
                )
        );
        Assert.That(run.Output, Does.Not.Contain("secret@"));
    }

    [Test]
    public async Task Data_planes_behind_a_path_join_with_a_credential_and_with_a_plugin()
    {
        var plugin = Plugin("again");
        var kubeconfig = WithMore(
            $"- {{name: plugged, user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: {plugin}}}}}}}",
            "- {name: plain, context: {cluster: dataplane1, user: dataplane1-admin}}\n- {name: plugged, context: {cluster: dataplane2, user: plugged}}"
        );
        foreach (var number in new[] { 1, 2 })
            await File.WriteAllTextAsync(
                kubeconfig,
                (await File.ReadAllTextAsync(kubeconfig)).Replace(Bed.Endpoint(number), Behind(number), StringComparison.Ordinal)
            );
        var planes = $"{Plane(1, "plain")}, {Plane(2, "plugged")}"
            .Replace(Bed.Endpoint(1), Behind(1), StringComparison.Ordinal)
            .Replace(Bed.Endpoint(2), Behind(2), StringComparison.Ordinal);

        var run = (await Bed.RunAsync($"--fleet={Bed.Fleet(planes)}", $"--kubeconfig={kubeconfig}")).Expect(0);

        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("changed", "changed")));
        var requests = (await Bed.Control.RequestsAsync("dataplane1", default))
            .Concat(await Bed.Control.RequestsAsync("dataplane2", default))
            .Where(request => (string?)request["userAgent"] != ClusterView.UserAgent);
        Assert.That(
            requests.Select(request => (string)request["path"]!).Where(path => !path.StartsWith("/k8s/clusters/dataplane", StringComparison.Ordinal)),
            Is.Empty
        );
        Assert.That(
            (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))?["data"]?["clusters.yaml"],
            Does.Contain($"endpoint: {Behind(2)}")
        );
    }

    [Test]
    public async Task A_plugin_that_asks_to_log_in_leaves_its_data_plane_out_in_its_own_words()
    {
        var plugin = Plugin("sso", "echo 'Error loading SSO Token: run aws sso login' >&2; exit 255");
        var kubeconfig = WithMore(
            $"- {{name: sso, user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: {plugin}}}}}}}",
            "- {name: sso, context: {cluster: dataplane2, user: sso}}"
        );

        var run = (await Bed.RunAsync($"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Plane(2, "sso")}")}", $"--kubeconfig={kubeconfig}")).Expect(
            ExitCode.SomeClustersFailed
        );

        Assert.That(
            run.Output,
            Does.Contain("[dataplane_2] failed in CheckClusters: ")
                .And.Contain("run aws sso login")
                .And.Contain($"Log in first: kubectl --kubeconfig {kubeconfig} --context sso get ns")
        );
    }

    [Test]
    public async Task A_token_that_one_data_plane_does_not_accept_leaves_it_out()
    {
        var kubeconfig = WithMore("- {name: stranger, user: {token: garbage-token}}", "- {name: stranger, context: {cluster: dataplane2, user: stranger}}");

        var run = (await Bed.RunAsync($"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Plane(2, "stranger")}")}", $"--kubeconfig={kubeconfig}")).Expect(
            ExitCode.SomeClustersFailed
        );

        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("changed", "failed")));
        Assert.That(
            run.Output,
            Does.Contain("[dataplane_2] failed in CheckClusters: ")
                .And.Contain(
                    $"Unauthorized at {Bed.Endpoint(2)} (context 'stranger'). Log in first: kubectl --kubeconfig {kubeconfig} --context stranger get ns"
                )
        );
    }

    [Test]
    public async Task A_data_plane_that_forbids_even_to_look_is_left_out()
    {
        await DataPlane(2).CreateAsync("/api/v1/namespaces", """{"metadata": {"name": "flyte"} }""");
        Bed.Kubectl("dataplane2", "create serviceaccount nobody");
        var token = Bed.Kubectl("dataplane2", "create token nobody").Trim();
        var kubeconfig = WithMore($"- {{name: nobody, user: {{token: {token}}}}}", "- {name: nobody, context: {cluster: dataplane2, user: nobody}}");

        var run = (await Bed.RunAsync($"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Plane(2, "nobody")}")}", $"--kubeconfig={kubeconfig}")).Expect(
            ExitCode.SomeClustersFailed
        );

        Assert.That(
            run.Output,
            Does.Contain("[dataplane_2] failed in CheckClusters: ")
                .And.Contain("403 Forbidden")
                .And.Contain("(context 'nobody'). Use a context that has the permission")
        );
    }

    [Test]
    public async Task The_control_planes_login_that_is_not_accepted_refuses_the_run()
    {
        var writes = await Bed.WritesAsync();
        var kubeconfig = WithMore("- {name: stranger, user: {token: garbage-token}}", "- {name: stranger, context: {cluster: controlplane, user: stranger}}");

        var run = (await Bed.RunAsync($"--fleet={Bed.Fleet(control: "{context: stranger}")}", $"--kubeconfig={kubeconfig}")).Expect(ExitCode.Refused);

        Assert.That(run.Report["problems"]!.AsArray().Select(problem => (string?)problem!["place"]), Is.EqualTo(new[] { "controlplane" }));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task An_expired_client_certificate_says_so_with_its_date()
    {
        var (certificate, key, end) = Expired();
        var kubeconfig = WithMore(
            $"- {{name: late, user: {{client-certificate-data: {certificate}, client-key-data: {key}}}}}",
            "- {name: late, context: {cluster: dataplane2, user: late}}"
        );

        var run = (await Bed.RunAsync($"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Plane(2, "late")}")}", $"--kubeconfig={kubeconfig}")).Expect(
            ExitCode.SomeClustersFailed
        );

        Assert.That(run.Output, Does.Contain($"(context 'late'): its client certificate expired on {end:yyyy-MM-dd HH:mm} UTC. Log in first: "));
    }

    [Test]
    public async Task A_kubeconfig_that_is_not_there_is_named_alone()
    {
        var run = (await Bed.RunAsync("--kubeconfig=/nope/config")).Expect(ExitCode.Refused);

        Assert.That(run.Report["problems"]!.AsArray().Select(problem => (string?)problem!["place"]), Is.EqualTo(new[] { "--kubeconfig" }));
        Assert.That(run.Output, Does.Contain("--kubeconfig: There is no file /nope/config."));
    }

    [Test]
    public async Task A_misspelt_part_of_KUBECONFIG_is_named_where_a_context_is_missing()
    {
        var program = Bed.RunAsync(
            [$"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Plane(2, "elsewhere")}")}"],
            environment: Variables("KUBECONFIG", $"{Bed.State.Kubeconfig}:/nope/config"),
            withKubeconfig: false
        );

        var run = (await program).Expect(ExitCode.Refused);

        Assert.That(run.Report["problems"]!.AsArray().Select(problem => (string?)problem!["place"]), Is.EqualTo(new[] { "KUBECONFIG", "dataplane_2" }));
        Assert.That(run.Output, Does.Contain("KUBECONFIG: There is no file /nope/config."));
    }

    [Test]
    public async Task A_misspelt_part_of_KUBECONFIG_is_reported_by_a_run_that_has_all_its_contexts()
    {
        var program = Bed.RunAsync(["--plan"], environment: Variables("KUBECONFIG", $"{Bed.State.Kubeconfig}:/nope/config"), withKubeconfig: false);

        Assert.That((await program).Expect(0).Output, Does.Contain("KUBECONFIG: There is no file /nope/config."));
    }

    [Test]
    public async Task A_kubeconfig_without_a_fleet_is_refused_and_no_sandbox_started()
    {
        var program = Bed.RunAsync([$"--kubeconfig={Bed.State.Kubeconfig}", $"--sandbox={Path.Combine(Bed.Folder, "none")}"], withFleet: false);

        var run = (await program).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain("--kubeconfig: There is no fleet file (values/fleet.yaml)").And.Contain("--fleet=PATH"));
        Assert.That(Directory.Exists(Path.Combine(Bed.Folder, "none")), Is.False);
    }

    [TestCase("dataplane3")]
    [TestCase("dataplane")]
    [TestCase("controlplan")]
    public async Task The_context_of_another_cluster_of_the_fleet_is_never_offered(string misspelt)
    {
        var third = Bed.Plane(2).Replace("name: dataplane_2", "name: dataplane_3", StringComparison.Ordinal);
        var run = (await Bed.RunAsync($"--fleet={Bed.Fleet($"{Bed.Plane(1)}, {Plane(2, misspelt)}, {third}", NoLabels)}")).Expect(ExitCode.Refused);

        Assert.That(run.Output, Does.Contain($"dataplane_2: The kubeconfig has no context '{misspelt}'.").And.Not.Contain("Did you mean"));
    }

    private static Dictionary<string, string> Variables(string name, string value) => new(StringComparer.Ordinal) { [name] = value };

    private static (string Certificate, string Key, DateTime End) Expired()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=joe", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-9),
            DateTimeOffset.UtcNow.AddDays(-2)
        );
        return (Base64(certificate.ExportCertificatePem()), Base64(key.ExportPkcs8PrivateKeyPem()), certificate.NotAfter.ToUniversalTime());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private string Behind(int number) => $"{Bed.Endpoint(number)}/k8s/clusters/dataplane{number}";

    private string Plane(int number, string context) =>
        Bed.Plane(number).Replace($"context: dataplane{number}", $"context: {context}", StringComparison.Ordinal);

    // A credential plugin: by default one that logs in as the second data plane's admin.
    private string Plugin(string name, string? body = null)
    {
        var path = Path.Combine(Bed.Folder, name);
        ExecutableFile.Write(path, $"#!/bin/sh\n{body ?? $"cat '{Credential()}'"}\n");
        return path;
    }

    private string Credential()
    {
        var user = ((JsonObject)JsonNode.Parse(Bed.Kubectl("dataplane2", "config view --raw --output=json"))!)["users"]!
            .AsArray()
            .Single(user => (string?)user!["name"] == "dataplane2-admin")!["user"]!;
        var path = Path.Combine(Bed.Folder, "credential.json");
        File.WriteAllText(
            path,
            new JsonObject
            {
                ["apiVersion"] = "client.authentication.k8s.io/v1",
                ["kind"] = "ExecCredential",
                ["status"] = new JsonObject
                {
                    ["clientCertificateData"] = Text(user["client-certificate-data"]),
                    ["clientKeyData"] = Text(user["client-key-data"]),
                },
            }.ToJsonString()
        );
        return path;
    }

    private static string Text(JsonNode? base64) => Encoding.ASCII.GetString(Convert.FromBase64String((string)base64!));

    private string WithMore(string users, string contexts, string? far = null)
    {
        var path = Path.Combine(Bed.Folder, "more.kubeconfig");
        var text = File.ReadAllText(Bed.State.Kubeconfig)
            .Replace("users:\n", $"users:\n{users}\n", StringComparison.Ordinal)
            .Replace("contexts:\n", $"contexts:\n{contexts}\n", StringComparison.Ordinal);
        if (far is not null)
        {
            var authority = text.Split('\n')
                .First(line => line.Contains("certificate-authority-data:", StringComparison.Ordinal))
                .Split("certificate-authority-data:")[1]
                .Trim()
                .TrimEnd('}')
                .Split(',')[0]
                .Trim();
            text = text.Replace(
                "clusters:\n",
                $"clusters:\n- {{name: far, cluster: {{server: \"{far}\", certificate-authority-data: {authority}}}}}\n",
                StringComparison.Ordinal
            );
        }

        File.WriteAllText(path, text);
        return path;
    }
}
