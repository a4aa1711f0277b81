using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of the section <c>flyte</c>.</summary>
/// <param name="files">Resolves and checks files.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class FlyteRules(ValuesFiles files, FleetProblems problems)
{
    private const string Program = "flyte-multicluster";
    private const string GitOps = "gitops";

    private const string ChartRemedy =
        "Write chart: {repository: https://flyteorg.github.io/flyte, name: flyte-core, version: v1.16.8}, or chart: {path: ./charts/flyte-core}.";

    /// <summary>Reads the section.</summary>
    public FlyteSettings Read(FleetMap root)
    {
        var node = root.Require("flyte", "Add it: the chart, and the endpoint of flyteadmin.");
        if (node is null || FleetMap.Open(node, "flyte", FleetKeys.Flyte, problems) is not { } flyte)
        {
            return new FlyteSettings { Endpoint = "" };
        }

        var endpoint = flyte.RequiredText("endpoint", "Write flyteadmin's gRPC address as data planes reach it: dns:///flyte.example.com:443.");
        Note(flyte, "endpoint", endpoint, FleetEndpoints.Admin);
        var overlays = new OverlayRules(files, problems).Read(flyte);
        return new FlyteSettings
        {
            Chart = overlays is null ? Chart(flyte) : new ChartReference(),
            Overlays = overlays,
            Namespace = Namespace(flyte),
            Endpoint = endpoint ?? "",
            Insecure = flyte.Flag("insecure", otherwise: false),
            Catalog = Catalog(flyte),
            Values = files.Read(flyte),
            IsGitOps = IsGitOps(flyte, overlays is not null),
        };
    }

    private bool IsGitOps(FleetMap flyte, bool isKustomize)
    {
        var manager = flyte.Text("managedBy");
        if (manager is not (null or Program or GitOps))
        {
            problems.Add(flyte.Get("managedBy")!, $"flyte.managedBy cannot be '{FleetValue.Format(manager)}'.", $"Write {Program} or {GitOps}.");
        }

        if (manager == GitOps && isKustomize)
        {
            problems.Add(
                flyte.Get("managedBy")!,
                "A fleet that installs with kustomize cannot be managed by GitOps yet.",
                "Install with helm, or remove 'managedBy'."
            );
        }

        return manager == GitOps;
    }

    private string Namespace(FleetMap flyte)
    {
        var name = flyte.Text("namespace");
        if (name is not null && !FleetNames.IsDnsLabel(name))
        {
            problems.Add(
                flyte.Get("namespace")!,
                $"'{FleetValue.Format(name)}' is not a namespace name.",
                "Write lower-case letters, digits and '-', at most 63, with a letter or digit at both ends."
            );
        }

        return name ?? "flyte";
    }

    private CatalogSettings? Catalog(FleetMap flyte)
    {
        if (flyte.Get("catalog") is not { } node || FleetMap.Open(node, "flyte.catalog", FleetKeys.Catalog, problems) is not { } catalog)
        {
            return null;
        }

        var endpoint = catalog.RequiredText("endpoint", "Write datacatalog's address as data planes reach it: host:port.");
        Note(catalog, "endpoint", endpoint, FleetEndpoints.Catalog);
        return new CatalogSettings(endpoint ?? "", catalog.Flag("insecure", otherwise: false));
    }

    private ChartReference Chart(FleetMap flyte)
    {
        if (flyte.Require("chart", ChartRemedy) is not { } node || FleetMap.Open(node, "flyte.chart", FleetKeys.Chart, problems) is not { } chart)
        {
            return new ChartReference();
        }

        var reference = new ChartReference
        {
            Repository = chart.Text("repository"),
            Name = chart.Text("name") ?? "flyte-core",
            Version = chart.Text("version"),
            Path = chart.Text("path") is { } path ? files.Absolute(path) : null,
        };
        Source(chart, reference);
        Version(chart, reference);
        Note(chart, "repository", reference.Repository, FleetEndpoints.Repository);
        if (!FleetNames.IsSecretKey(reference.Name) || !FleetNames.HasPlainEnds(reference.Name))
        {
            problems.Add(
                chart.Get("name")!,
                $"'{FleetValue.Format(reference.Name)}' is not a chart name.",
                "Write the chart's name in its repository: flyte-core."
            );
        }

        return reference;
    }

    private void Source(FleetMap chart, ChartReference reference)
    {
        var repository = chart.Get("repository");
        var path = chart.Get("path");
        if (repository is null && path is null)
        {
            problems.Add(chart.Node, "flyte.chart names neither a repository nor a path.", ChartRemedy);
        }
        else if (repository is not null && path is not null)
        {
            problems.Add(Later(repository, path), "flyte.chart names both a repository and a path.", "Keep one of the two.");
        }

        if (reference.Path is not { } full)
        {
            return;
        }

        var isFolder = Directory.Exists(full);
        if (isFolder && !File.Exists(Path.Combine(full, "Chart.yaml")))
        {
            problems.Add(path!, "The chart's folder holds no Chart.yaml.", $"Name the chart's own folder; this is {full}");
        }
        else if (!isFolder && !File.Exists(full))
        {
            problems.Add(path!, "There is no chart at the path.", $"Name a chart's folder or .tgz, relative to the fleet file; looked for {full}");
        }
        else if (!isFolder && !full.EndsWith(".tgz", StringComparison.Ordinal))
        {
            problems.Add(path!, "The chart's path is neither a folder nor a .tgz.", "Name a chart's folder or a packaged chart.");
        }
    }

    private void Version(FleetMap chart, ChartReference reference)
    {
        const string Remedy = "Write the exact version as in the repository's index: v1.16.8.";
        var node = chart.Get("version");
        if (node is not null && chart.Get("path") is not null && chart.Get("repository") is null)
        {
            problems.Add(node, "A chart given by path has its version in Chart.yaml.", "Remove 'version'.");
        }
        else if (node is null && chart.Get("repository") is not null)
        {
            problems.Add(chart.Node, "The chart's version is not pinned.", Remedy);
        }
        else if (reference.Version is { } version && !FleetNames.IsExactVersion(version))
        {
            problems.Add(node!, $"The chart's version '{FleetValue.Format(version)}' is not an exact version.", Remedy);
        }
    }

    private void Note(FleetMap map, string key, string? value, Func<string, EndpointProblem?> rule)
    {
        if (value is not null && rule(value) is { } problem)
        {
            problems.Add(map.Get(key)!, problem.What, problem.Remedy);
        }
    }

    private static SourceNode Later(SourceNode left, SourceNode right) => (left.Line, left.Column).CompareTo((right.Line, right.Column)) > 0 ? left : right;
}
