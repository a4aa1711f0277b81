using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>
/// What Flyte's init containers <c>generate-secrets</c> do: <c>flytepropeller webhook init-certs</c> and <c>flyteadmin secrets create</c> replace their Secret
/// as a whole, its labels and annotations too.
/// </summary>
internal static class GeneratedSecrets
{
    private const string Container = "generate-secrets";

    /// <summary>Takes the start of a container in; none but those that make a Secret matter.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="pod">The container's pod.</param>
    /// <param name="deployment">The Deployment that the pod was made for.</param>
    /// <param name="container">The container, of the pod's spec.</param>
    public static void Started(Cluster cluster, JsonObject pod, string deployment, JsonObject container)
    {
        if (container.Text("name") != Container)
            return;
        var ns = pod.Metadata("namespace") ?? "";
        if (deployment == "flyte-pod-webhook")
            Replace(cluster, ns, "flyte-pod-webhook", "flytepropeller", "ca.crt", "tls.crt", "tls.key");
        else if (deployment == "flyteadmin")
            Replace(cluster, ns, "flyte-admin-secrets", "flyteadmin", "claim_symmetric_key", "cookie_block_key", "cookie_hash_key", "token_rsa_key.pem");
    }

    private static void Replace(Cluster cluster, string ns, string name, string manager, params IEnumerable<string> keys)
    {
        var data = new JsonObject(keys.Select(key => KeyValuePair.Create(key, (JsonNode?)Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)))));
        var replaced = cluster.Modify(
            ObjectKey.Secret(ns, name),
            found =>
            {
                var metadata = found.ChildOrNew("metadata");
                metadata.Remove("labels");
                metadata.Remove("annotations");
                found["data"] = data.DeepClone();
            },
            manager
        );
        if (replaced is not null)
            return;
        cluster.Create(
            "",
            "secrets",
            ns,
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = name },
                ["type"] = "Opaque",
                ["data"] = data,
            },
            manager
        );
    }
}
