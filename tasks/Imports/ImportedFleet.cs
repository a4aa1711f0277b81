using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>The fleet of what was read: what is right is taken as it is, what is broken as it is meant.</summary>
/// <param name="request">What is imported.</param>
/// <param name="control">The control plane.</param>
/// <param name="dataPlanes">The data planes.</param>
/// <param name="contexts">The kubeconfig's contexts.</param>
internal sealed class ImportedFleet(
    ImportRequest request,
    ImportedControlPlane control,
    IReadOnlyList<ImportedDataPlane> dataPlanes,
    IReadOnlyDictionary<string, string> contexts
)
{
    private const string NoEndpoint = "dns:///flyte.example.com:443";

    private static readonly string[] ControlPlaneNames = ["controlplane", "control-plane", "flyte-control-plane"];

    private ImportedLabels? _labels;

    /// <summary>The fleet of an import that has read the control plane and its data planes.</summary>
    /// <param name="state">The import.</param>
    /// <exception cref="InvalidOperationException">It has not.</exception>
    public static ImportedFleet Of(ImportState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state is not { Control: { } control, DataPlanes: { } planes })
            throw new InvalidOperationException("The control plane was not read: ReadControlPlane did not run. Run without --exclusive.");
        return new ImportedFleet(state.Request, control, planes, state.Contexts.ToDictionary(one => one.Key, one => one.Value.Server, StringComparer.Ordinal));
    }

    /// <summary>What is imported.</summary>
    public ImportRequest Request => request;

    /// <summary>The control plane.</summary>
    public ImportedControlPlane Control => control;

    /// <summary>The entry of the control plane's own cluster, where it gets executions; null where there is none.</summary>
    public ClusterEntry? InCluster { get; } =
        control.Clusters.Clusters.FirstOrDefault(entry => entry is { InCluster: true, Enabled: true } && IsName(entry.Name));

    /// <summary>The control plane's name.</summary>
    public string ControlPlaneName => InCluster?.Name ?? ControlPlaneNames.First(name => control.Clusters.Clusters.All(entry => entry.Name != name));

    /// <summary>The data planes that a fleet can name: each name once.</summary>
    public IReadOnlyList<ImportedDataPlane> DataPlanes { get; } =
    [.. dataPlanes.Where(plane => IsName(plane.Entry.Name)).DistinctBy(plane => plane.Entry.Name, StringComparer.Ordinal)];

    /// <summary>The data planes that a fleet cannot name.</summary>
    public IReadOnlyList<ImportedDataPlane> Unnamed => [.. dataPlanes.Except(DataPlanes)];

    /// <summary>The labels.</summary>
    public ImportedLabels Labels => _labels ??= new ImportedLabels(control.Clusters, Enabled());

    /// <summary>What all planes share.</summary>
    public FlyteSettings Flyte
    {
        get
        {
            var (endpoint, insecure) = MostCommon(
                plane => Text(plane, "configmap", "admin", "admin", "endpoint"),
                plane => Text(plane, "configmap", "admin", "admin", "insecure")
            );
            return new FlyteSettings
            {
                Namespace = request.Namespace,
                Endpoint = Address(endpoint) ?? NoEndpoint,
                Insecure = insecure == "true",
                Catalog = Catalog(),
            };
        }
    }

    /// <summary>What is to be said of <see cref="FlyteSettings.Endpoint"/>; null for nothing.</summary>
    public string? EndpointDoubt
    {
        get
        {
            string[] found =
            [
                .. DataPlanes.Select(plane => Text(plane, "configmap", "admin", "admin", "endpoint")).OfType<string>().Distinct(StringComparer.Ordinal),
            ];
            return found.Length == 0 ? "no data plane says it: write flyteadmin's gRPC address as the data planes reach it"
                : found.Length > 1 ? $"the data planes have several: {string.Join(", ", found)}"
                : Address(found[0]) is not { } address ? $"the data planes have {found[0]}, which is no gRPC address"
                : address != found[0] ? $"the data planes have {found[0]}, which Flyte cannot parse"
                : null;
        }
    }

    /// <summary>Whether a data plane is to get executions: <c>enabled</c>, also where it stands under <c>auth</c>.</summary>
    /// <param name="entry">Its entry in clusterConfigs.</param>
    public bool IsEnabled(ClusterEntry entry) => entry.Enabled || IsEnabledUnderAuth(entry);

    /// <summary>Whether an entry has <c>enabled: true</c> under <c>auth</c>, where flyteadmin does not read it.</summary>
    /// <param name="entry">The entry in clusterConfigs.</param>
    public bool IsEnabledUnderAuth(ClusterEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Raw(entry) is { } raw && raw["enabled"] is null && raw["auth"]?["enabled"] is JsonValue value && value.ToString() == "true";
    }

    /// <summary>A data plane's kubeconfig context; where none was found, a name that no context has.</summary>
    /// <param name="plane">The data plane.</param>
    public string ContextOf(ImportedDataPlane plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        if (plane.Found is { } found)
            return found.Name;
        var name = plane.Entry.Name;
        while (contexts.ContainsKey(name))
            name += "-context";
        return name;
    }

    /// <summary>A data plane's API server as flyteadmin is to reach it; null to take the kubeconfig's.</summary>
    /// <param name="plane">The data plane.</param>
    public string? EndpointOf(ImportedDataPlane plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        var written = plane.Found is { IsEndpointWrong: true } found ? contexts[found.Name] : plane.Entry.Endpoint;
        return new[] { written, $"https://{written}" }.FirstOrDefault(address => !string.IsNullOrEmpty(written) && FleetEndpoints.ApiServer(address!) is null);
    }

    private Dictionary<string, bool> Enabled()
    {
        var enabled = DataPlanes.ToDictionary(plane => plane.Entry.Name, plane => IsEnabled(plane.Entry), StringComparer.Ordinal);
        if (InCluster is { } own)
            enabled[own.Name] = true;
        return enabled;
    }

    private JsonObject? Raw(ClusterEntry entry) =>
        (control.Section["clusterConfigs"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(raw => raw["name"]?.ToString() == entry.Name);

    private CatalogSettings? Catalog()
    {
        var (endpoint, insecure) = MostCommon(
            plane =>
                (plane.Release?.Config ?? plane.Addresses) is { } values
                    ? FlyteReleases.At(values, "configmap", "catalog", "catalog-cache", "endpoint")?.ToString()
                    : null,
            plane => Text(plane, "configmap", "catalog", "catalog-cache", "insecure")
        );
        return endpoint is not null && FleetEndpoints.Catalog(endpoint) is null ? new CatalogSettings(endpoint, insecure == "true") : null;
    }

    private (string? Value, string? Beside) MostCommon(Func<ImportedDataPlane, string?> value, Func<ImportedDataPlane, string?> beside) =>
        DataPlanes
            .Select(plane => (value(plane), beside(plane)))
            .Where(found => !string.IsNullOrEmpty(found.Item1))
            .GroupBy(found => found)
            .OrderByDescending(group => group.Count())
            .Select(group => group.Key)
            .FirstOrDefault();

    private static string? Text(ImportedDataPlane plane, params string[] path) =>
        plane.Release is { } release ? FlyteReleases.Text(release, path)
        : plane.Addresses is { } values ? FlyteReleases.At(values, path)?.ToString()
        : null;

    // A bare IP address with a port does not parse, and http is no scheme of gRPC.
    private static string? Address(string? written)
    {
        if (string.IsNullOrEmpty(written))
            return null;
        var host = written[(written.LastIndexOf('/') + 1)..];
        return new[] { written, $"dns:///{host}" }.FirstOrDefault(address => FleetEndpoints.Admin(address) is null);
    }

    private static bool IsName(string name) => name.Length <= FleetNames.MaximumClusterName && FleetNames.HasPlainEnds(name) && FleetNames.IsSecretKey(name);
}
