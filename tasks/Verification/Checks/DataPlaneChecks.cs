using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>The FlyteWorkflow CRD is there and served wherever workflows run.</summary>
internal sealed class DefinitionCheck() : ClusterCheck("crd", "flyteworkflows.flyte.lyft.com exists and is established, in data planes", CheckSeverity.Fails)
{
    private const string Definition = "flyteworkflows.flyte.lyft.com";

    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context?.Running ?? [];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        if (await cluster.GetAsync($"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{Definition}") is not { } found)
            return
            [
                Finding.Failed(
                    $"CustomResourceDefinition {Definition} is missing.",
                    "Run AddDataPlane, which restores what the release has. The workflow objects were deleted with it."
                ),
            ];
        var established = (found["status"]?["conditions"] as JsonArray ?? []).Any(condition =>
            (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True"
        );
        return
        [
            established
                ? Finding.Ok($"{Definition} is established")
                : Finding.Failed(
                    $"CustomResourceDefinition {Definition} is not established.",
                    $"{cluster.Cluster.Kubectl($"describe crd {Definition}")} says why."
                ),
        ];
    }
}

/// <summary>
/// flytepropeller gives no name, or the one under which flyteadmin knows its cluster; flyteadmin refuses the events of any other, and
/// flytepropeller then ends the execution.
/// </summary>
internal sealed class ClusterNameCheck() : ClusterCheck("cluster-name", "flytepropeller has no cluster name, or the one in clusterConfigs", CheckSeverity.Fails)
{
    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context?.Running ?? [];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var remedy =
            $"Run AddDataPlane, which sets flytepropeller.clusterName to {cluster.Name} once no execution is running there; " + "undo changes made by hand.";
        var release = context.Run.Run.IsKustomize ? null : await cluster.InForceAsync();
        if (release is null && !context.Run.Run.IsKustomize && !context.Run.Run.Fleet.Flyte.IsGitOps)
            return [Finding.Skipped("there is no release")];
        var value = release is null ? null : PropellerName.OfValues(release.Config);
        if (release is not null && !IsRight(value, cluster))
            return [Finding.Failed($"flytepropeller.clusterName is {PropellerName.Format(value)} in release {release!.Name}, not '{cluster.Name}'.", remedy)];
        if ((await cluster.DeploymentAsync("flytepropeller") ?? await cluster.DeploymentAsync("flytepropeller-manager")) is not { } deployment)
            return [Finding.Skipped("there is no Deployment flytepropeller")];
        var given = PropellerName.OfDeployment(deployment);
        return
        [
            !IsRight(given, cluster)
                ? Finding.Failed($"Deployment flytepropeller runs with {PropellerName.Argument} {PropellerName.Format(given)}, not '{cluster.Name}'.", remedy)
                : Finding.Ok(PropellerName.IsFree(given) ? "flytepropeller has no name, and its events are accepted" : $"flytepropeller is {given}"),
        ];
    }

    private static bool IsRight(string? name, ClusterSnapshot cluster) => PropellerName.IsFree(name) || name == cluster.Name;
}

/// <summary>flytepropeller's address of flyteadmin is one that Flyte can parse, and the fleet's.</summary>
internal sealed class AdminEndpointCheck()
    : ClusterCheck("admin-endpoint", "flytepropeller's address of flyteadmin parses, and is the fleet's", CheckSeverity.Fails)
{
    internal const string ConfigMap = "flyte-propeller-config";

    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context?.DataPlanes ?? [];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var flyte = context.Run.Run.Fleet.Flyte;
        if (context.Run.Run.IsKustomize && await cluster.CoreAsync("configmaps", ConfigMap) is null)
            return [Finding.Skipped($"the overlay has no ConfigMap {ConfigMap}")];
        if (await cluster.CoreAsync("configmaps", ConfigMap) is not { } map)
            return [Finding.Failed($"ConfigMap {ConfigMap} is missing.", "Run AddDataPlane, which restores what the release has.")];
        var admin = (string?)map["data"]?["admin.yaml"] is { } yaml ? context.Tools.Values.Parse(yaml, "admin.yaml")["admin"] : null;
        var endpoint = (string?)admin?["endpoint"] ?? string.Empty;
        if (FleetEndpoints.Admin(endpoint) is { } problem)
            return [Finding.Failed($"ConfigMap {ConfigMap} has flyteadmin at '{endpoint}'. {problem.What}", problem.Remedy)];
        var insecure = admin?["insecure"]?.ToJsonString() == "true";
        return
        [
            endpoint == flyte.Endpoint && insecure == flyte.Insecure
                ? Finding.Ok(endpoint)
                : Finding.Failed(
                    $"ConfigMap {ConfigMap} has flyteadmin at {Format(endpoint, insecure)}; the fleet has {Format(flyte.Endpoint, flyte.Insecure)}.",
                    "Run AddDataPlane, which sets the fleet's; undo changes made by hand."
                ),
        ];
    }

    private static string Format(string endpoint, bool insecure) => $"{endpoint} ({(insecure ? "plain text" : "TLS")})";
}
