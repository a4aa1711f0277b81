using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>
/// What is in the way of a helm upgrade: objects that are not the release's, which helm refuses, and fields that others own, which helm 4's
/// server-side apply refuses unless it takes them over. Only looks.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="release">The release's name.</param>
/// <param name="helm">The helm that would upgrade it.</param>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="options">The options.</param>
public sealed class ReleaseConflicts(FleetRun run, ClusterRun cluster, string release, HelmTools helm, IHelmValues values, RunOptions options)
{
    // helm's own name as a field manager, and the marks of its objects (pkg/action/validate.go).
    private const string Manager = "helm";
    private const string ManagedBy = "app.kubernetes.io/managed-by";
    private const string ReleaseName = "meta.helm.sh/release-name";
    private const string ReleaseNamespace = "meta.helm.sh/release-namespace";

    private string Namespace => run.Namespace;

    /// <summary>Which of these objects are in the cluster, each with what is there.</summary>
    /// <param name="rendered">The objects that the release would get.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<(JsonObject Rendered, JsonObject Live)>> ExistingAsync(
        IReadOnlyList<JsonObject> rendered,
        CancellationToken cancellationToken
    )
    {
        var hasNamespace = await cluster.Api.GetAsync($"/api/v1/namespaces/{Namespace}", cancellationToken) is not null;
        var read = await Task.WhenAll(
            rendered
                .Select(wanted => (Rendered: wanted, Path: KubernetesPaths.Of(wanted, Namespace)))
                .Where(one => hasNamespace || !one.Path.Contains($"/namespaces/{Namespace}/", StringComparison.Ordinal))
                .Select(async one => (one.Rendered, Live: await cluster.Api.GetAsync(one.Path, cancellationToken)))
        );
        return [.. read.Where(one => one.Live is not null).Select(one => (one.Rendered, one.Live!))];
    }

    /// <summary>Finds what is in the way of an upgrade.</summary>
    /// <param name="live">The newest revision; null when there is none.</param>
    /// <param name="existing">The objects of the new manifest that are there.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">The live manifest is not YAML.</exception>
    public async Task<FoundConflicts> FindAsync(
        HelmRelease? live,
        IReadOnlyList<(JsonObject Rendered, JsonObject Live)> existing,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(existing);
        var current = live is null ? null : ManifestObjects.Parse((live.Deployed ?? live).Manifest, values).ToLookup(Id);
        var foreign = existing.Where(one => current?[Id(one.Rendered)].Any() != true && WhyForeign(one.Live) is not null).ToArray();
        var problems = foreign.Length == 0 ? [] : new[] { Foreign(foreign) };
        if (!helm.IsServerSide || live is { IsServerSideApplied: false })
            return new FoundConflicts(problems, []);
        var conflicts = await Task.WhenAll(
            existing
                .Except(foreign)
                .Where(one => ManagedFields.AreOfOthers(one.Live, one.Rendered))
                .Select(async one => (one.Rendered, Fields: await ConflictsAsync(one.Rendered, cancellationToken)))
        );
        var all = conflicts
            .SelectMany(one =>
                one.Fields.Select(field =>
                    (Text: $"{Name(one.Rendered)} {field.Field} ({field.Manager})", IsSetByChart: IsSetByChart(one.Rendered, field.Field))
                )
            )
            .ToArray();
        string[] others = [.. all.Where(field => !field.IsSetByChart).Select(field => field.Text)];
        if (others.Length > 0 && !options.ForceConflicts)
            problems = [.. problems, NotTheCharts(others)];
        return new FoundConflicts(problems, [.. all.Select(field => field.Text)]);

        bool IsSetByChart(JsonObject wanted, string field) => current?[Id(wanted)].Any(manifest => ManagedFields.Sets(manifest, field)) == true;
    }

    private Task<IReadOnlyList<FieldConflict>> ConflictsAsync(JsonObject wanted, CancellationToken cancellationToken) =>
        cluster.Api.ConflictsAsync(KubernetesPaths.Of(wanted, Namespace), Marked(wanted), Manager, cancellationToken);

    private Problem Foreign(IReadOnlyList<(JsonObject Rendered, JsonObject Live)> foreign) =>
        new(
            cluster.Name,
            $"helm would refuse release {release}, because objects of the chart already exist and do not belong to it: "
                + string.Join(", ", foreign.Select(one => $"{Name(one.Rendered)} ({WhyForeign(one.Live)})"))
                + ".",
            "Delete them, or uninstall the release that has them; or hand them over by giving each "
                + $"the label {ManagedBy}=Helm and the annotations {ReleaseName}={release} and {ReleaseNamespace}={Namespace}."
        );

    private Problem NotTheCharts(IReadOnlyList<string> others) =>
        new(
            cluster.Name,
            $"The upgrade of release {release} would set fields that others have set and that the live release does not set: {string.Join(", ", others)}.",
            "Remove them from the values, or give --force-conflicts to let helm take them over."
        );

    // In helm's words: existingResourceConflict.
    private string? WhyForeign(JsonObject live)
    {
        var metadata = live["metadata"];
        if ((string?)metadata?["labels"]?[ManagedBy] != "Helm" || (string?)metadata["annotations"]?[ReleaseName] is not { Length: > 0 } owner)
            return "not created by Helm";
        var ns = (string?)metadata["annotations"]?[ReleaseNamespace];
        return owner == release && ns == Namespace ? null : $"of release {owner} in namespace {ns}";
    }

    private JsonObject Marked(JsonObject manifest)
    {
        var marked = (JsonObject)manifest.DeepClone();
        var metadata = Section(marked, "metadata");
        Section(metadata, "labels")[ManagedBy] = "Helm";
        var annotations = Section(metadata, "annotations");
        (annotations[ReleaseName], annotations[ReleaseNamespace]) = (release, Namespace);
        return marked;
    }

    private static JsonObject Section(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject section)
            parent[name] = section = [];
        return section;
    }

    private (string? Version, string? Kind, string? Namespace, string? Name) Id(JsonObject manifest) =>
        (
            (string?)manifest["apiVersion"],
            (string?)manifest["kind"],
            (string?)manifest["metadata"]?["namespace"] ?? Namespace,
            (string?)manifest["metadata"]?["name"]
        );

    private static string Name(JsonObject manifest) => $"{(string?)manifest["kind"]} {(string?)manifest["metadata"]?["name"]}";
}

/// <summary>What is in the way of an upgrade.</summary>
/// <param name="Problems">What refuses it.</param>
/// <param name="Fields">The fields that helm takes over from others, in words: <c>Deployment flyteadmin .spec.replicas (kubectl)</c>.</param>
public sealed record FoundConflicts(IReadOnlyList<Problem> Problems, IReadOnlyList<string> Fields);
