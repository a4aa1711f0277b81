using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Checks the rendered overlays before any write: each holds its own plane, and nothing of the other.</summary>
/// <param name="run">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
internal sealed class OverlayCheck(FleetRun run, IHelmValues values, RenderedOverlays overlays)
{
    private static readonly string[] OfControlPlane =
    [
        "flyteadmin",
        "admin-",
        "flyteconsole",
        "console",
        "datacatalog",
        "syncresources",
        "clusterresource",
        "flytescheduler",
        "scheduler",
        "postgres",
    ];

    private static readonly string[] OfDataPlane = ["flytepropeller", "propeller", "flyte-pod-webhook", "pod-webhook"];

    // An account and its rights are in both planes: flyteadmin logs in to data planes as flyteadmin.
    private static readonly string[] Kinds = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Service", "ConfigMap", "Ingress"];

    /// <summary>Refuses overlays that are not what they should be.</summary>
    /// <exception cref="RefusedException">Some are not.</exception>
    public async Task RefuseProblemsAsync()
    {
        var folders = run.Active.Select(plane => RenderedOverlays.Folder(run, plane)).Distinct(StringComparer.Ordinal).ToArray();
        var control = run.Fleet.Flyte.Overlays!.ControlPlane;
        var found = await Task.WhenAll(folders.Select(folder => LookAsync(folder, OfDataPlaneOverlay)).Append(LookAsync(control, OfControlPlaneOverlay)));
        Problem[] problems = [.. found.SelectMany(problem => problem)];
        if (problems.Length > 0)
            throw new RefusedException(problems);
    }

    private async Task<IReadOnlyList<Problem>> LookAsync(string folder, Func<Overlay, IEnumerable<Problem>> look)
    {
        try
        {
            return [.. look(await overlays.OfAsync(folder))];
        }
        catch (Exception exception) when (exception is KubectlException or FormatException)
        {
            return [new Problem(folder, exception.Message, $"kubectl kustomize {folder} shows it; correct the overlay there.")];
        }
    }

    private IEnumerable<Problem> OfDataPlaneOverlay(Overlay overlay)
    {
        foreach (var stranger in overlay.Objects.Where(found => IsOf(found, OfControlPlane)))
            yield return new Problem(
                overlay.Folder,
                $"{Named(stranger)} belongs to the control plane and would be applied to data planes.",
                "Remove it from the data plane's kustomization."
            );
        if (!overlay.Objects.Any(found => Is(found, "Deployment", "flytepropeller")))
            yield return new Problem(
                overlay.Folder,
                $"It holds no Deployment flytepropeller in namespace {run.Namespace}.",
                "Name the data plane's overlay; without flytepropeller nothing runs the workflows."
            );
        if (!overlay.Objects.Any(found => Is(found, "ServiceAccount", "flyteadmin")))
            yield return new Problem(
                overlay.Folder,
                $"It holds no ServiceAccount flyteadmin in namespace {run.Namespace}.",
                "Keep flyteadmin's ServiceAccount, ClusterRole and ClusterRoleBinding in the data plane's overlay: its token is what flyteadmin logs in with."
            );
    }

    private IEnumerable<Problem> OfControlPlaneOverlay(Overlay overlay)
    {
        if (!run.Fleet.ControlPlane.RunsWorkflows)
        {
            foreach (var stranger in overlay.Objects.Where(found => IsOf(found, OfDataPlane)))
                yield return new Problem(
                    overlay.Folder,
                    $"{Named(stranger)} belongs to a data plane and would be applied to the control plane.",
                    "Remove it from the control plane's kustomization, or write controlPlane.runsWorkflows: true."
                );
        }
        else if (!overlay.Objects.Any(found => Is(found, "Deployment", "flytepropeller")))
        {
            yield return new Problem(
                overlay.Folder,
                $"The control plane runs workflows, and it holds no Deployment flytepropeller in namespace {run.Namespace}.",
                "Add flytepropeller and what it needs to the control plane's kustomization, or remove controlPlane.runsWorkflows."
            );
        }

        foreach (
            var secret in overlay.Objects.Where(found =>
                (string?)found["kind"] == "Secret" && (string?)found["metadata"]?["name"] is CredentialsSecret.Name or "cluster_credentials"
            )
        )
            yield return new Problem(
                overlay.Folder,
                $"{Named(secret)} is written by this program, from the live tokens.",
                "Remove secrets.yaml from the control plane's kustomization; tokens do not belong in files."
            );
        if (!overlay.Objects.Any(found => Is(found, "Deployment", "flyteadmin")))
            yield return new Problem(overlay.Folder, $"It holds no Deployment flyteadmin in namespace {run.Namespace}.", "Name the control plane's overlay.");
        else if (ControlPlaneOverlay.Sites(overlay.Objects, values).Count == 0)
            yield return new Problem(
                overlay.Folder,
                "No ConfigMap that Deployment flyteadmin mounts has a 'clusters' section.",
                "Add one to flyteadmin's ConfigMap, empty: clusters.yaml with 'clusters: {}'. The fleet's clusters are patched in there."
            );
    }

    private bool Is(JsonObject manifest, string kind, string name) =>
        (string?)manifest["kind"] == kind
        && (string?)manifest["metadata"]?["name"] == name
        && ((string?)manifest["metadata"]?["namespace"] ?? run.Namespace) == run.Namespace;

    private static bool IsOf(JsonObject manifest, string[] names)
    {
        var kind = (string?)manifest["kind"] ?? string.Empty;
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
            return false;
        var name = (string?)manifest["metadata"]?["name"] ?? string.Empty;
        var plain = name.StartsWith("flyte-", StringComparison.Ordinal) ? name["flyte-".Length..] : name;
        return names.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal) || plain.StartsWith(prefix, StringComparison.Ordinal))
            || Images(manifest).Any(image => names.Any(prefix => image.StartsWith(prefix, StringComparison.Ordinal)))
            || (kind == "Ingress" && names.Any(prefix => manifest["spec"]?.ToJsonString().Contains($"\"{prefix}\"", StringComparison.Ordinal) == true));
    }

    // The last part of each image, without its tag: a prefix may have changed the objects' names.
    private static IEnumerable<string> Images(JsonObject manifest) =>
        PodTemplates.Containers(manifest).Select(container => ((string?)container["image"] ?? string.Empty).Split('/')[^1].Split(':')[0]);

    private static string Named(JsonObject manifest) => $"{(string?)manifest["kind"]} {(string?)manifest["metadata"]?["name"]}";
}
