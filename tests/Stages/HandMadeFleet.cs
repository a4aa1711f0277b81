using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A multi-cluster Flyte as the runbook has people make it, with real helm and kubectl; a test may add the mistakes that it wants.</summary>
/// <param name="bed">The empty clusters.</param>
internal sealed class HandMadeFleet(StageBed bed)
{
    /// <summary>The control plane's release.</summary>
    public string Release { get; init; } = "flyte-core";

    /// <summary>More of the control plane's values file, YAML.</summary>
    public string ControlValues { get; init; } = string.Empty;

    /// <summary>More of the control plane's values below <c>flyteadmin</c>, YAML on one line.</summary>
    public string AdminValues { get; init; } = string.Empty;

    /// <summary>More of each data plane's values below <c>configmap</c>, YAML on one line.</summary>
    public string DataPlaneConfig { get; init; } = string.Empty;

    /// <summary>More of each data plane's values file, YAML.</summary>
    public string DataPlaneValues { get; init; } = string.Empty;

    /// <summary>How kubectl makes the Secret.</summary>
    public string Apply { get; init; } = "apply -f -";

    /// <summary>Where the section clusters stands in the values: configmap.clusters, or configmap itself, where nothing reads it.</summary>
    public bool IsBesideClusters { get; init; }

    /// <summary>Changes the Secret before it is applied.</summary>
    public Action<JsonObject> Secret { get; init; } = static _ => { };

    /// <summary>Changes the section clusters before it is applied.</summary>
    public Action<JsonObject> Clusters { get; init; } = static _ => { };

    /// <summary>Makes it.</summary>
    public async Task MakeAsync()
    {
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["type"] = "Opaque",
            ["metadata"] = new JsonObject { ["name"] = "cluster-credentials", ["namespace"] = "flyte" },
            ["data"] = new JsonObject(),
        };
        foreach (var credentials in await Task.WhenAll(JoinAsync(1), JoinAsync(2)))
        {
            foreach (var (key, value) in credentials)
                secret["data"]![key] = value;
        }

        Secret(secret);
        bed.Kubectl("controlplane", "create namespace flyte");
        bed.Kubectl("controlplane", Apply, secret.ToJsonString());
        var clusters = new JsonObject
        {
            ["labelClusterMap"] = new JsonObject { ["label1"] = Members(1), ["label2"] = Members(2) },
            ["clusterConfigs"] = new JsonArray(Entry(1), Entry(2)),
        };
        Clusters(clusters);
        var file = Values(
            "override",
            $$"""
            configmap: {{(IsBesideClusters ? clusters.ToJsonString() : $$"""{"clusters": {{clusters.ToJsonString()}} }""")}}
            flyteadmin:
              additionalVolumes: [{name: cluster-credentials, secret: {secretName: cluster-credentials} }]
              additionalVolumeMounts: [{name: cluster-credentials, mountPath: /var/run/credentials}]
              {{AdminValues}}
            {{ControlValues}}
            """
        );
        await Task.Run(() =>
            bed.Helm("controlplane", $"upgrade --install {Release} {bed.Chart} --values {bed.Chart}/values-controlplane.yaml --values {file}")
        );
    }

    private static JsonArray Members(int number) => [new JsonObject { ["id"] = $"dataplane_{number}", ["weight"] = 1 }];

    private JsonObject Entry(int number) =>
        new()
        {
            ["name"] = $"dataplane_{number}",
            ["endpoint"] = bed.Endpoint(number),
            ["enabled"] = true,
            ["auth"] = new JsonObject
            {
                ["type"] = "file_path",
                ["tokenPath"] = $"/var/run/credentials/dataplane_{number}_token",
                ["certPath"] = $"/var/run/credentials/dataplane_{number}_cacert",
            },
        };

    private async Task<IReadOnlyDictionary<string, string>> JoinAsync(int number)
    {
        var file = Values(
            $"dataplane{number}",
            $$"""
            configmap:
              admin: {admin: {endpoint: "dns:///flyteadmin.flyte.svc:81", insecure: true} }
              catalog: {catalog-cache: {endpoint: "datacatalog.flyte.svc:89", insecure: true} }
              {{DataPlaneConfig}}
            {{DataPlaneValues}}
            """
        );
        await Task.Run(() =>
            bed.Helm($"dataplane{number}", $"install flyte-core-data {bed.Chart} --create-namespace --values {bed.Chart}/values-dataplane.yaml --values {file}")
        );
        bed.Kubectl(
            $"dataplane{number}",
            "apply -f -",
            $$"""
            {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
             "metadata": {"name": "dataplane{{number}}-token", "annotations": {"kubernetes.io/service-account.name": "flyteadmin"} } }
            """
        );
        while (true)
        {
            var made = await bed.Clusters[number].SecretAsync($"dataplane{number}-token");
            if (made.TryGetValue("token", out var token) && made.TryGetValue("ca.crt", out var ca))
                return new Dictionary<string, string>(StringComparer.Ordinal) { [$"dataplane_{number}_token"] = token, [$"dataplane_{number}_cacert"] = ca };
        }
    }

    private string Values(string name, string yaml)
    {
        var path = Path.Combine(bed.Folder, $"{name}-by-hand.yaml");
        File.WriteAllText(path, yaml, new UTF8Encoding(false));
        return path;
    }
}
