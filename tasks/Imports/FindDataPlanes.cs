using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Finds the data planes of the control plane in the kubeconfig, and reads their releases.</summary>
/// <param name="clusters">The kubeconfig's clusters.</param>
/// <param name="values">Reads YAML.</param>
[TaskName(nameof(FindDataPlanes))]
[TaskDescription("Find the kubeconfig context of each cluster in clusterConfigs, and read its release")]
[IsDependentOn(typeof(ReadControlPlane))]
public sealed class FindDataPlanes(KubeconfigClusters clusters, IHelmValues values) : AsyncFrostingTask<FlyteContext>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var state = ImportState.Of(context);
        if (state.Control is not { } control)
            throw new InvalidOperationException("The control plane was not read: ReadControlPlane did not run. Run without --exclusive.");
        using var atOnce = new SemaphoreSlim(context.Options.Parallelism);
        var search = new ContextSearch(state.Contexts, state.Request.Candidates, name => AccountAsync(context, state.Request, name, atOnce));
        (ClusterEntry Entry, string? Account)[] entries =
        [
            .. control.Clusters.Clusters.Where(entry => !entry.InCluster).Select(entry => (entry, AccountOf(control, entry))),
        ];
        var found = await search.FindAsync(entries);
        state.DataPlanes = await Task.WhenAll(entries.Select(one => ReadAsync(context, state.Request, one.Entry, found.GetValueOrDefault(one.Entry))));
        foreach (var plane in state.DataPlanes)
            context.Report(plane.Entry.Name, Describe(plane));
    }

    private static string Describe(ImportedDataPlane plane) =>
        plane.Found is not { } found ? "no context found"
        : plane.Release is { } release ? $"context {found.Name}, found by {found.Why}; release {release.Name}, chart {release.ChartName} {release.ChartVersion}"
        : $"context {found.Name}, found by {found.Why}; {plane.Doubt ?? "Deployment flytepropeller, which an overlay installed"}";

    private static string? AccountOf(ImportedControlPlane control, ClusterEntry entry) =>
        CredentialsSecret.KeyAt(entry.TokenPath) is { } key ? TokenAccount.UidOf((string?)control.Credentials?["data"]?[key]) : null;

    private async Task<string?> AccountAsync(FlyteContext context, ImportRequest request, string name, SemaphoreSlim atOnce)
    {
        await atOnce.WaitAsync(context.Cancellation);
        try
        {
            var path = KubernetesPaths.Core(request.Namespace, "serviceaccounts", TokenSecret.ServiceAccount);
            var account = await clusters.Open(name, context.Options.Timeout).ProbeAsync(path, Patience, context.Cancellation);
            return (string?)account["metadata"]?["uid"];
        }
        catch (KubernetesApiException exception)
        {
            context.Log.Verbose("[{0}] {1}", name, exception.Message);
            return null;
        }
        finally
        {
            atOnce.Release();
        }
    }

    private async Task<ImportedDataPlane> ReadAsync(FlyteContext context, ImportRequest request, ClusterEntry entry, FoundContext? found)
    {
        if (found is null)
            return new ImportedDataPlane(entry, null, null, null);
        try
        {
            var api = clusters.Open(found.Name, context.Options.Timeout);
            if (request.Overlays is not null)
                return await ReadAppliedAsync(new AppliedFlyte(api, request.Namespace, values, context.Cancellation), request, entry, found);
            var releases = await FlyteReleases.ReadAsync(api, request.Namespace, "flytepropeller", context.Cancellation);
            HelmRelease[] byName = [.. releases.OrderBy(release => release.Name, StringComparer.Ordinal)];
            return new ImportedDataPlane(
                entry,
                found,
                byName.FirstOrDefault(),
                byName.Length switch
                {
                    0 => $"there is no Helm release of chart flyte-core with flytepropeller in namespace {request.Namespace}",
                    1 => null,
                    _ => $"there are several releases of chart flyte-core with flytepropeller: {string.Join(", ", byName.Select(release => release.Name))}",
                }
            );
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException)
        {
            return new ImportedDataPlane(entry, found, null, $"its release could not be read: {exception.Message.TrimEnd('.')}");
        }
    }

    private static async Task<ImportedDataPlane> ReadAppliedAsync(AppliedFlyte applied, ImportRequest request, ClusterEntry entry, FoundContext found) =>
        await applied.DeploymentAsync("flytepropeller") is { } deployment
            ? new ImportedDataPlane(entry, found, null, null) { Addresses = await applied.AddressesAsync(deployment) }
            : new ImportedDataPlane(entry, found, null, $"there is no Deployment flytepropeller in namespace {request.Namespace}");
}
