using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>flyteadmin and syncresources mount the Secret where clusterConfigs looks for it.</summary>
internal sealed class CredentialMountsCheck()
    : ClusterCheck(CheckNames.CredentialMounts, "flyteadmin, its init container and syncresources mount the Secret", CheckSeverity.Fails)
{
    // flyteadmin's own, its init container, and the one of syncresources.
    private static readonly string[] Readers = ["flyteadmin", "sync-cluster-resources"];

    private static readonly string[] Lists = ["initContainers", "containers"];

    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context is null ? [] : [context.Control];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if ((await context.LoadedAsync()).Admin?.Clusters.Any(entry => !entry.InCluster) != true)
            return [Finding.Ok("no cluster needs a credential")];
        var found = new List<string>();
        var wrong = new List<Finding>();
        foreach (var name in CredentialDeployments.Names)
        {
            if (await cluster.DeploymentAsync(name) is not { } deployment)
                continue;
            found.Add(name);
            wrong.AddRange(
                Without(deployment)
                    .Select(container =>
                        Finding.Failed(
                            $"Deployment {name}, container {container}, does not mount Secret {CredentialsSecret.Name} at {CredentialsSecret.MountPath}.",
                            "Run AddDataPlane, which writes the mounts; find out who upgraded the release without the override, and that "
                                + "labelClusterMap is not empty."
                        )
                    )
            );
        }

        return wrong.Count > 0
            ? wrong
            : [found.Count > 0 ? Finding.Ok($"mounted by {string.Join(", ", found)}") : Finding.Skipped("there is no Deployment flyteadmin")];
    }

    private static IEnumerable<string> Without(JsonObject deployment)
    {
        var spec = deployment["spec"]?["template"]?["spec"];
        var volumes = (spec?["volumes"] as JsonArray ?? []).Where(Holds).Select(volume => (string?)volume?["name"]).ToHashSet(StringComparer.Ordinal);
        return Lists
            .SelectMany(list => spec?[list] as JsonArray ?? [])
            .OfType<JsonObject>()
            .Where(container => Readers.Contains((string?)container["name"], StringComparer.Ordinal))
            .Where(container =>
                !(container["volumeMounts"] as JsonArray ?? []).Any(mount =>
                    ((string?)mount?["mountPath"])?.TrimEnd('/') == CredentialsSecret.MountPath && volumes.Contains((string?)mount!["name"])
                )
            )
            .Select(container => (string)container["name"]!);
    }

    private static bool Holds(JsonNode? volume) =>
        (string?)volume?["secret"]?["secretName"] == CredentialsSecret.Name
        || (volume?["projected"]?["sources"] as JsonArray ?? []).Any(source => (string?)source?["secret"]?["name"] == CredentialsSecret.Name);
}
