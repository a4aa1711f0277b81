using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>What is wrong in AWS's own words (<c>health.issues</c>).</summary>
/// <param name="Code">Its code, <c>NodeCreationFailure</c>.</param>
/// <param name="Message">The sentence to it.</param>
public sealed record EksIssue(string Code, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Message.TrimEnd('.')}";

    internal static IReadOnlyList<EksIssue> Of(JsonNode? owner) =>
        [
            .. (owner?["health"]?["issues"] as JsonArray ?? []).Select(issue => new EksIssue(
                (string?)issue?["code"] ?? "Unknown",
                (string?)issue?["message"] ?? string.Empty
            )),
        ];
}

/// <summary>An EKS cluster as <c>aws eks describe-cluster</c> prints it.</summary>
/// <param name="Status">CREATING, ACTIVE, DELETING, FAILED, UPDATING or PENDING.</param>
/// <param name="Endpoint">Its API server's URL; null while it has none.</param>
/// <param name="Authority">The API server's CA, PEM in base64; null while it has none.</param>
/// <param name="IssuerUrl">Its OIDC issuer; null while it has none.</param>
/// <param name="Issues">What EKS says is wrong with it.</param>
public sealed record EksDescription(string Status, string? Endpoint, string? Authority, string? IssuerUrl, IReadOnlyList<EksIssue> Issues)
{
    /// <summary>Its Kubernetes version; null where EKS does not say it.</summary>
    public string? Version { get; init; }

    /// <summary>The id of its VPC; null where EKS does not say it.</summary>
    public string? Vpc { get; init; }

    /// <summary>The id of the cluster security group, which EKS makes for control plane and nodes; null where it has none.</summary>
    public string? SecurityGroup { get; init; }

    /// <summary>Whether its endpoint can be reached from outside of its VPC.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Whether EKS Auto Mode is on.</summary>
    public bool IsAutoMode { get; init; }

    /// <summary>Whether it serves: Kubernetes answers while EKS updates it.</summary>
    public bool IsActive => Status is "ACTIVE" or "UPDATING";
}

/// <summary>A managed node group as <c>aws eks describe-nodegroup</c> prints it.</summary>
/// <param name="Status">CREATING, ACTIVE, UPDATING, DELETING, CREATE_FAILED, DELETE_FAILED or DEGRADED.</param>
/// <param name="Issues">What EKS says is wrong with it.</param>
public sealed record EksNodeGroup(string Status, IReadOnlyList<EksIssue> Issues)
{
    /// <summary>Whether it has nodes.</summary>
    public bool IsActive => Status is "ACTIVE" or "UPDATING" or "DEGRADED";
}

/// <summary>Runs <c>aws eks</c>.</summary>
public sealed class EksRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public EksRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>The OIDC issuer of a cluster (runbook: <c>aws eks describe-cluster … --query cluster.identity.oidc.issuer</c>).</summary>
    /// <param name="region">The cluster's region.</param>
    /// <param name="cluster">Its EKS name.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <returns>The issuer's URL; null when there is no such cluster, empty when the cluster has none.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<string?> IssuerAsync(string region, string cluster, CancellationToken cancellationToken) =>
        await FindAsync(region, "eks describe-cluster", arguments => arguments.AppendOption("--name", cluster), cancellationToken) is { } answer
            ? (string?)answer["cluster"]?["identity"]?["oidc"]?["issuer"] ?? string.Empty
            : null;

    /// <summary><c>aws eks describe-cluster</c>.</summary>
    /// <param name="region">The cluster's region.</param>
    /// <param name="cluster">Its EKS name.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <returns>The cluster; null when there is none.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<EksDescription?> ClusterAsync(string region, string cluster, CancellationToken cancellationToken) =>
        (await FindAsync(region, "eks describe-cluster", arguments => arguments.AppendOption("--name", cluster), cancellationToken))?["cluster"] is { } found
            ? new EksDescription(
                (string?)found["status"] ?? "UNKNOWN",
                (string?)found["endpoint"],
                (string?)found["certificateAuthority"]?["data"],
                (string?)found["identity"]?["oidc"]?["issuer"],
                EksIssue.Of(found)
            )
            {
                Version = (string?)found["version"],
                Vpc = (string?)found["resourcesVpcConfig"]?["vpcId"],
                SecurityGroup = (string?)found["resourcesVpcConfig"]?["clusterSecurityGroupId"],
                IsPublic = (bool?)found["resourcesVpcConfig"]?["endpointPublicAccess"] ?? true,
                IsAutoMode = (bool?)found["computeConfig"]?["enabled"] ?? false,
            }
            : null;

    /// <summary><c>aws eks describe-nodegroup</c>.</summary>
    /// <param name="region">The cluster's region.</param>
    /// <param name="cluster">Its EKS name.</param>
    /// <param name="name">The node group's name.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <returns>The node group; null when there is none, or no such cluster.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<EksNodeGroup?> NodeGroupAsync(string region, string cluster, string name, CancellationToken cancellationToken) =>
        (
            await FindAsync(
                region,
                "eks describe-nodegroup",
                arguments => arguments.AppendOption("--cluster-name", cluster).AppendOption("--nodegroup-name", name),
                cancellationToken
            )
        )?["nodegroup"]
            is { } found
            ? new EksNodeGroup((string?)found["status"] ?? "UNKNOWN", EksIssue.Of(found))
            : null;

    /// <summary><c>aws eks get-token</c>: this login's token for a cluster's API server. It is made from the login; AWS is not asked.</summary>
    /// <param name="region">The cluster's region.</param>
    /// <param name="cluster">Its EKS name.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<string?> TokenAsync(string region, string cluster, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(region, "eks get-token", arguments => arguments.AppendOption("--cluster-name", cluster), cancellationToken);
        return (string?)answer["status"]?["token"];
    }

    /// <summary><c>aws eks list-addons</c>.</summary>
    /// <param name="region">The cluster's region.</param>
    /// <param name="cluster">Its EKS name.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <returns>Their names; null where this login may not read them.</returns>
    public async Task<IReadOnlyList<string>?> AddonsAsync(string region, string cluster, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await RunAsync(region, "eks list-addons", arguments => arguments.AppendOption("--cluster-name", cluster), cancellationToken);
            return [.. (answer["addons"] as JsonArray ?? []).Select(name => (string)name!)];
        }
        catch (AwsException)
        {
            return null;
        }
    }
}
