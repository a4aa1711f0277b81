using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Identities;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.DataPlanes;

/// <summary>A data plane's own values, the last ones that its <c>helm upgrade</c> gets.</summary>
public static class DataPlaneValues
{
    /// <summary>The values: where flyteadmin and datacatalog are, the cluster's name, and nothing that belongs to a control plane.</summary>
    /// <param name="flyte">What all clusters share.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="identities">Whom its service accounts are in the cloud; null for none.</param>
    public static JsonObject Of(FlyteSettings flyte, DataPlane plane, CloudIdentities? identities = null)
    {
        ArgumentNullException.ThrowIfNull(flyte);
        ArgumentNullException.ThrowIfNull(plane);
        var configmap = new JsonObject
        {
            ["admin"] = new JsonObject { ["admin"] = new JsonObject { ["endpoint"] = flyte.Endpoint, ["insecure"] = flyte.Insecure } },
        };
        if (flyte.Catalog is { } catalog)
            configmap["catalog"] = new JsonObject { ["catalog-cache"] = new JsonObject { ["endpoint"] = catalog.Endpoint, ["insecure"] = catalog.Insecure } };
        var values = new JsonObject
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
        IdentityValues.Annotate(values, identities, isControlPlane: false, runsWorkflows: true);
        return values;
    }

    /// <summary>Writes the values file of a data plane, where it is not so yet.</summary>
    /// <returns>True when the file changed.</returns>
    /// <exception cref="InvalidOperationException">A role in the cloud is not there yet.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public static async Task<bool> WriteAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        plane.ValuesFile = Path.Combine(context.Run.Artifacts, $"values-dataplane-{plane.Name}.yaml");
        var identities = await CloudIdentities.OfAsync(context, cancellationToken);
        var byHand = identities is null ? [] : context.Values.Merge(context.Run.Fleet.Flyte.Values.Concat(plane.Wanted.Values).Select(file => context.Values.Parse(File.ReadAllText(file), file)));
        foreach (var note in IdentityValues.Overridden(byHand, identities, isControlPlane: false, runsWorkflows: true))
            context.Journal.Add($"{plane.Name}: {note}");
        var text = $"# Written by WriteDataPlaneValues from {context.Run.Fleet.Path}; changes here are overwritten.\n" + context.Values.Write(Of(context.Run.Fleet.Flyte, plane.Wanted, identities));
        return ArtifactFile.Write(plane.ValuesFile, text);
    }

    /// <summary>All values files of a data plane, in order: base, the chart's values-dataplane.yaml, the data plane's, ours.</summary>
    public static async Task<IReadOnlyList<string>> FilesAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        if (plane.ValuesFile is null)
            await WriteAsync(context, plane, cancellationToken);
        return [.. context.Run.Fleet.Flyte.Values, context.Run.Chart.DataPlaneValues, .. plane.Wanted.Values, plane.ValuesFile!];
    }
}
