using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>A data plane's own values, the last ones that its <c>helm upgrade</c> gets.</summary>
public static class DataPlaneValues
{
    /// <summary>The values: where flyteadmin and datacatalog are, flytepropeller's name, and nothing that belongs to a control plane.</summary>
    /// <param name="flyte">What all clusters share.</param>
    /// <param name="clusterName">flytepropeller's name; null to leave it to the other files.</param>
    /// <param name="identities">Whom its service accounts are in the cloud; null for none.</param>
    public static JsonObject Of(FlyteSettings flyte, string? clusterName, CloudIdentities? identities = null)
    {
        ArgumentNullException.ThrowIfNull(flyte);
        var configmap = new JsonObject
        {
            ["admin"] = new JsonObject { ["admin"] = new JsonObject { ["endpoint"] = flyte.Endpoint, ["insecure"] = flyte.Insecure } },
        };
        if (flyte.Catalog is { } catalog)
            configmap["catalog"] = new JsonObject { ["catalog-cache"] = new JsonObject { ["endpoint"] = catalog.Endpoint, ["insecure"] = catalog.Insecure } };
        var values = Propeller(clusterName);
        values["configmap"] = configmap;

        // The chart would render two dangling Ingresses and a Secret with the database's password.
        values["common"] = new JsonObject
        {
            ["ingress"] = new JsonObject { ["enabled"] = false },
            ["databaseSecret"] = new JsonObject { ["name"] = string.Empty, ["secretManifest"] = null },
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
        var file = plane.ValuesFile = Path.Combine(context.Run.Artifacts, $"values-dataplane-{plane.Name}.yaml");
        var identities = await CloudIdentities.OfAsync(context, cancellationToken);
        var byHand = identities is null ? [] : Merged(context, context.Run.Fleet.Flyte.Values.Concat(plane.Spec.Values));
        foreach (var note in IdentityValues.Overridden(byHand, identities, isControlPlane: false, runsWorkflows: true))
            context.Journal.Add($"{plane.Name}: {note}");
        var values = Of(context.Run.Fleet.Flyte, (await PropellerAsync(context, plane, cancellationToken)).Name, identities);
        var mark = $"# Written by WriteDataPlaneValues from {context.Run.Fleet.Path}; changes here are overwritten.\n";
        return ArtifactFile.Write(file, mark + context.Values.Write(values));
    }

    /// <summary>All values files of a data plane, in order: base, the chart's values-dataplane.yaml, the data plane's, ours.</summary>
    public static async Task<IReadOnlyList<string>> FilesAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        if (plane.ValuesFile is null)
            await WriteAsync(context, plane, cancellationToken);
        return [.. UserFiles(context, plane), plane.ValuesFile!];
    }

    /// <summary>What would end executions that are under way, or delete workflow objects; none where nothing would.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public static async Task<IReadOnlyList<Problem>> ProblemsAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        var check = new PropellerCheck(context, plane).Begin(cancellationToken);
        var live = await HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Spec.Release, cancellationToken);
        var chosen = await PropellerAsync(context, plane, check, live, cancellationToken);
        var wanted = context.Values.Merge(Merged(context, UserFiles(context, plane)), Propeller(chosen.Name));
        plane.Propeller = chosen;
        var renamed = await check.RenamedAsync(live, wanted, cancellationToken);
        var lost = live is null ? null : await new WorkflowDefinition(context, plane).LostAsync(live, wanted, cancellationToken);
        return [.. new[] { renamed, lost }.OfType<Problem>()];
    }

    private static async Task<PropellerChoice> PropellerAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        if (plane.Propeller is { } chosen)
            return chosen;
        var live = await HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Spec.Release, cancellationToken);
        return await PropellerAsync(context, plane, new PropellerCheck(context, plane), live, cancellationToken);
    }

    private static async Task<PropellerChoice> PropellerAsync(
        FlyteContext context, DataPlaneRun plane, PropellerCheck check, HelmRelease? live, CancellationToken cancellationToken)
    {
        var files = PropellerName.OfValues(Merged(context, context.Run.Fleet.Flyte.Values.Concat(plane.Spec.Values)));
        return new PropellerChoice(await check.ChooseAsync(files, PropellerCheck.Live(live), live is not null, cancellationToken));
    }

    private static JsonObject Propeller(string? clusterName)
        => clusterName is null ? [] : new JsonObject { ["flytepropeller"] = new JsonObject { ["clusterName"] = clusterName } };

    /// <summary>A data plane's values files before our own, in order.</summary>
    internal static IReadOnlyList<string> UserFiles(FlyteContext context, DataPlaneRun plane)
        => [.. context.Run.Fleet.Flyte.Values, context.Run.Chart.DataPlaneValues, .. plane.Spec.Values];

    private static JsonObject Merged(FlyteContext context, IEnumerable<string> files)
        => context.Values.Merge(files.Select(file => context.Values.Parse(File.ReadAllText(file), file)));
}
