using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>What a live service account is in the cloud.</summary>
/// <param name="Cluster">The cluster, by its fleet name.</param>
/// <param name="Account">The service account, or <c>default</c> for the worker Pods'.</param>
/// <param name="Annotation">The annotation that says so; for the worker Pods the variable of the cluster resource templates.</param>
/// <param name="Identity">An IAM role's ARN, or a Google service account.</param>
internal sealed record LiveIdentity(string Cluster, string Account, string Annotation, string Identity);

/// <summary>The clusters' cloud identities, and the fleet's section <c>cloud</c> as far as they and the kubeconfig say it.</summary>
internal sealed record ImportedCloud
{
    /// <summary>What the service accounts are in the cloud.</summary>
    public required IReadOnlyList<LiveIdentity> Identities { get; init; }

    /// <summary>The section; null where nothing is on AWS. What is not known stands in <see cref="Missing"/>.</summary>
    public AwsSettings? Aws { get; init; }

    /// <summary>The EKS clusters, by fleet name.</summary>
    public IReadOnlyDictionary<string, EksName> Clusters { get; init; } = new Dictionary<string, EksName>(StringComparer.Ordinal);

    /// <summary>Why this program cannot manage the roles as they are, a sentence each.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>What was guessed of the policy's name; null for nothing.</summary>
    public string? PolicyDoubt { get; init; }

    /// <summary>Why AWS was not asked, a sentence; null where it was.</summary>
    public string? NotAsked { get; init; }

    /// <summary>What is broken.</summary>
    public IReadOnlyList<ImportFinding> Findings { get; init; } = [];

    /// <summary>Whether the fleet is to manage the roles.</summary>
    public bool IsManaged => Aws is not null && Missing.Count == 0 && NotAsked is null;
}
