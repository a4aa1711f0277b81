using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Git;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>The files of a rendered fleet. The same fleet and the same live state give the same bytes.</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="flavor">Whose objects are among them.</param>
/// <param name="values">Writes YAML.</param>
internal sealed class RenderedFiles(Fleet fleet, RenderFlavor flavor, IHelmValues values)
{
    /// <summary>The files by their paths, with <c>/</c>.</summary>
    /// <param name="clusters">The clusters, the control plane first.</param>
    /// <param name="commit">The Git commit that the fleet came from; null for none.</param>
    public IReadOnlyDictionary<string, string> Of(IReadOnlyList<RenderedCluster> clusters, SourceTree? commit)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var cluster in clusters)
        {
            foreach (var (name, content) in cluster.Files)
                files[$"{cluster.Folder}/values/{name}"] = values.Write(content);
            files[$"{cluster.Folder}/values.yaml"] = Values(cluster);
            files[$"{cluster.Folder}/manifests.yaml"] = Manifests(cluster);
            if (cluster.Secrets.Count > 0)
                files[$"{cluster.Folder}/{ExternalSecrets.FileName}"] = new ExternalSecrets(values).Text(cluster.Secrets);
            if (flavor == RenderFlavor.ArgoCd)
                files[$"{cluster.Folder}/{ArgoApplication.FileName}"] = new ArgoApplication(fleet.Flyte.Chart, values).Text(cluster);
            if (flavor == RenderFlavor.Flux)
                files[$"{cluster.Folder}/{FluxRelease.FileName}"] = new FluxRelease(fleet.Flyte.Chart, values).Text(cluster);
        }

        foreach (var (path, text) in LabelFiles.Of(fleet.ExecutionLabels))
            files[path] = text;
        files["README.md"] = Readme(commit);
        return files;
    }

    /// <summary>What the folder's index says of its origin.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="flavor">The flavor.</param>
    /// <param name="commit">The Git commit that the fleet came from; null for none.</param>
    public static JsonObject Head(Fleet fleet, RenderFlavor flavor, SourceTree? commit)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return new JsonObject
        {
            ["fleet"] = Path.GetFileName(fleet.Path),
            ["flavor"] = flavor.ToString().ToLowerInvariant(),
            ["commit"] = commit?.Commit,
            ["dirty"] = commit?.IsDirty,
        };
    }

    private string Readme(SourceTree? commit)
    {
        var text = new StringBuilder(
            $"""
            # Flyte, rendered

            Written by flyte-multicluster's target Render from {Path.GetFileName(fleet.Path)}{(commit is null ? string.Empty : $", {commit.Description}")}.
            Render again instead of editing: only {ExternalSecrets.FileName} may be edited, and stays so.

            | file | what |
            |---|---|
            | `clusters/NAME/values/` | the values files that helm gets, in this order |
            | `clusters/NAME/values.yaml` | the same in one file; its head lists what was left out, as it looks like a credential |
            | `clusters/NAME/manifests.yaml` | what the chart renders with them, without Secrets that hold something |
            | `clusters/NAME/{ExternalSecrets.FileName}` | skeletons for these Secrets |

            """
        );
        if (flavor == RenderFlavor.ArgoCd)
            text.Append($"| `clusters/NAME/{ArgoApplication.FileName}` | the Argo CD Application |\n");
        if (flavor == RenderFlavor.Flux)
            text.Append($"| `clusters/NAME/{FluxRelease.FileName}` | the Flux HelmRelease, its source and its values |\n");
        if (fleet.ExecutionLabels.Count > 0)
            text.Append($"| `{LabelFiles.Folder}/` | for `flytectl update execution-cluster-label --force --attrFile FILE` |\n");
        text.Append(
            """

            ## Order

            1. The data planes: sync their clusters.
            2. `AddDataPlane` of the fleet with `flyte.managedBy: gitops`: it stores the credentials and changes no release.
            3. `Render` again, commit, and sync the control plane: flyteadmin does not start with an entry whose credential is not stored.
            4. `AddDataPlane` again: labels and the smoke run.

            The release names must stay: they are in the selectors of the Deployments.

            """
        );
        Releases(text);
        return text.ToString();
    }

    private void Releases(StringBuilder text)
    {
        text.Append("\n| cluster | release | namespace |\n|---|---|---|\n");
        text.Append($"| {fleet.ControlPlane.Name} | {fleet.ControlPlane.Release} | {fleet.Flyte.Namespace} |\n");
        foreach (var plane in fleet.DataPlanes)
            text.Append($"| {plane.Name} | {plane.Release} | {fleet.Flyte.Namespace} |\n");
    }

    private string Values(RenderedCluster cluster)
    {
        var text = new StringBuilder("# All files of values/, merged as Helm merges them.\n");
        if (cluster.LeftOut.Count > 0)
        {
            text.Append("# Left out, as they look like credentials; without them the chart takes its defaults. Give them to ")
                .Append(
                    flavor == RenderFlavor.Flux
                        ? $"the HelmRelease in Secret\n# {FluxRelease.CredentialValues(cluster)}, below the key values.yaml:\n"
                        : "the release in a values file that is\n# in no Git repository, or turn off what they are for:\n"
                );
            foreach (var path in cluster.LeftOut)
                text.Append($"#   {path}\n");
        }

        return text.Append(values.Write(cluster.Values)).ToString();
    }

    private string Manifests(RenderedCluster cluster)
    {
        var text = new StringBuilder();
        if (cluster.Masked.Count > 0)
            text.Append($"# Not to be applied as they are, as values that look like credentials are masked in them: {string.Join(", ", cluster.Masked)}.\n");
        foreach (var one in cluster.Objects)
            text.Append("---\n").Append(values.Write(one));
        return text.ToString();
    }
}
