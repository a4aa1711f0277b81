using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.NewClusters;

/// <summary>A cluster that the fleet says how to create, as it is in AWS: read by the check, kept up by the stages.</summary>
public sealed class NewClusterState
{
    /// <summary>What to do where eksctl has to be given a VPC that EKS does not say.</summary>
    public const string NoVpcRemedy = "Create the node group yourself, and remove 'create' from the fleet.";

    /// <summary>What an unforeseen outcome means: part of a sentence.</summary>
    public const string OtherEksctl = "this eksctl does not behave like the one that this program knows (0.230)";

    private static readonly string[] NeededAddons = ["vpc-cni", "kube-proxy", "coredns"];

    private bool _isSelfManagedKnown;

    /// <summary>The data plane's fleet name.</summary>
    public required string Plane { get; init; }

    /// <summary>Its EKS name.</summary>
    public required string Name { get; init; }

    /// <summary>Its region.</summary>
    public required string Region { get; init; }

    /// <summary>How to create it.</summary>
    public required NewCluster Spec { get; init; }

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

    /// <summary>Which EKS add-ons nodes need and the cluster has neither as such nor self-managed; empty where that is not known.</summary>
    public IReadOnlyList<string> MissingAddons { get; private set; } = [];

    /// <summary>The fleet's private subnets as EC2 has them; empty until they are read.</summary>
    public IReadOnlyList<Subnet> Subnets { get; private set; } = [];

    /// <summary>Why the cluster's API server does not answer from here; null where it does, or where that is not known.</summary>
    public string? ApiFailure { get; private set; }

    /// <summary>The ARNs of the account's OIDC providers.</summary>
    public IReadOnlyList<string> Providers { get; set; } = [];

    /// <summary>The name that eksctl gives the cluster's stack.</summary>
    public string StackName => $"eksctl-{Name}-cluster";

    /// <summary>The name that eksctl gives the node group's stack.</summary>
    public string NodeGroupStackName => $"eksctl-{Name}-nodegroup-{Spec.NodeGroup.Name}";

    /// <summary>Whether nobody has begun to create the cluster.</summary>
    public bool IsClusterAbsent => Cluster is null && Stack is null;

    /// <summary>Whether the cluster serves and all around it is made: EKS has it ACTIVE before its stack has the outputs that eksctl reads for nodes.</summary>
    public bool IsClusterReady => Cluster is { IsActive: true } && Stack is not { IsCreating: true };

    /// <summary>Whether eksctl did not make the cluster: it has no stack of eksctl's, where eksctl reads the VPC.</summary>
    public bool IsForeign => Cluster is not null && Stack is null && !IsNew;

    /// <summary>How far the cluster is, in AWS's words.</summary>
    public string ClusterStatus =>
        (Cluster, Stack) switch
        {
            (null, null) => "not there",
            (null, { } stack) => stack.Status,
            ({ IsActive: true } there, { IsCreating: true } stack) => $"{there.Status}, its CloudFormation stack {stack.Status}",
            ({ } there, _) => there.Status,
        };

    /// <summary>Whether nobody has begun to create the node group.</summary>
    public bool IsNodeGroupAbsent => NodeGroup is null && NodeGroupStack is null;

    /// <summary>Whether the cluster's issuer has an OIDC provider; false while it has no issuer.</summary>
    public bool HasProvider => Cluster?.IssuerUrl is { Length: > 0 } issuer && EksCluster.ProviderOf(issuer, Providers) is not null;

    /// <summary>Why waiting will bring no cluster, and what to do; null where it may.</summary>
    public string? ClusterFailure =>
        this switch
        {
            { Cluster.Status: "DELETING" } or { Stack.Status: "DELETE_IN_PROGRESS" } =>
                $"EKS cluster {Name} is being deleted. Wait until it is gone, and run again.",
            { Cluster.Status: "FAILED" } => $"EKS cluster {Name} is FAILED{Describe(Cluster.Issues)}. {DeleteCluster}",
            { Stack: { Status: "ROLLBACK_IN_PROGRESS" } stack } => $"{NotThere(stack)} Wait until it is rolled back. {DeleteCluster}",
            { Stack: { IsCreating: false } stack } when Cluster is not { IsActive: true } && (stack.HasFailed || Cluster is null) =>
                $"{NotThere(stack)} {DeleteCluster}",
            _ => null,
        };

