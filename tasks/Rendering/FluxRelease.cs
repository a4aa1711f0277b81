using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>A cluster's Flux objects: the chart's source, the values in a ConfigMap, and the <c>HelmRelease</c>.</summary>
/// <param name="chart">The fleet's chart.</param>
/// <param name="values">Writes YAML.</param>
internal sealed class FluxRelease(ChartReference chart, IHelmValues values)
{
    private const string Oci = "oci://";
    private const string SourceGroup = "source.toolkit.fluxcd.io/v1";
    private const string SourceName = "flyte";
    private const string Interval = "10m";

    /// <summary>The file's name in a cluster's folder.</summary>
    public const string FileName = "helmrelease.yaml";

    /// <summary>The name of the Secret that holds the values which look like credentials, below <c>values.yaml</c>.</summary>
    /// <param name="cluster">The cluster.</param>
    public static string CredentialValues(RenderedCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return $"{cluster.Release}-credential-values";
    }

    /// <summary>The file's text.</summary>
    /// <param name="cluster">The cluster.</param>
    public string Text(RenderedCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var text = new StringBuilder(
            """
            # For the Flux of the cluster itself. For a Flux elsewhere add spec.kubeConfig to the HelmRelease.
            # prune: disabled, and no remediation: the FlyteWorkflow CRD is one of the chart's templates, and an uninstall or a rollback over it
            # deletes all workflow objects of the cluster.

            """
        );
        if (chart.Repository is null)
            text.Append($"# The chart is a local one ({chart.Name}): write the GitRepository and the path that it is in.\n");
        foreach (var one in Of(cluster))
            text.Append("---\n").Append(values.Write(one));
        return text.ToString();
    }

    /// <summary>The objects, in order.</summary>
    /// <param name="cluster">The cluster.</param>
    public IReadOnlyList<JsonObject> Of(RenderedCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return [.. new[] { Source(cluster.Namespace), Values(cluster), Release(cluster) }.OfType<JsonObject>()];
    }

    private bool IsOci => chart.Repository?.StartsWith(Oci, StringComparison.OrdinalIgnoreCase) == true;

    private JsonObject? Source(string ns) =>
        chart.Repository is not { } repository ? null
        : IsOci
            ? Object(
                SourceGroup,
                "OCIRepository",
                SourceName,
                ns,
                new JsonObject
                {
                    ["interval"] = Interval,
                    ["url"] = $"{repository.TrimEnd('/')}/{chart.Name}",
                    ["ref"] = new JsonObject { ["tag"] = chart.Version },
                    ["layerSelector"] = new JsonObject { ["mediaType"] = "application/vnd.cncf.helm.chart.content.v1.tar+gzip", ["operation"] = "copy" },
                }
            )
        : Object(SourceGroup, "HelmRepository", SourceName, ns, new JsonObject { ["interval"] = Interval, ["url"] = repository });

    // As text: a null of the values is lost from spec.values where somebody applies it on the client's side.
    private JsonObject Values(RenderedCluster cluster)
    {
        var map = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{cluster.Release}-values",
                ["namespace"] = cluster.Namespace,
                ["labels"] = new JsonObject { ["reconcile.fluxcd.io/watch"] = "Enabled" },
            },
            ["data"] = new JsonObject { ["values.yaml"] = values.Write(cluster.Values) },
        };
        return map;
    }

    private JsonObject Release(RenderedCluster cluster)
    {
        var spec = new JsonObject { ["interval"] = Interval };
        if (IsOci)
            spec["chartRef"] = new JsonObject { ["kind"] = "OCIRepository", ["name"] = SourceName };
        else
            spec["chart"] = new JsonObject { ["spec"] = Chart() };
        spec["releaseName"] = cluster.Release;
        spec["targetNamespace"] = cluster.Namespace;
        spec["storageNamespace"] = cluster.Namespace;
        spec["install"] = Action();
        spec["upgrade"] = Action();
        spec["valuesFrom"] = From(cluster);
        var release = Object("helm.toolkit.fluxcd.io/v2", "HelmRelease", cluster.Release, cluster.Namespace, spec);
        release["metadata"]!["annotations"] = new JsonObject { ["kustomize.toolkit.fluxcd.io/prune"] = "disabled" };
        return release;
    }

    private JsonObject Chart() =>
        chart.Repository is null
            ? new JsonObject
            {
                ["chart"] = ExternalSecrets.Placeholder,
                ["sourceRef"] = new JsonObject { ["kind"] = "GitRepository", ["name"] = ExternalSecrets.Placeholder },
            }
            : new JsonObject
            {
                ["chart"] = chart.Name,
                ["version"] = chart.Version,
                ["sourceRef"] = new JsonObject { ["kind"] = "HelmRepository", ["name"] = SourceName },
            };

    // The chart has no folder crds; its one CRD is a template, which every upgrade applies.
    private static JsonObject Action() =>
        new()
        {
            ["crds"] = "Skip",
            ["remediation"] = new JsonObject { ["retries"] = 0 },
        };

    private static JsonArray From(RenderedCluster cluster)
    {
        var from = new JsonArray(new JsonObject { ["kind"] = "ConfigMap", ["name"] = $"{cluster.Release}-values" });
        if (cluster.LeftOut.Count > 0)
            from.Add(new JsonObject { ["kind"] = "Secret", ["name"] = CredentialValues(cluster) });
        return from;
    }

    private static JsonObject Object(string apiVersion, string kind, string name, string ns, JsonObject spec) =>
        new()
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
            ["spec"] = spec,
        };
}
