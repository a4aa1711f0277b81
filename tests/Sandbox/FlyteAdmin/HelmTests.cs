using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Sandbox.Conformance;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

/// <summary>The stand-in chart, installed by the real helm as the runbook says, and work that runs with it.</summary>
internal sealed class HelmTests
{
    private string _cache = null!;

    [SetUp]
    public void MakeCache() => _cache = Directory.CreateTempSubdirectory("fas-helm-").FullName;

    [TearDown]
    public void RemoveCache() => Directory.Delete(_cache, recursive: true);

    [Test]
    public async Task Installed_by_helm_flyteadmin_runs_an_execution_in_the_data_plane()
    {
        await using var sandbox = await FlyteSandbox.StartAsync(1);
        var chart = sandbox.File(Path.Combine("chart", "flyte-core"));
        Helm(
            sandbox,
            "dataplane1",
            $"install data {chart} -f {chart}/values-dataplane.yaml --set common.ingress.enabled=false --set "
                + "flytepropeller.clusterName=dataplane_1 --set configmap.admin.admin.endpoint=dns:///flyteadmin.flyte.svc:81"
        );
        await sandbox.CreateAsync(
            "dataplane1",
            "/api/v1/namespaces/flyte/secrets",
            "{metadata: {name: token, annotations: {kubernetes.io/service-account.name: flyteadmin}}, type: kubernetes.io/service-account-token}"
        );
        var token = await sandbox.TokenAsync(1);
        await sandbox.CreateAsync("controlplane", "/api/v1/namespaces", "{metadata: {name: flyte}}");
        await sandbox.SendAsync(
            "controlplane",
            HttpMethod.Post,
            "/api/v1/namespaces/flyte/secrets",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "cluster-credentials" },
                ["data"] = new JsonObject { ["dataplane_1_token"] = token["token"]!.DeepClone(), ["dataplane_1_cacert"] = token["ca.crt"]!.DeepClone() },
            }
        );
        var values = Path.Combine(_cache, "values.yaml");
        await File.WriteAllTextAsync(
            values,
            $$"""
            flyteadmin:
              additionalVolumes: [{name: cluster-credentials, secret: {secretName: cluster-credentials} }]
              additionalVolumeMounts: [{name: cluster-credentials, mountPath: /var/run/credentials}]
            configmap:
              clusters:
                labelClusterMap: {label1: [{id: dataplane_1, weight: 1}]}
                clusterConfigs: [{{sandbox.Entry(1)}}]
            """
        );
        Helm(sandbox, "controlplane", $"install control {chart} -f {chart}/values-controlplane.yaml -f {values} --set common.ingress.enabled=false");
        await sandbox.UntilServingAsync();

        var execution = await sandbox.UntilPhaseAsync(await sandbox.RunAsync(label: "label1"), "SUCCEEDED");

        Assert.That(FlyteSandbox.Cluster(execution), Is.EqualTo("dataplane_1"));
        var projects = await sandbox.MustAsync("GET", "/api/v1/projects?limit=100");
        Assert.That(projects["projects"]!.AsArray().Select(p => (string?)p!["id"]), Is.EqualTo(new[] { "flyteexamples", "flytesnacks", "flytetester" }));
    }

    private void Helm(FlyteSandbox sandbox, string cluster, string arguments)
    {
        var said = new Tool(Tool.Helm(4), sandbox.File("kubeconfig"), _cache).Run($"--kube-context={cluster} -n flyte {arguments} --create-namespace");
        Assert.That(said.Code, Is.Zero, said.All);
    }
}