    /// <summary>Why waiting will bring no nodes, and what to do; null where it may.</summary>
    public string? NodeGroupFailure =>
        this switch
        {
            { NodeGroup.Status: "DELETING" } or { NodeGroupStack.Status: "DELETE_IN_PROGRESS" } =>
                $"Node group {Spec.NodeGroup.Name} of {Name} is being deleted. Wait until it is gone, and run again.",
            { NodeGroup: { Status: "CREATE_FAILED" or "DELETE_FAILED" } failed } =>
                $"Node group {Spec.NodeGroup.Name} of {Name} is {failed.Status}{Describe(failed.Issues)}. {DeleteNodeGroup}",
            { NodeGroupStack: { IsCreating: false } stack } when stack.HasFailed || NodeGroup is null =>
                $"Node group {Spec.NodeGroup.Name} of {Name} failed: eksctl's CloudFormation stack {stack}. {DeleteNodeGroup}",
            _ => null,
        };

    /// <summary>What will be made of the cluster, in words.</summary>
    public string ClusterDetail => $"Kubernetes {Spec.Version}, {Region}, private subnets {string.Join(", ", Spec.PrivateSubnets)}";

    /// <summary>What will be made of the node group, in words.</summary>
    public string NodeGroupDetail =>
        $"{Spec.NodeGroup.Nodes} x {Spec.NodeGroup.InstanceType} in EKS cluster {Name}"
        + (
            IsForeign
                ? $", which eksctl did not create (no CloudFormation stack {StackName}): a config file says "
                    + $"VPC {Vpc?.Id}, security group {Vpc?.SecurityGroup} and subnets {string.Join(", ", Spec.PrivateSubnets)}"
                : string.Empty
        );

    /// <summary>What eksctl has to be given of a cluster that it did not make; null where it made it, or where EKS does not say it.</summary>
    public EksctlVpc? Vpc =>
        IsForeign && Cluster is { Vpc: { Length: > 0 } id, SecurityGroup: { Length: > 0 } group } ? new EksctlVpc(id, group, Cluster.Version, Subnets) : null;

    /// <summary>What is wrong where eksctl has to be given a VPC that EKS does not say.</summary>
    public string NoVpc =>
        $"EKS does not report the VPC and the cluster security group of EKS cluster '{Name}'. eksctl did not create it and needs them for a node group.";

    /// <summary>What the missing add-ons mean, and what to do; null where none is missing.</summary>
    public string? AddonWarning =>
        MissingAddons.Count == 0
            ? null
            : $"EKS cluster {Name} has no EKS add-ons {string.Join(", ", MissingAddons)}"
                + $"{(_isSelfManagedKnown ? ", and none that are self-managed" : "; it could not be determined from here whether they are self-managed")}. "
                + $"Without them nodes do not become Ready: {CreateAddons}.";

    /// <summary>
    /// What is wrong with a cluster that this run has just made, and what to do; null where it is as it was asked for. eksctl may change what it makes: Auto
    /// Mode is to become its default, with neither networking add-ons nor managed node groups.
    /// </summary>
    public string? UnexpectedState =>
        this switch
        {
            { Cluster.IsAutoMode: true } =>
                $"EKS cluster {Name} has Auto Mode on, although eksctl was asked for a cluster without it (autoModeConfig.enabled: false): "
                    + $"{OtherEksctl}. Turn it off (aws eks update-cluster-config --name {Word(Name)} --region {Word(Region)} --compute-config enabled=false"
                    + $" --kubernetes-network-config '{{\"elasticLoadBalancing\": {{\"enabled\": false}}}}'"
                    + " --storage-config '{\"blockStorage\": {\"enabled\": false}}'), or use another version of eksctl, and run again.",
            { MissingAddons.Count: > 0 } =>
                $"eksctl created EKS cluster {Name} without the add-ons {string.Join(", ", MissingAddons)}, without which nodes do not become Ready: "
                    + $"{OtherEksctl}, or it did not finish. Create them, and run again: {CreateAddons}.",
            _ => null,
        };

