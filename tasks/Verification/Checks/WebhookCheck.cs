using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Tasks.Checks;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>
/// The pod webhook, which gives tasks their secrets: the chart's or the overlay's Deployment and Service, and the MutatingWebhookConfiguration that the webhook
/// makes of itself when it starts (flytepropeller/pkg/webhook/entrypoint.go).
/// </summary>
internal sealed class WebhookCheck()
    : ClusterCheck(
        "webhook",
        "the pod webhook's Deployment and Service exist, and the MutatingWebhookConfiguration that it " + "creates at startup",
        CheckSeverity.Fails
    )
{
    /// <summary>The name of the chart's objects.</summary>
    public const string Object = "flyte-pod-webhook";

    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context?.Running ?? [];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var map = cluster.CoreAsync("configmaps", AdminEndpointCheck.ConfigMap);
        var service = cluster.CoreAsync("services", Object);
        var deployment = cluster.DeploymentAsync(Object);
        if (await OffAsync(context, cluster) is { } off)
            return [off];
        var settings = Settings((string?)(await map)?["data"]?["core.yaml"], context);
        var name = (string?)settings?["serviceName"] ?? Object;
        var configuration = await cluster.GetAsync($"/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{Uri.EscapeDataString(name)}");
        var restore = $"Run AddDataPlane, which restores what the {(context.Run.Run.IsKustomize ? "overlay" : "release")} has.";
        var registers = await deployment is { } running && DeploymentState.Of(running.As<V1Deployment>()).IsAvailable;
        Finding?[] wrong =
        [
            await deployment is null ? Finding.Failed($"Deployment {Object} is gone.", restore) : null,
            await service is null ? Finding.Failed($"Service {Object} is gone.", restore) : null,
            registers ? OfConfiguration(configuration, name, settings, cluster) : null,
        ];
        if (wrong.Any(finding => finding is not null))
            return [.. wrong.OfType<Finding>()];
        return
        [
            registers
                ? Finding.Ok("Deployment, Service and MutatingWebhookConfiguration exist")
                : Finding.Skipped("its pods create the MutatingWebhookConfiguration, and they are not running: blocked by deployments-available"),
        ];
    }

    private static async Task<Finding?> OffAsync(VerifyContext context, ClusterSnapshot cluster)
    {
        if (context.Run.Run.IsKustomize)
        {
            return Inventory
                .Of(await cluster.CoreAsync("configmaps", Inventory.Name))
                .Any(id => id is { Kind: "Deployment", Name: Object } && id.Namespace == cluster.Namespace)
                ? null
                : Finding.Skipped($"no overlay with a Deployment {Object} was applied");
        }

        if (await cluster.InForceAsync() is not { } release)
            return !context.Run.Run.Fleet.Flyte.IsGitOps ? Finding.Skipped("there is no release")
                : await cluster.DeploymentAsync(Object) is null ? Finding.Skipped($"there is neither a release nor a Deployment {Object}")
                : null;
        return IsOn(release) ? null : Finding.Ok("switched off (webhook.enabled)");
    }

    private static Finding? OfConfiguration(JsonObject? configuration, string name, JsonNode? settings, ClusterSnapshot cluster)
    {
        var restart = $"{cluster.Cluster.Kubectl($"-n {cluster.Namespace} rollout restart deployment {Object}")}: the webhook creates it at startup.";
        if (configuration is null)
        {
            return settings?["disableCreateMutatingWebhookConfig"]?.ToJsonString() == "true"
                ? Finding.Warning(
                    $"There is no MutatingWebhookConfiguration {name}, and the webhook is configured not to create it.",
                    "Check whether another one calls the webhook."
                )
                : Finding.Failed($"There is no MutatingWebhookConfiguration {name}: no task gets its secrets.", restart);
        }

        var namespaces = (configuration["webhooks"] as JsonArray ?? [])
            .Select(webhook => (string?)webhook?["clientConfig"]?["service"]?["namespace"])
            .OfType<string>()
            .ToArray();
        return namespaces.All(ns => ns == cluster.Namespace)
            ? null
            : Finding.Failed(
                $"MutatingWebhookConfiguration {name} calls a Service in namespace {string.Join(", ", namespaces)}, not in {cluster.Namespace}.",
                restart
            );
    }

    private static bool IsOn(HelmRelease release) =>
        (release.Config["webhook"]?["enabled"] ?? release.ChartValues["webhook"]?["enabled"])?.ToJsonString() != "false";

    private static JsonNode? Settings(string? core, VerifyContext context) => core is null ? null : context.Tools.Values.Parse(core, "core.yaml")["webhook"];
}
