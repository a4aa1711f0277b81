using Flyte.MultiCluster.Aws;
using Flyte.MultiCluster.Fleets;

namespace Flyte.MultiCluster.NewClusters;

/// <summary>A cluster that the fleet says how to create, as it is in AWS: read by the check, kept up by the stages.</summary>
public sealed class NewClusterState
{
    private static readonly string[] NeededAddons = ["vpc-cni", "kube-proxy", "coredns"];

    /// <summary>The data plane's fleet name.</summary>
    public required string Plane { get; init; }

    /// <summary>Its EKS name.</summary>
    public required string Name { get; init; }

    /// <summary>Its region.</summary>
    public required string Region { get; init; }

    /// <summary>How to create it.</summary>
    public required NewCluster Wanted { get; init; }

    /// <summary>The cluster; null while there is none.</summary>
    public EksDescription? Cluster { get; set; }

    /// <summary>eksctl's stack of the cluster; null where there is none.</summary>
    public CloudFormationStack? Stack { get; set; }

    /// <summary>The node group; null while there is none.</summary>
    public EksNodeGroup? NodeGroup { get; set; }

    /// <summary>eksctl's stack of the node group; null where there is none.</summary>
    public CloudFormationStack? NodeGroupStack { get; set; }

    /// <summary>Whether this run created the cluster.</summary>
    public bool IsNew { get; set; }

    /// <summary>Which EKS add-ons nodes need and the cluster lacks; empty where that is not known.</summary>
    public IReadOnlyList<string> MissingAddons { get; private set; } = [];

    /// <summary>The ARNs of the account's OIDC providers.</summary>
    public IReadOnlyList<string> Providers { get; set; } = [];

    /// <summary>The name that eksctl gives the cluster's stack.</summary>
    public string StackName => $"eksctl-{Name}-cluster";

    /// <summary>The name that eksctl gives the node group's stack.</summary>
    public string NodeGroupStackName => $"eksctl-{Name}-nodegroup-{Wanted.NodeGroup.Name}";

    /// <summary>Whether nobody has begun to create the cluster.</summary>
    public bool IsClusterAbsent => Cluster is null && Stack is null;

    /// <summary>Whether the cluster serves and all around it is made: EKS has it ACTIVE before its stack has the outputs that eksctl reads for nodes.</summary>
    public bool IsClusterReady => Cluster is { IsActive: true } && Stack is not { IsCreating: true };

    /// <summary>How far the cluster is, in AWS's words.</summary>
    public string ClusterStatus => (Cluster, Stack) switch
    {
        (null, null) => "not there",
        (null, { } stack) => stack.Status,
        ({ IsActive: true } there, { IsCreating: true } stack) => $"{there.Status}, its CloudFormation stack {stack.Status}",
        ({ } there, _) => there.Status,
    };

    /// <summary>Whether nobody has begun to create the node group.</summary>
    public bool IsNodeGroupAbsent => NodeGroup is null && NodeGroupStack is null;