    private string CreateAddons =>
        string.Join("; ", MissingAddons.Select(addon => $"eksctl create addon --cluster {Word(Name)} --region {Word(Region)} --name {addon}"));

    // eksctl cannot delete a cluster that is not there or does not answer, and its stack is protected against being deleted.
    private string DeleteCluster =>
        Stack is null
            ? $"Delete it (aws eks delete-cluster {Named} && aws eks wait cluster-deleted {Named}), and run again."
            : $"Delete the stack (aws cloudformation update-termination-protection --no-enable-termination-protection {OfStack}"
                + $" && aws cloudformation delete-stack {OfStack} && aws cloudformation wait stack-delete-complete {OfStack}), and run again.";

    private string DeleteNodeGroup =>
        $"Delete it (eksctl delete nodegroup --cluster {Word(Name)} --region {Word(Region)} --name {Word(Spec.NodeGroup.Name)} --wait), and run again.";

    private string Named => $"--name {Word(Name)} --region {Word(Region)}";

    private string OfStack => $"--stack-name {Word(StackName)} --region {Word(Region)}";

    private string NotThere(CloudFormationStack stack) => $"EKS cluster {Name} failed: eksctl's CloudFormation stack {stack}.";

    private static string Word(string word) => SuggestedCommand.Quoted(word);

    /// <summary>What EKS says is wrong, in brackets; nothing where it says nothing.</summary>
    public static string Describe(IReadOnlyList<EksIssue> issues)
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

    /// <summary>
    /// Reads the cluster's add-ons, for nodes that are to be made; where some are missing, also those that run without being EKS add-ons. eksctl adds them
    /// right
    /// after the cluster.
    /// </summary>
    public async Task ReadAddonsAsync(AwsTools aws, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(aws);
        MissingAddons = await aws.Eks.AddonsAsync(Region, Name, cancellationToken) is { } there ? [.. NeededAddons.Except(there, StringComparer.Ordinal)] : [];
        if (MissingAddons.Count == 0)
            return;
        var selfManaged = ApiFailure is null ? await NewClusterApi.SelfManagedAsync(aws, this, MissingAddons, cancellationToken) : null;
        _isSelfManagedKnown = selfManaged is not null;
        MissingAddons = [.. MissingAddons.Except(selfManaged ?? [], StringComparer.Ordinal)];
    }

    /// <summary>Reads those of the fleet's subnets that there are.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task ReadSubnetsAsync(AwsTools aws, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(aws);
        Subnets = await aws.Ec2.SubnetsAsync(Region, Spec.PrivateSubnets, cancellationToken);
    }

    /// <summary>Asks whether the cluster's API server answers from here, as eksctl makes a node group through it.</summary>
    public async Task ReadApiAsync(CancellationToken cancellationToken) =>
        ApiFailure = await NewClusterApi.FailureAsync(this, cancellationToken) is not { } failure
            ? null
            : $"The API server of EKS cluster {Name}, {Cluster?.Endpoint}, does not answer from here ({failure}), and eksctl creates a node group through it. "
                + (
                    Cluster?.IsPublic == false
                        ? "Its endpoint is private: run this in its VPC, or over a VPN to it"
                        : "Run this where it answers: check the network, a proxy, and the endpoint's public access CIDRs"
                )
                + "; the cluster is kept, and the next run continues from it.";

    /// <summary>Reads the node group, and its stack where the node group is not there.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task ReadNodeGroupAsync(AwsTools aws, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(aws);
        NodeGroup = await aws.Eks.NodeGroupAsync(Region, Name, Spec.NodeGroup.Name, cancellationToken);
        NodeGroupStack = NodeGroup is { IsActive: true } ? null : await aws.CloudFormation.StackAsync(Region, NodeGroupStackName, cancellationToken);
    }
}
