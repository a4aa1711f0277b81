using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.DataPlanes;

/// <summary>A data plane's own values, the last ones that its <c>helm upgrade</c> gets.</summary>
/// <param name="helmValues">Reads and merges values as Helm does.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
public sealed class DataPlaneValues(IHelmValues helmValues, CloudIdentityReader identities)
{
    private const string DatabaseSecret = "common.databaseSecret";

    /// <summary>The values: where flyteadmin and datacatalog are, flytepropeller's name, and nothing that belongs to a control plane.</summary>
    /// <param name="flyte">What all clusters share.</param>
    /// <param name="clusterName">flytepropeller's name; null to leave it to the other files.</param>
    /// <param name="accounts">The cloud identities of its service accounts; null for none.</param>
    public static JsonObject Of(FlyteSettings flyte, string? clusterName, CloudIdentities? accounts = null)
    {
        ArgumentNullException.ThrowIfNull(flyte);
        var configmap = new JsonObject
        {
            ["admin"] = new JsonObject
            {
                ["admin"] = new JsonObject { ["endpoint"] = flyte.Endpoint, ["insecure"] = flyte.Insecure },
            },
        };
        if (flyte.Catalog is { } catalog)
            configmap["catalog"] = new JsonObject
            {
                ["catalog-cache"] = new JsonObject { ["endpoint"] = catalog.Endpoint, ["insecure"] = catalog.Insecure },
            };
        var values = Propeller(clusterName);
        values["configmap"] = configmap;

        // The chart would render two dangling Ingresses and a Secret with the database's password.
        values["common"] = new JsonObject
        {
            ["ingress"] = new JsonObject { ["enabled"] = false },
            ["databaseSecret"] = new JsonObject { ["name"] = string.Empty, ["secretManifest"] = null },
        };
        IdentityValues.Annotate(values, accounts, isControlPlane: false, runsWorkflows: true);
        return values;
    }

    /// <summary>Writes the values file of a data plane, where it is not so yet.</summary>
    /// <returns>True when the file changed.</returns>
    /// <exception cref="InvalidOperationException">A role in the cloud is not there yet.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public async Task<bool> WriteAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        var file = plane.ValuesFile = Path.Combine(context.Run.Artifacts, $"values-dataplane-{plane.Name}.yaml");
        var accounts = await identities.OfAsync(context.Run, cancellationToken);
        var byHand = accounts is null ? [] : helmValues.MergeFiles(context.Run.Fleet.Flyte.Values.Concat(plane.Spec.Values));
        foreach (var note in IdentityValues.Overridden(byHand, accounts, isControlPlane: false, runsWorkflows: true))
            context.Journal.Add($"{plane.Name}: {note}");
        var values = Of(context.Run.Fleet.Flyte, (await PropellerAsync(context.Run, plane, cancellationToken)).Name, accounts);
        var mark = $"# Written by WriteDataPlaneValues from {context.Run.Fleet.Path}; changes here are overwritten.\n";
        return ArtifactFile.Write(file, mark + helmValues.Write(values));
    }

    /// <summary>All values files of a data plane, in order: base, the chart's values-dataplane.yaml, the data plane's, ours.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        if (plane.ValuesFile is null)
            await WriteAsync(context, plane, cancellationToken);
        return [.. UserFiles(context.Run, plane), plane.ValuesFile!];
    }

    /// <summary>What would end executions that are under way, delete workflow objects, or lose credentials in values; none where nothing would.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">A values file is not valid.</exception>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(FlyteContext context, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        var check = new PropellerCheck(context.Run, plane).Begin(cancellationToken);
        var live = await HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Spec.Release, cancellationToken);
        var chosen = await ChooseAsync(context.Run, plane, check, live, cancellationToken);
        var wanted = helmValues.Merge(helmValues.MergeFiles(UserFiles(context.Run, plane)), Propeller(chosen.Name));
        plane.Propeller = chosen;
        var renamed = await check.RenamedAsync(live, wanted, cancellationToken);
        var lost = live is null
            ? null
            : await new WorkflowDefinition(context.Run, plane, helmValues).LostAsync(live, wanted, context.Options.AcceptCrdDeletion, cancellationToken);
        return [.. new[] { renamed, lost, LostCredentials(context, plane, live, wanted) }.OfType<Problem>()];
    }

    // The files of an import have none, and flytepropeller may not work without.
    private Problem? LostCredentials(FlyteContext context, DataPlaneRun plane, HelmRelease? live, JsonObject wanted)
    {
        if ((live?.Deployed ?? live)?.Config is not { } config)
            return null;
        string[] lost =
        [
            .. helmValues
                .Lost(config, wanted)
                .Intersect(CredentialValues.LeaveOut(config).LeftOut, StringComparer.Ordinal)
                .Where(path => !RunOptions.IsWithin(path, DatabaseSecret) && !context.Options.Accepts(path)),
        ];
        return lost.Length == 0
            ? null
            : new Problem(
                plane.Name,
                $"Release {live!.Name} sets values that look like credentials and that no values file of the fleet has; an upgrade would lose them: "
                    + $"{string.Join(", ", lost)}.",
                $"Put them in a values file of the data plane ({plane.Helm($"get values {live.Name} -n {context.Run.Namespace}")} shows them), or give "
                    + "--accept-value-loss, or for some of them --accept-value-loss=PATH,PATH."
            );
    }

    private async Task<PropellerChoice> PropellerAsync(FleetRun run, DataPlaneRun plane, CancellationToken cancellationToken)
    {
        if (plane.Propeller is { } chosen)
            return chosen;
        var live = await HelmReleases.FindAsync(plane.Api, run.Namespace, plane.Spec.Release, cancellationToken);
        return await ChooseAsync(run, plane, new PropellerCheck(run, plane), live, cancellationToken);
    }

    private async Task<PropellerChoice> ChooseAsync(
        FleetRun run,
        DataPlaneRun plane,
        PropellerCheck check,
        HelmRelease? live,
        CancellationToken cancellationToken
    )
    {
        var files = PropellerName.OfValues(helmValues.MergeFiles(run.Fleet.Flyte.Values.Concat(plane.Spec.Values)));

        // Argo CD leaves no release.
        if (live is null && run.Fleet.Flyte.IsGitOps)
        {
            var (isThere, name) = await check.LiveAsync(cancellationToken);
            return new PropellerChoice(await check.ChooseAsync(files, name, isThere, cancellationToken));
        }

        return new PropellerChoice(await check.ChooseAsync(files, PropellerCheck.Live(live), live is not null, cancellationToken));
    }

    private static JsonObject Propeller(string? clusterName) =>
        clusterName is null ? [] : new JsonObject { ["flytepropeller"] = new JsonObject { ["clusterName"] = clusterName } };

    /// <summary>A data plane's values files before our own, in order.</summary>
    internal static IReadOnlyList<string> UserFiles(FleetRun run, DataPlaneRun plane) =>
        [.. run.Fleet.Flyte.Values, run.Chart.DataPlaneValues, .. plane.Spec.Values];
}