    /// <summary>Whether the cluster's issuer has an OIDC provider; false while it has no issuer.</summary>
    public bool HasProvider => Cluster?.IssuerUrl is { Length: > 0 } issuer
        && Providers.Any(arn => arn.EndsWith($":oidc-provider/{issuer.Replace("https://", string.Empty, StringComparison.Ordinal)}", StringComparison.Ordinal));

    /// <summary>Why waiting will bring no cluster, and what to do; null where it may.</summary>
    public string? ClusterFailure => this switch
    {
        { Cluster.Status: "DELETING" } or { Stack.Status: "DELETE_IN_PROGRESS" } => $"EKS cluster {Name} is being deleted. Wait until it is gone, and run again.",
        { Cluster.Status: "FAILED" } => $"EKS cluster {Name} is FAILED{Shown(Cluster.Issues)}. {DeleteCluster}",
        { Stack: { IsCreating: false } stack } when (Cluster?.IsActive == true ? stack.Status == "ROLLBACK_IN_PROGRESS" : stack.HasFailed || Cluster is null) => $"EKS cluster {Name} is not there as it should: eksctl's CloudFormation stack {stack}. {DeleteCluster}",
        _ => null,
    };

    /// <summary>Why waiting will bring no nodes, and what to do; null where it may.</summary>
    public string? NodeGroupFailure => this switch
    {
        { NodeGroup.Status: "DELETING" } or { NodeGroupStack.Status: "DELETE_IN_PROGRESS" } => $"Node group {Wanted.NodeGroup.Name} of {Name} is being deleted. Wait until it is gone, and run again.",
        { NodeGroup: { Status: "CREATE_FAILED" or "DELETE_FAILED" } failed } => $"Node group {Wanted.NodeGroup.Name} of {Name} is {failed.Status}{Shown(failed.Issues)}. {DeleteNodeGroup}",
        { NodeGroupStack: { IsCreating: false } stack } when stack.HasFailed || NodeGroup is null => $"Node group {Wanted.NodeGroup.Name} of {Name} is not there as it should: eksctl's CloudFormation stack {stack}. {DeleteNodeGroup}",
        _ => null,
    };

    /// <summary>What will be made of the cluster, in words.</summary>
    public string ClusterDetail => $"Kubernetes {Wanted.Version}, {Region}, private subnets {string.Join(", ", Wanted.PrivateSubnets)}";

    /// <summary>What will be made of the node group, in words.</summary>
    public string NodeGroupDetail => $"{Wanted.NodeGroup.Nodes} x {Wanted.NodeGroup.InstanceType} in EKS cluster {Name}";

    /// <summary>What the missing add-ons mean, and what to do; null where none is missing.</summary>
    public string? AddonWarning => MissingAddons.Count == 0
        ? null
        : $"EKS cluster {Name} lacks the EKS add-ons {string.Join(", ", MissingAddons)}. Where eksctl was ended while it made the cluster, they are missing and nodes do not become Ready: "
            + $"{string.Join("; ", MissingAddons.Select(addon => $"eksctl create addon --cluster {Name} --region {Region} --name {addon}"))}.";

    private string DeleteCluster => $"Have it deleted (eksctl delete cluster --region {Region} --name {Name} --wait), and run again.";

    private string DeleteNodeGroup => $"Have it deleted (eksctl delete nodegroup --cluster {Name} --region {Region} --name {Wanted.NodeGroup.Name} --wait), and run again.";

    /// <summary>What EKS says is wrong, in brackets; nothing where it says nothing.</summary>
    public static string Shown(IReadOnlyList<EksIssue> issues)
    {
        ArgumentNullException.ThrowIfNull(issues);
        return issues.Count == 0 ? string.Empty : $" ({string.Join("; ", issues)})";
    }

    /// <summary>Reads the cluster and its stack.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task ReadClusterAsync(AwsTools aws, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(aws);
        Cluster = await aws.Eks.ClusterAsync(Region, Name, cancellationToken);
        Stack = await aws.CloudFormation.StackAsync(Region, StackName, cancellationToken);
    }

    /// <summary>Reads the cluster's add-ons, for nodes that are to be made. eksctl adds them at the end of 'create cluster'.</summary>
    public async Task ReadAddonsAsync(AwsTools aws, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(aws);
        MissingAddons = await aws.Eks.AddonsAsync(Region, Name, cancellationToken) is { } there ? [.. NeededAddons.Except(there, StringComparer.Ordinal)] : [];
    }

    /// <summary>Reads the node group, and its stack where the node group is not there.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task ReadNodeGroupAsync(AwsTools aws, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(aws);
        NodeGroup = await aws.Eks.NodeGroupAsync(Region, Name, Wanted.NodeGroup.Name, cancellationToken);
        NodeGroupStack = NodeGroup is { IsActive: true } ? null : await aws.CloudFormation.StackAsync(Region, NodeGroupStackName, cancellationToken);
    }
}
