using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Run;
using Flyte.MultiCluster.Tests.Tasks.Prerequisites.Aws;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.ControlPlanes;

/// <summary>What the control plane's overlay is refused for, with a kubectl that prints it.</summary>
[Platform(Exclude = "Win", Reason = "kubectl is a shell script.")]
internal sealed class ControlPlaneOverlayTests
{
    private const string Deployment = "/apis/apps/v1/namespaces/flyte/deployments/flyteadmin";

    private const string Rendered = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: admin}
        data: {clusters.yaml: "clusters: {}\n"}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: flyteadmin}
        spec:
          template:
            spec:
              initContainers: [{name: sync-cluster-resources}]
              volumes: [{name: config, configMap: {name: admin}}]
        """;

    // As the fleet composes it; the stranger's credential is nowhere, so that no new pod would start.
    private const string Clusters = """
        clusters:
          labelClusterMap: {label1: [{id: dp1, weight: 1}], strangers: [{id: stranger, weight: 1}]}
          clusterConfigs:
            - {name: stranger, endpoint: "https://stranger", enabled: true, auth: {type: file_path, tokenPath: /var/run/credentials/t, certPath: /var/run/credentials/c}}
            - {name: dp1, endpoint: "https://dp1.example.com", enabled: true, auth: {type: file_path, tokenPath: /var/run/credentials/dp1_token, certPath: /var/run/credentials/dp1_cacert}}
        """;

    private AwsBed _bed = null!;

    [SetUp]
    public void MakeKubectl()
    {
        _bed = new AwsBed("exit 2");
        ExecutableFile.Write(Path.Combine(_bed.Folder, "kubectl"), $"#!/bin/sh\ncat <<'END'\n{Rendered}\nEND\n");
    }

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public void Where_flyteadmin_gets_no_new_pods_a_cluster_that_does_not_work_is_no_matter() =>
        Assert.That(() => CheckAsync(Clusters, isTemplateSame: true), Throws.Nothing);

    [Test]
    public void A_pod_template_that_changes_alone_refuses_pods_that_could_not_start() =>
        Assert.That(
            () => CheckAsync(Clusters, isTemplateSame: false),
            Throws.TypeOf<RefusedException>().With.Property("Problems").One.Property("Place").EqualTo("stranger")
        );

    [Test]
    public void Clusters_that_change_alone_refuse_them_too() =>
        Assert.That(
            () => CheckAsync(Clusters.Replace("weight: 1}], strangers", "weight: 0.5}], strangers", StringComparison.Ordinal), isTemplateSame: true),
            Throws.TypeOf<RefusedException>()
        );

    private async Task CheckAsync(string clusters, bool isTemplateSame)
    {
        var fleet = SomeFleet.Of(1);
        var run = _bed.Next(
            fleet with
            {
                Flyte = fleet.Flyte with { Overlays = new OverlayFolders("/dataplane", "/controlplane") },
                Gcp = new GcpSettings
                {
                    Project = "p",
                    ControlPlane = "new@p",
                    DataPlane = "d@p",
                    Workers = "w@p",
                },
            }
        );
        var live = (JsonObject)run.Values.Parse(Rendered.Split("---\n")[1], "test");
        live["spec"]!["template"]!["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [CloudIdentities.PodAnnotation] = "old@p" } };
        run.ControlServer.Put(
            "/api/v1/namespaces/flyte/configmaps/admin",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "admin" },
                ["data"] = new JsonObject { ["clusters.yaml"] = clusters },
            }.ToJsonString()
        );

        // The server answers a dry run with what it would store.
        run.ControlServer.On(Deployment, call => FakeApiServer.Ok(call.Method == "PATCH" && !isTemplateSame ? call.Body! : live.ToJsonString())(call));

        await new ControlPlaneOverlay(run.Context, run.Values, run.Get<RenderedOverlays>(), run.Get<CloudIdentityReader>()).CheckAsync(default);
    }
}
