using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Ways to log in to a cluster.</summary>
internal sealed class LoginTests : StageTests
{
    [Test]
    public async Task A_credential_in_the_kubeconfig_needs_no_kubectl_proxy()
    {
        (await Bed.RunAsync("--target=CheckClusters")).Expect(0);

        Assert.That(await File.ReadAllLinesAsync(Bed.CommandLines), Has.None.Contains(" proxy "));
    }

    [Test]
    public async Task An_exec_plugin_logs_in_through_kubectls_proxy()
    {
        var kubeconfig = WithExecPlugins();

        (await Bed.RunAsync("--target=CheckClusters", $"--kubeconfig={kubeconfig}")).Expect(0);

        Assert.That((await File.ReadAllLinesAsync(Bed.CommandLines)).Count(line => line.Contains(" proxy ", StringComparison.Ordinal)), Is.EqualTo(3));
    }

    // The same users, but their certificates come from a command, as eks get-token and gke-gcloud-auth-plugin do.
    private string WithExecPlugins()
    {
        var view = JsonNode.Parse(Bed.Kubectl("controlplane", "config view --raw --output=json"))!;
        foreach (var entry in view["users"]!.AsArray())
        {
            var user = entry!["user"]!;
            var credential = new JsonObject
            {
                ["apiVersion"] = "client.authentication.k8s.io/v1",
                ["kind"] = "ExecCredential",
                ["status"] = new JsonObject
                {
                    ["clientCertificateData"] = Decoded(user, "client-certificate-data"),
                    ["clientKeyData"] = Decoded(user, "client-key-data"),
                },
            };
            var file = Path.Combine(Bed.Temporary, $"{(string)entry["name"]!}.json");
            File.WriteAllText(file, credential.ToJsonString());
            entry["user"] = new JsonObject
            {
                ["exec"] = new JsonObject
                {
                    ["apiVersion"] = "client.authentication.k8s.io/v1",
                    ["command"] = "cat",
                    ["args"] = new JsonArray(file),
                    ["interactiveMode"] = "Never",
                },
            };
        }

        var path = Path.Combine(Bed.Temporary, "exec.yaml");
        File.WriteAllText(path, view.ToJsonString());
        return path;
    }

    private static string Decoded(JsonNode user, string name) => ClusterView.Decode((string)user[name]!);
}
