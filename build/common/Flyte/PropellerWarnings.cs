using System.Net;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>Notes, while a data plane is installed, what its flytepropeller will miss: warnings, as tasks without a cache, and a FlyteAdmin without login, work
/// all the same.</summary>
public static class PropellerWarnings
{
    /// <summary>Notes it. One request, where the fleet does not say where datacatalog is.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="settings">What flytepropeller gets.</param>
    /// <param name="journal">Gets the notes.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task NoteAsync(FleetRun run, DataPlaneRun plane, PropellerSettings settings, RunJournal journal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(plane);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(journal);
        if (settings.IsDefaultSecret && WantsLogin(run))
            journal.Add($"{plane.Name}: {PropellerSettings.DefaultLogin} {PropellerSettings.LoginRemedy}");
        if (
            run.Fleet.Flyte.Catalog is null
            && PropellerSettings.Service(settings.Catalog, run.Namespace) is { } service
            && await IsMissingAsync(plane, service, cancellationToken)
        )
            journal.Add($"{plane.Name}: {PropellerSettings.NoCatalog(settings.Catalog!, service)} {PropellerSettings.CatalogRemedy}");
    }

    /// <summary>Whether FlyteAdmin is known to want a login: it was asked, and took the fleet's.</summary>
    /// <param name="run">The run.</param>
    public static bool WantsLogin(FleetRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.State.Of<AdminChecked>().IsChecked && run is { Fleet.FlyteAdmin.Login: not null, FlyteAdmin.IsLoginOff: false };
    }

    // Whoever may not look at Services is not warned.
    private static async Task<bool> IsMissingAsync(DataPlaneRun plane, (string Namespace, string Name) service, CancellationToken cancellationToken)
    {
        try
        {
            return await plane.Api.GetAsync(KubernetesPaths.Core(service.Namespace, "services", service.Name), cancellationToken) is null;
        }
        catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Forbidden)
        {
            return false;
        }
    }
}
