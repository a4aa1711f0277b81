using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>What an import has read so far.</summary>
internal sealed class ImportState
{
    /// <summary>What is to be imported.</summary>
    public ImportRequest Request { get; set; } = null!;

    /// <summary>The kubeconfig's contexts, by name.</summary>
    public IReadOnlyDictionary<string, KubeContext> Contexts { get; set; } = new Dictionary<string, KubeContext>(StringComparer.Ordinal);

    /// <summary>The control plane; null before it was read.</summary>
    public ImportedControlPlane? Control { get; set; }

    /// <summary>The data planes, in the order of clusterConfigs; null before they were looked for.</summary>
    public IReadOnlyList<ImportedDataPlane>? DataPlanes { get; set; }

    /// <summary>The cloud identities; null before they were read.</summary>
    public ImportedCloud? Cloud { get; set; }

    /// <summary>The state of a run.</summary>
    /// <param name="context">The run.</param>
    public static ImportState Of(FlyteContext context) => context.Outcome.State.Of<ImportState>();
}

/// <summary>The control plane as it was read.</summary>
/// <param name="Release">Flyte's release in it, the revision in force; null where kustomize installed it.</param>
/// <param name="Clusters">What flyteadmin has loaded.</param>
/// <param name="Section">The same as its ConfigMap has it.</param>
/// <param name="Credentials">Secret <c>cluster-credentials</c>; null where there is none.</param>
internal sealed record ImportedControlPlane(HelmRelease? Release, ClusterConfigs Clusters, JsonObject Section, JsonObject? Credentials)
{
    /// <summary>Whether flyteadmin has loaded the clusters; else they stand where nothing reads them.</summary>
    public bool IsLoaded { get; init; } = true;

    /// <summary>The name of the Secret that was read; null where there is none.</summary>
    public string? SecretName => Credentials?["metadata"]?["name"]?.ToString();

    /// <summary>Whether the control plane's overlay holds Secret <c>cluster-credentials</c>.</summary>
    public bool IsSecretInOverlay { get; init; }

    /// <summary>FlyteAdmin's execution cluster labels; null where they were not asked for, or could not be read.</summary>
    public IReadOnlyDictionary<LabelScope, string>? Rows { get; init; }

    /// <summary>Why they could not be read; null where they were, or were not asked for.</summary>
    public string? RowsFailure { get; init; }

    /// <summary>Says nothing of its content.</summary>
    public override string ToString() => "control plane";
}

/// <summary>A data plane as it was found.</summary>
/// <param name="Entry">Its entry in clusterConfigs.</param>
/// <param name="Found">Its kubeconfig context; null where none was found.</param>
/// <param name="Release">Flyte's release in it, the revision in force; null where there is none, or it could not be read.</param>
/// <param name="Doubt">What is not known of it, a sentence; null for nothing.</param>
internal sealed record ImportedDataPlane(ClusterEntry Entry, FoundContext? Found, HelmRelease? Release, string? Doubt)
{
    /// <summary>Where flytepropeller finds flyteadmin and datacatalog, as values would say it; null where a release has values.</summary>
    public JsonObject? Addresses { get; init; }

    /// <summary>Says nothing of its content.</summary>
    public override string ToString() => Entry.Name;
}

/// <summary>A data plane's kubeconfig context.</summary>
/// <param name="Name">The context.</param>
/// <param name="Why">How it was found.</param>
/// <param name="IsGuess">Whether that proves nothing.</param>
/// <param name="IsEndpointOther">Whether the endpoint in clusterConfigs belongs to another context.</param>
/// <param name="IsEndpointStray">Whether the endpoint in clusterConfigs is the context's with a <c>.com</c> too many (the guide's example).</param>
internal sealed record FoundContext(string Name, string Why, bool IsGuess = false, bool IsEndpointOther = false, bool IsEndpointStray = false)
{
    /// <summary>Whether the endpoint in clusterConfigs is wrong.</summary>
    public bool IsEndpointWrong => IsEndpointOther || IsEndpointStray;
}
