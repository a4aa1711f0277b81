namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>
/// What should be: one Flyte control plane and its data planes. Read from one YAML file (<c>values/fleet.schema.json</c>).
/// </summary>
public sealed record Fleet
{
    /// <summary>The file it was read from, an absolute path; values files are relative to its folder.</summary>
    public required string Path { get; init; }

    /// <summary>What all clusters share.</summary>
    public required FlyteSettings Flyte { get; init; }

    /// <summary>The cluster that runs flyteadmin.</summary>
    public required ControlPlane ControlPlane { get; init; }

    /// <summary>The clusters that run flytepropeller, in the file's order; names and contexts are unique.</summary>
    public required IReadOnlyList<DataPlane> DataPlanes { get; init; }

    /// <summary>flyteadmin's <c>labelClusterMap</c>: execution cluster label → weighted clusters, in the file's order; never empty.</summary>
    public required IReadOnlyList<ClusterLabel> Labels { get; init; }

    /// <summary>flyteadmin's <c>defaultExecutionLabel</c>; null for none.</summary>
    public string? DefaultLabel { get; init; }

    /// <summary>How long the data planes' credentials may be used.</summary>
    public CredentialSettings Credentials { get; init; } = new();

    /// <summary>The roles on AWS; null where the fleet is not there, or leaves them alone.</summary>
    public AwsSettings? Aws { get; init; }

    /// <summary>The service accounts on Google Cloud; null where the fleet is not there, or leaves them alone.</summary>
    public GcpSettings? Gcp { get; init; }

    /// <summary>How this program reaches FlyteAdmin; null where the fleet does not say, and then labels and smoke runs are left alone.</summary>
    public FlyteAdminSettings? FlyteAdmin { get; init; }

    /// <summary>The labels of projects, domains and workflows, those of <c>executionLabelFiles</c> included; each scope once.</summary>
    public IReadOnlyList<ExecutionLabel> ExecutionLabels { get; init; } = [];

    /// <summary>The executions that prove where work lands; null for none.</summary>
    public SmokeSettings? Smoke { get; init; }

    /// <summary>The run of <c>--smoke=pyflyte</c>; null for none.</summary>
    public PyflyteRun? Pyflyte { get; init; }

    /// <summary>Whether this is the embedded sandbox's fleet.</summary>
    public bool IsSandbox { get; init; }

    /// <summary>The files and folders that say what the clusters get, absolute paths: the fleet file, values files, overlays and a local chart.</summary>
    public IEnumerable<string> Files =>
        [
            Path,
            .. Flyte.Values,
            .. ControlPlane.Values,
            .. DataPlanes.SelectMany(plane => plane.Values),
            .. new[] { Flyte.Chart.Path, Flyte.Overlays?.ControlPlane, Flyte.Overlays?.DataPlane }.OfType<string>(),
            .. DataPlanes.Select(plane => plane.Overlay).OfType<string>(),
            .. LabelFiles,
        ];

    /// <summary>flytectl's attribute files of <c>executionLabelFiles</c>, absolute paths.</summary>
    public IReadOnlyList<string> LabelFiles { get; init; } = [];
}

/// <summary>What all clusters of a fleet share.</summary>
public sealed record FlyteSettings
{
    /// <summary>The flyte-core chart, pinned; without a source where <see cref="Overlays"/> are installed.</summary>
    public ChartReference Chart { get; init; } = new();

    /// <summary>The kustomize overlays of both planes (<c>install: kustomize</c>); null where Helm installs.</summary>
    public OverlayFolders? Overlays { get; init; }

    /// <summary>The namespace of Flyte in every cluster.</summary>
    public string Namespace { get; init; } = "flyte";

    /// <summary>flyteadmin's gRPC endpoint as data planes reach it (<c>configmap.admin.admin.endpoint</c>), e.g. <c>dns:///flyte.example.com:443</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary><c>configmap.admin.admin.insecure</c>: true for plain text.</summary>
    public bool Insecure { get; init; }

    /// <summary>datacatalog as data planes reach it; null leaves the chart's value, which works in the control plane cluster only.</summary>
    public CatalogSettings? Catalog { get; init; }

    /// <summary>Base values files of both planes, absolute paths, in order.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Whether Argo CD or Flux changes releases (<c>managedBy: gitops</c>): this program then changes none.</summary>
    public bool IsGitOps { get; init; }
}

