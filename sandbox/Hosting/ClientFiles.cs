using System.Text;
using System.Text.Json;
using Flyte.MultiCluster.Sandbox.Access;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>The files that clients read: the kubeconfig and the fleet.</summary>
public static class ClientFiles
{
    /// <summary>The file with the CA of FlyteAdmin's certificate.</summary>
    public const string FlyteAdminAuthority = "flyteadmin-ca.crt";

    private static readonly string[] Domains = ["development", "staging", "production"];

    /// <summary>The control plane's cluster.</summary>
    public const string ControlPlane = "controlplane";

    /// <summary>The name of a data plane's cluster.</summary>
    /// <param name="number">Its number, from 1.</param>
    public static string DataPlane(int number) => $"dataplane{number}";

    /// <summary>A kubeconfig with one context a cluster, of the cluster's name, as its administrator; all credentials are inline.</summary>
    public static string Kubeconfig(IReadOnlyList<Cluster> clusters)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        var text = new StringBuilder("apiVersion: v1\nkind: Config\npreferences: {}\n");
        text.Append("current-context: ").Append(clusters[0].Name).Append('\n');
        text.Append("clusters:\n");
        foreach (var cluster in clusters)
        {
            text.Append($"- name: {cluster.Name}\n  cluster:\n    server: {cluster.Server}\n")
                .Append($"    certificate-authority-data: {Base64(cluster.Keys.Certificates.AuthorityPem)}\n");
        }

        text.Append("users:\n");
        foreach (var cluster in clusters)
        {
            text.Append($"- name: {cluster.Name}-admin\n  user:\n")
                .Append($"    client-certificate-data: {Base64(ClusterCertificates.Pem(cluster.Keys.Administrator))}\n")
                .Append($"    client-key-data: {Base64(ClusterCertificates.KeyPem(cluster.Keys.Administrator))}\n");
        }

        text.Append("contexts:\n");
        foreach (var cluster in clusters)
        {
            text.Append($"- name: {cluster.Name}\n  context: {{cluster: {cluster.Name}, user: {cluster.Name}-admin}}\n");
        }

        return text.ToString();
    }

    /// <summary>The fleet of all clusters, the first of them the control plane; the chart is the stand-in beside it.</summary>
    public static string Fleet(IReadOnlyList<Cluster> clusters)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        var text = new StringBuilder(
            """
            # Written by the sandbox, and again whenever it changes.
            sandbox: true
            flyte:
              chart: {path: chart/flyte-core}
              namespace: flyte
              endpoint: dns:///flyteadmin.flyte.svc:81
              insecure: true
              catalog: {endpoint: "datacatalog.flyte.svc:89", insecure: true}
            controlPlane:

            """
        );
        text.Append($"  context: {clusters[0].Name}\n");
        text.Append("dataPlanes:").Append(clusters.Count == 1 ? " []\n" : "\n");
        foreach (var (number, cluster) in clusters.Skip(1).Index())
        {
            text.Append($"  - {{name: dataplane_{number + 1}, context: {cluster.Name}, endpoint: {JsonSerializer.Serialize(cluster.Server)}}}\n");
        }

        text.Append("labels:").Append(clusters.Count == 1 ? " {}\n" : "\n");
        for (var number = 1; number < clusters.Count; number++)
        {
            text.Append($"  label{number}: [{{id: dataplane_{number}, weight: 1}}]\n");
        }

        return text.ToString();
    }

    /// <summary>The rest of the fleet: FlyteAdmin, an execution label for each of the first three data planes, and a smoke run.</summary>
    /// <param name="clusters">The clusters, the first of them the control plane.</param>
    /// <param name="flyteAdmin">FlyteAdmin's address.</param>
    public static string FlyteAdminFleet(IReadOnlyList<Cluster> clusters, string flyteAdmin)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        var text = new StringBuilder($"flyteAdmin: {{endpoint: {JsonSerializer.Serialize(flyteAdmin)}, caFile: {FlyteAdminAuthority}}}\n");
        var labelled = Domains.Take(clusters.Count - 1).ToList();
        text.Append("executionLabels:").Append(labelled.Count == 0 ? " []\n" : "\n");
        foreach (var (number, domain) in labelled.Index())
        {
            text.Append($"  - {{project: flytesnacks, domain: {domain}, label: label{number + 1}}}\n");
        }

        return labelled.Count == 0
            ? text.ToString()
            : text.Append("smoke: {project: flytesnacks, domain: development, launchPlan: sandbox.hello}\n").ToString();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
