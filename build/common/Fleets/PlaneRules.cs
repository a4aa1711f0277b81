using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The rules of <c>controlPlane</c> and <c>dataPlanes</c>.</summary>
/// <param name="files">Resolves and checks files.</param>
/// <param name="cloud">The rules of the clusters in the cloud.</param>
/// <param name="isKustomize">Whether overlays are installed: then charts, values and releases mean nothing.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class PlaneRules(ValuesFiles files, CloudRules cloud, bool isKustomize, FleetProblems problems)
{
    private const string ContextRemedy = "Write the cluster's kubeconfig context ('kubectl config get-contexts' lists them).";
    private const string NameRemedy = "Write the name it has in flyteadmin's clusterConfigs.";

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _contexts = new(StringComparer.Ordinal);

    /// <summary>Reads the control plane.</summary>
    public ControlPlane ControlPlane(FleetMap root)
    {
        var node = root.Require("controlPlane", "Add it: controlPlane: {context: CONTEXT}.");
        if (node is null || FleetMap.Open(node, "controlPlane", FleetKeys.ControlPlane, problems) is not { } map)
        {
            return new ControlPlane { Context = "" };
        }

        OverlayRules.RefuseHelm(map, isKustomize, problems);
        var plane = new ControlPlane
        {
            Name = map.Text("name") ?? "controlplane",
            Context = map.RequiredText("context", ContextRemedy) ?? "",
            Release = Release(map) ?? "flyte-core",
            Values = files.Read(map),
            RunsWorkflows = map.Flag("runsWorkflows", otherwise: false),
            Cluster = cloud.Cluster(map),
        };
        if (map.Get("name") is { } name)
        {
            Name(name, plane.Name);
        }

        _names[plane.Name] = "the control plane";
        if (plane.Context.Length > 0)
        {
            _contexts[plane.Context] = "the control plane";
        }

        return plane;
    }

    /// <summary>Reads the data planes.</summary>
    public IReadOnlyList<DataPlane> DataPlanes(FleetMap root, ControlPlane controlPlane)
    {
        const string Remedy = "Add one: dataPlanes: [{name: dataplane_1, context: CONTEXT}].";
        if (root.Require("dataPlanes", Remedy) is not { } node)
        {
            return [];
        }

        var items = FleetValue.List(node, "'dataPlanes'", problems);
        if (items.Count == 0 && node.Kind == SourceKind.Sequence)
        {
            problems.Add(node, "There is no data plane.", Remedy);
        }

        var planes = new List<DataPlane>();
        foreach (var item in items)
        {
            if (FleetMap.Open(item, "A data plane", FleetKeys.DataPlane, problems) is { } map)
            {
                planes.Add(DataPlane(map, controlPlane));
            }
        }

        return planes;
    }

    private DataPlane DataPlane(FleetMap map, ControlPlane controlPlane)
    {
        OverlayRules.RefuseHelm(map, isKustomize, problems);
        var plane = new DataPlane
        {
            Name = map.RequiredText("name", NameRemedy) ?? "",
            Context = map.RequiredText("context", ContextRemedy) ?? "",
            Enabled = map.Flag("enabled", otherwise: true),
            Endpoint = map.Text("endpoint"),
            Release = Release(map) ?? "flyte-core-data",
            Overlay = new OverlayRules(files, problems).DataPlaneOverlay(map, isKustomize),
            Values = files.Read(map),
            Cluster = cloud.Cluster(map),
        };
        if (plane.Name.Length > 0)
        {
            UniqueName(map.Get("name")!, plane, controlPlane);
        }

        if (plane.Context.Length > 0 && !_contexts.TryAdd(plane.Context, $"data plane '{FleetValue.Format(plane.Name)}'"))
        {
            problems.Add(
                map.Get("context")!,
                $"The context '{FleetValue.Format(plane.Context)}' is already used by {_contexts[plane.Context]}.",
                "One cluster is one plane: write the context of another cluster."
            );
        }

        if (plane.Endpoint is not null && FleetEndpoints.ApiServer(plane.Endpoint) is { } problem)
        {
            problems.Add(map.Get("endpoint")!, problem.What, problem.Remedy);
        }

        return plane;
    }

    private void UniqueName(SourceNode node, DataPlane plane, ControlPlane controlPlane)
    {
        var shown = FleetValue.Format(plane.Name);
        if (!_names.TryAdd(plane.Name, "another data plane"))
        {
            var isControlPlane = string.Equals(plane.Name, controlPlane.Name, StringComparison.Ordinal);
            problems.Add(
                node,
                $"The name '{shown}' is already used by {_names[plane.Name]}.",
                isControlPlane ? "Rename it, or give controlPlane.name another value." : "Give every data plane a name of its own."
            );
        }
        else if (Name(node, plane.Name))
        {
            if (!FleetNames.IsDnsSubdomain(plane.TokenSecret))
            {
                problems.Add(
                    node,
                    $"The name '{shown}' does not make a valid Secret name: '{FleetValue.Format(plane.TokenSecret)}'.",
                    "Put letters or digits on both sides of every dot."
                );
            }
            else if (!_secrets.TryAdd(plane.TokenSecret, plane.Name))
            {
                problems.Add(
                    node,
                    $"The names '{shown}' and '{_secrets[plane.TokenSecret]}' make the same Secret name, '{plane.TokenSecret}'.",
                    "Rename one: they differ only in case, '_' and '-'."
                );
            }
        }
    }

    private bool Name(SourceNode node, string name)
    {
        var shown = FleetValue.Format(name);
        if (!FleetNames.IsSecretKey(name))
        {
            problems.Add(node, $"The name '{shown}' does not make a valid Secret key.", "Use only letters, digits, '-', '_' and '.'.");
            return false;
        }

        if (!FleetNames.HasPlainEnds(name))
        {
            problems.Add(
                node,
                $"The name '{shown}' does not begin and end with a letter or a digit.",
                "Begin and end it with a letter or digit: it becomes part of an annotation key."
            );
            return false;
        }

        if (name.Length > FleetNames.MaximumClusterName)
        {
            problems.Add(node, $"The name '{shown}' has {name.Length} characters.", $"Write at most {FleetNames.MaximumClusterName}.");
            return false;
        }

        return true;
    }

    private string? Release(FleetMap map)
    {
        var release = map.Text("release");
        if (release is not null && !FleetNames.IsRelease(release))
        {
            problems.Add(
                map.Get("release")!,
                $"'{FleetValue.Format(release)}' is not a Helm release name.",
                $"Write lower-case letters, digits, '-' and '.', at most {FleetNames.MaximumRelease}, with a letter or digit at both ends."
            );
        }

        return release;
    }
}