/// <summary>Folders with a kustomization, absolute paths.</summary>
/// <param name="DataPlane">What every data plane without an overlay of its own gets.</param>
/// <param name="ControlPlane">What the control plane gets.</param>
public sealed record OverlayFolders(string DataPlane, string ControlPlane)
{
    private static readonly string[] Kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <summary>Whether a folder holds a kustomization.</summary>
    /// <param name="folder">The folder, an absolute path.</param>
    public static bool IsOverlay(string folder) => Kustomizations.Any(name => File.Exists(Path.Combine(folder, name)));
}

/// <summary>datacatalog as data planes reach it (<c>configmap.catalog.catalog-cache</c>).</summary>
/// <param name="Endpoint">Host and port.</param>
/// <param name="Insecure">True for plain text.</param>
public sealed record CatalogSettings(string Endpoint, bool Insecure);

/// <summary>Where the flyte-core chart comes from: a repository with a pinned version, or a local folder or archive.</summary>
public sealed record ChartReference
{
    /// <summary>The Helm repository's address (https, http or oci); null when <see cref="Path"/> is set.</summary>
    public string? Repository { get; init; }

    /// <summary>The chart's name in the repository.</summary>
    public string Name { get; init; } = "flyte-core";

    /// <summary>The exact version, as in the repository's index; null when <see cref="Path"/> is set.</summary>
    public string? Version { get; init; }

    /// <summary>A chart folder or .tgz, an absolute path; null when <see cref="Repository"/> is set.</summary>
    public string? Path { get; init; }
}

/// <summary>The control plane cluster.</summary>
public sealed record ControlPlane
{
    /// <summary>Its name in messages and, where it runs workflows, in <c>clusterConfigs</c>.</summary>
    public string Name { get; init; } = "controlplane";

    /// <summary>Its kubeconfig context.</summary>
    public required string Context { get; init; }

    /// <summary>The Helm release's name; it is in the selectors, so it must be the one in use.</summary>
    public string Release { get; init; } = "flyte-core";

    /// <summary>Values files of the control plane alone, absolute paths, in order.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>True: flytepropeller stays on and an <c>inCluster</c> entry of <see cref="Name"/> is added.</summary>
    public bool RunsWorkflows { get; init; }

    /// <summary>Its cluster in the cloud; null without <c>cloud</c>.</summary>
    public CloudCluster? Cluster { get; init; }
}

/// <summary>One data plane cluster.</summary>
public sealed record DataPlane
{
    /// <summary>Its name in flyteadmin's <c>clusterConfigs</c> and in <c>flytepropeller.clusterName</c>; the credentials' keys derive from it.</summary>
    public required string Name { get; init; }

    /// <summary>Its kubeconfig context.</summary>
    public required string Context { get; init; }

    /// <summary><c>clusterConfigs[].enabled</c>: false keeps running executions reachable and gets no new ones.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The API server's address as flyteadmin reaches it; null takes the kubeconfig's.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The Helm release's name.</summary>
    public string Release { get; init; } = "flyte-core-data";

    /// <summary>The kustomize overlay of this data plane alone, an absolute path; null takes the fleet's.</summary>
    public string? Overlay { get; init; }

    /// <summary>Values files of this data plane alone, absolute paths, in order.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Its cluster in the cloud; null without <c>cloud</c>.</summary>
    public CloudCluster? Cluster { get; init; }

    /// <summary>The key of its bearer token in <c>cluster-credentials</c>.</summary>
    public string TokenKey => $"{Name}_token";

    /// <summary>The key of its CA certificate in <c>cluster-credentials</c>.</summary>
    public string CaKey => $"{Name}_cacert";

    /// <summary>The name of the annotated service account token Secret in the data plane, a valid DNS name.</summary>
    public string TokenSecret => $"{Name.Replace('_', '-').ToLowerInvariant()}-token";
}

/// <summary>One entry of flyteadmin's <c>labelClusterMap</c>.</summary>
/// <param name="Name">The label, lower case: Viper lower-cases map keys.</param>
/// <param name="Clusters">Its clusters; their weights sum to 1.</param>
public sealed record ClusterLabel(string Name, IReadOnlyList<WeightedCluster> Clusters);

/// <summary>A cluster's share of a label's executions.</summary>
/// <param name="Id">The cluster's name in <c>clusterConfigs</c>.</param>
/// <param name="Weight">Its share, from 0 to 1.</param>
public sealed record WeightedCluster(string Id, double Weight);
