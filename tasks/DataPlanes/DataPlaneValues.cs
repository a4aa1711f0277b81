using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.DataPlanes;

/// <summary>A data plane's own values, the last ones that its <c>helm upgrade</c> gets.</summary>
public static class DataPlaneValues
{
    /// <summary>The values: where flyteadmin and datacatalog are, the cluster's name, and nothing that belongs to a control plane.</summary>
    /// <param name="flyte">What all clusters share.</param>
    /// <param name="plane">The data plane.</param>
    public static JsonObject Of(FlyteSettings flyte, DataPlane plane)
    {
        ArgumentNullException.ThrowIfNull(flyte);
        ArgumentNullException.ThrowIfNull(plane);
        var configmap = new JsonObject
        {
            ["admin"] = new JsonObject { ["admin"] = new JsonObject { ["endpoint"] = flyte.Endpoint, ["insecure"] = flyte.Insecure } },
        };
        if (flyte.Catalog is { } catalog)
            configmap["catalog"] = new JsonObject { ["catalog-cache"] = new JsonObject { ["endpoint"] = catalog.Endpoint, ["insecure"] = catalog.Insecure } };
        return new JsonObject
        {
            // flyteadmin rejects events whose cluster name is not the entry's.
            ["flytepropeller"] = new JsonObject { ["clusterName"] = plane.Name },
            ["configmap"] = configmap,
            // The chart would render two dangling Ingresses and a Secret with the database's password.
            ["common"] = new JsonObject
            {
                ["ingress"] = new JsonObject { ["enabled"] = false },
                ["databaseSecret"] = new JsonObject { ["name"] = string.Empty, ["secretManifest"] = null },
            },
        };
    }

    /// <summary>Writes the values file of a data plane, where it is not so yet.</summary>
    /// <returns>True when the file changed.</returns>
    public static bool Write(FlyteContext context, DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        plane.ValuesFile = Path.Combine(context.Run.Artifacts, $"values-dataplane-{plane.Name}.yaml");
        var text = $"# Written by WriteDataPlaneValues from {context.Run.Fleet.Path}; changes here are overwritten.\n" + context.Values.Write(Of(context.Run.Fleet.Flyte, plane.Wanted));
        return ArtifactFile.Write(plane.ValuesFile, text);
    }

    /// <summary>All values files of a data plane, in order: base, the chart's values-dataplane.yaml, the data plane's, ours.</summary>
    public static IReadOnlyList<string> Files(FlyteContext context, DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        if (plane.ValuesFile is null)
            Write(context, plane);
        return [.. context.Run.Fleet.Flyte.Values, context.Run.Chart.DataPlaneValues, .. plane.Wanted.Values, plane.ValuesFile!];
    }
}
