using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Tasks.ExecutionLabels;

/// <summary>flyteadmin's configuration in its ConfigMap.</summary>
internal static class Loaded
{
    public const string Path = "/api/v1/namespaces/flyte/configmaps/flyte-admin-clusters-config";

    /// <summary>The ConfigMap with dp1 and dp2, enabled.</summary>
    /// <param name="labels">labelClusterMap, in YAML's flow form without the braces.</param>
    /// <param name="disabled">The cluster that is disabled.</param>
    /// <param name="defaultLabel">defaultExecutionLabel.</param>
    public static string Map(string labels, string disabled = "", string defaultLabel = "") =>
        new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["clusters.yaml"] = $$"""
                    clusters:
                      clusterConfigs:
                      - {name: dp1, endpoint: "https://dp1.example.com", enabled: {{(disabled != "dp1" ? "true" : "false")}}}
                      - {name: dp2, endpoint: "https://dp2.example.com", enabled: {{(disabled != "dp2" ? "true" : "false")}}}
                      labelClusterMap: { {{labels}} }
                      defaultExecutionLabel: "{{defaultLabel}}"
                    """,
            },
        }.ToJsonString();
}
