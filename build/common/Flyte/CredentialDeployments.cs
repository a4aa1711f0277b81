using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>The Deployments that read the data planes' credentials, and the annotations on them that note which ones are loaded.</summary>
public static class CredentialDeployments
{
    /// <summary>The Deployments.</summary>
    public static IReadOnlyList<string> Names { get; } = ["flyteadmin", "syncresources"];

    /// <summary>
    /// Whether a Deployment's pods reach all enabled clusters before they start: flyteadmin's do where the cluster resource manager is on.
    /// </summary>
    /// <param name="deployment">The Deployment; null for none.</param>
    public static bool SyncsFirst(JsonObject? deployment) =>
        (deployment?["spec"]?["template"]?["spec"]?["initContainers"] as JsonArray ?? []).Any(container =>
            (string?)container?["name"] == "sync-cluster-resources"
        );

    /// <summary>The annotation that notes which credential of a data plane is loaded.</summary>
    /// <param name="dataPlane">The data plane's name.</param>
    public static string Annotation(string dataPlane) => $"{FieldManagers.Tool}/{dataPlane}";

    /// <summary>A credential as the annotation notes it.</summary>
    /// <param name="credential">The credential.</param>
    public static string Digest(ClusterCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{credential.Token}\n{credential.CaCertificate}")))[..16];
    }
}
