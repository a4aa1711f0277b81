using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of the kustomize form: <c>flyte.install</c>, the overlays, and what belongs to Helm alone.</summary>
internal sealed class OverlayRules(ValuesFiles files, FleetProblems problems)
{
    private const string Kustomize = "kustomize";
    private const string Remedy = "Write overlays: {dataPlane: ./overlays/dataplane, controlPlane: ./overlays/controlplane}.";

    private static readonly string[] OfHelm = ["chart", "values", "release"];

    /// <summary>The overlays; null where Helm installs. What is wrong is noted.</summary>
    public OverlayFolders? Read(FleetMap flyte)
    {
        var install = flyte.Text("install");
        if (install is not (null or "helm" or Kustomize))
        {
            problems.Add(flyte.Get("install")!, $"flyte.install cannot be '{FleetValue.Format(install)}'.", "Write helm or kustomize.");
        }

        if (install != Kustomize)
        {
            if (flyte.Get("overlays") is { } unused)
            {
                problems.Add(
                    unused,
                    "Overlays are for kustomize, but the fleet installs with Helm.",
                    "Add 'install: kustomize' to flyte, or remove 'overlays'."
                );
            }

            return null;
        }

        RefuseHelm(flyte, isKustomize: true, problems);
        if (flyte.Require("overlays", Remedy) is not { } node || FleetMap.Open(node, "flyte.overlays", FleetKeys.Overlays, problems) is not { } overlays)
        {
            return new OverlayFolders("", "");
        }

        return new OverlayFolders(Required(overlays, "dataPlane"), Required(overlays, "controlPlane"));
    }

    /// <summary>A data plane's own overlay; null for none.</summary>
    public string? DataPlaneOverlay(FleetMap plane, bool isKustomize)
    {
        if (plane.Text("overlay") is not { } written)
        {
            return null;
        }

        if (!isKustomize)
        {
            problems.Add(
                plane.Get("overlay")!,
                "An overlay is for kustomize, but the fleet installs with Helm.",
                "Add 'install: kustomize' to flyte, or remove 'overlay'."
            );
            return null;
        }

        return Folder(plane.Get("overlay")!, written);
    }

    /// <summary>Notes the keys of Helm that mean nothing to kustomize.</summary>
    public static void RefuseHelm(FleetMap map, bool isKustomize, FleetProblems problems)
    {
        foreach (var key in isKustomize ? OfHelm : [])
        {
            if (map.Get(key) is { } node)
            {
                problems.Add(node, $"'{key}' is for Helm, but the fleet installs with kustomize.", $"Remove '{key}'; what it sets belongs in the overlay.");
            }
        }
    }

    private string Required(FleetMap overlays, string key) => overlays.RequiredText(key, Remedy) is { } written ? Folder(overlays.Get(key)!, written) : "";

    private string Folder(SourceNode node, string written)
    {
        var folder = files.Absolute(written);
        if (!OverlayFolders.IsOverlay(folder))
        {
            problems.Add(
                node,
                $"The overlay '{FleetValue.Format(written)}' holds no kustomization.yaml.",
                $"Name its folder, relative to the fleet file; looked for {folder}"
            );
        }

        return folder;
    }
}
