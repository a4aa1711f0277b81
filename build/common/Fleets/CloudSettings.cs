namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>How many roles Flyte has on AWS (runbook: versions R and D have three, T two).</summary>
public enum RoleLayout
{
    /// <summary>A control plane role, and a data plane role that flytepropeller and the worker Pods share.</summary>
    Two,

    /// <summary>A control plane role, a data plane role for flytepropeller, and a role for the worker Pods.</summary>
    Three,
}

/// <summary>The fleet's roles on AWS (the fleet's <c>cloud</c> with <c>provider: aws</c>).</summary>
public sealed record AwsSettings
{
    /// <summary>The region of all clusters that name none of their own.</summary>
    public required string Region { get; init; }

    /// <summary>The account that everything must be in; null takes the caller's. A caller of another account is refused.</summary>
    public string? AccountId { get; init; }

    /// <summary>The buckets that Flyte may use: for metadata and raw data.</summary>
    public required IReadOnlyList<string> Buckets { get; init; }

    /// <summary>How many roles there are.</summary>
    public RoleLayout RoleLayout { get; init; } = RoleLayout.Three;

    /// <summary>The name of the IAM policy for the buckets.</summary>
    public string PolicyName { get; init; } = "flyte-s3";

    /// <summary>The name of the role of flyteadmin and datacatalog.</summary>
    public string ControlPlaneRole { get; init; } = "flyte-controlplane-role";

    /// <summary>The name of the role of flytepropeller; with <see cref="RoleLayout.Two"/> also of the worker Pods.</summary>
    public string DataPlaneRole { get; init; } = "flyte-dataplane-role";

    /// <summary>The name of the role of the worker Pods; with <see cref="RoleLayout.Two"/> it is not used.</summary>
    public string WorkersRole { get; init; } = "flyte-workers-role";
}

/// <summary>The fleet's service accounts on Google Cloud (the fleet's <c>cloud</c> with <c>provider: gcp</c>).</summary>
public sealed record GcpSettings
{
    /// <summary>The project of the clusters; its workload identity pool is <c>PROJECT.svc.id.goog</c>.</summary>
    public required string Project { get; init; }

    /// <summary>The e-mail address of the Google service account of flyteadmin and datacatalog.</summary>
    public required string ControlPlane { get; init; }

    /// <summary>The e-mail address of the Google service account of flytepropeller.</summary>
    public required string DataPlane { get; init; }

    /// <summary>The e-mail address of the Google service account of the worker Pods.</summary>
    public required string Workers { get; init; }
}

/// <summary>A plane's cluster in the cloud.</summary>
public sealed record CloudCluster
{
    /// <summary>Its EKS or GKE name.</summary>
    public required string Name { get; init; }

    /// <summary>Its AWS region; null for the fleet's.</summary>
    public string? Region { get; init; }

    /// <summary>Its Google Cloud location, a region or a zone; null on AWS.</summary>
    public string? Location { get; init; }

    /// <summary>How <c>CreateCluster</c> makes it; null: it is there already.</summary>
    public NewCluster? Create { get; init; }
}

/// <summary>How to make an EKS cluster (runbook D, day 2: <c>eksctl create cluster … --without-nodegroup</c>).</summary>
/// <param name="Version">The Kubernetes version, <c>1.33</c>.</param>
/// <param name="PrivateSubnets">The ids of its private subnets, at least two.</param>
/// <param name="NodeGroup">Its nodes.</param>
public sealed record NewCluster(string Version, IReadOnlyList<string> PrivateSubnets, NodeGroup NodeGroup);

/// <summary>A managed node group.</summary>
public sealed record NodeGroup
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "flyte";

    /// <summary>The instances' type.</summary>
    public string InstanceType { get; init; } = "t3.xlarge";

    /// <summary>How many nodes, at least 1.</summary>
    public int Nodes { get; init; } = 2;
}
