using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What a join leaves behind, without what differs between any two joins: tokens, revisions, names of pods, the bed's folder and ports.</summary>
internal static class EndState
{
    public static async Task<string> OfAsync(StageBed bed)
    {
        var text = new StringBuilder();
        foreach (var cluster in bed.Clusters)
        {
            text.AppendLine($"# {cluster.Name}");
            var release = cluster == bed.ControlPlane ? "flyte-core" : "flyte-core-data";
            var stored = (await cluster.ReleaseAsync(release))?.Release;
            text.AppendLine(
                $"release {stored?["name"]} {stored?["info"]?["status"]} {stored?["chart"]?["metadata"]?["version"]} {stored?["config"]?.ToJsonString()}"
            );
            foreach (var (name, secret) in (await cluster.ListAsync("secrets")).Where(secret => (string?)secret.Value["type"] != "helm.sh/release.v1"))
                text.AppendLine(
                    $"Secret {name} {secret["type"]} "
                        + $"{string.Join(',', (secret["data"] as JsonObject ?? []).Select(entry => entry.Key).Order(StringComparer.Ordinal))}"
                );
            foreach (var (name, map) in await cluster.ListAsync("configmaps"))
                text.AppendLine($"ConfigMap {name} {(name == "kube-root-ca.crt" ? string.Empty : map["data"]?.ToJsonString())}");
            foreach (var (name, deployment) in await cluster.ListAsync("deployments"))
                text.AppendLine(
                    $"Deployment {name} {deployment["status"]?["availableReplicas"]}/{deployment["status"]?["replicas"]} {Annotations(deployment)}"
                );
        }

        foreach (var (key, mine) in await bed.ControlPlane.SecretAsync("cluster-credentials"))
            text.AppendLine($"{key}: {await OriginAsync(bed, key) == mine}");
        var values = Path.Combine(bed.Folder, "artifacts", "values");
        var files = Directory.Exists(values) ? Directory.EnumerateFiles(values, "*.yaml", SearchOption.AllDirectories) : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
            text.AppendLine($"# {Path.GetFileName(file)}\n{await File.ReadAllTextAsync(file)}");
        foreach (var cluster in bed.State.Clusters)
            text.Replace(cluster.Server.Authority, $"{cluster.Name}.example.com");
        return text.Replace(bed.Folder, "FOLDER").ToString();
    }

    private static async Task<string?> OriginAsync(StageBed bed, string key)
    {
        foreach (var number in new[] { 1, 2 })
        {
            var origin = await bed.Clusters[number].SecretAsync($"dataplane-{number}-token");
            if (key.StartsWith($"dataplane_{number}", StringComparison.Ordinal))
                return origin.GetValueOrDefault(key.EndsWith("_token", StringComparison.Ordinal) ? "token" : "ca.crt");
        }

        return null;
    }

    // Which credentials are noted as loaded; their digests differ from join to join.
    private static string Annotations(JsonObject deployment) =>
        string.Join(
            ',',
            (deployment["metadata"]?["annotations"] as JsonObject ?? [])
                .Select(entry => entry.Key)
                .Where(key => key.StartsWith("flyte-multicluster/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
}
