using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>What flytepropeller's pod webhook does when it starts: it registers itself (flytepropeller/pkg/webhook/entrypoint.go and pod.go).</summary>
internal static class PodWebhook
{
    private const string Name = "flyte-pod-webhook";

    /// <summary>Takes the start of a container in; none but the webhook's matters.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="pod">The container's pod.</param>
    /// <param name="deployment">The Deployment that the pod was made for.</param>
    /// <param name="container">The container, of the pod's spec.</param>
    public static void Started(Cluster cluster, JsonObject pod, string deployment, JsonObject container)
    {
        if (deployment != Name || container.Text("name") != "webhook")
            return;
        const string Group = "admissionregistration.k8s.io";
        const string Resource = "mutatingwebhookconfigurations";
        var webhooks = new JsonArray(Webhook(pod.Metadata("namespace") ?? ""));
        var key = new ObjectKey(Group, Resource, "", Name);
        if (cluster.Modify(key, found => found["webhooks"] = webhooks.DeepClone(), "flytepropeller") is not null)
            return;
        cluster.Create(
            Group,
            Resource,
            "",
            new JsonObject
            {
                ["apiVersion"] = $"{Group}/v1",
                ["kind"] = "MutatingWebhookConfiguration",
                ["metadata"] = new JsonObject { ["name"] = Name },
                ["webhooks"] = webhooks,
            },
            "flytepropeller"
        );
    }

    // The sandbox's API server calls no webhooks.
    private static JsonObject Webhook(string ns) =>
        new()
        {
            ["name"] = "flyte-pod-webhook.flyte.org",
            ["clientConfig"] = new JsonObject
            {
                ["service"] = new JsonObject
                {
                    ["name"] = Name,
                    ["namespace"] = ns,
                    ["path"] = "/mutate--v1-pod",
                },
            },
            ["rules"] = new JsonArray(
                new JsonObject
                {
                    ["operations"] = new JsonArray("CREATE"),
                    ["apiGroups"] = new JsonArray("*"),
                    ["apiVersions"] = new JsonArray("v1"),
                    ["resources"] = new JsonArray("pods"),
                }
            ),
            ["failurePolicy"] = "Fail",
            ["sideEffects"] = "NoneOnDryRun",
            ["admissionReviewVersions"] = new JsonArray("v1", "v1beta1"),
            ["objectSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["inject-flyte-secrets"] = "true" } },
        };
}
