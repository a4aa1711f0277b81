using System.Net;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>Notes, while a data plane is installed, what its flytepropeller will miss: warnings, as tasks without a cache, and a FlyteAdmin without login, work all the same.</summary>
public static class PropellerWarnings
{
    /// <summary>Notes it. One request, where the fleet does not say where datacatalog is.</summary>
    /// <param name="context">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="settings">What flytepropeller gets.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public static async Task NoteAsync(FlyteContext context, DataPlaneRun plane, PropellerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.IsDefaultSecret && WantsLogin(context))
            context.Journal.Add($"{plane.Name}: {PropellerSettings.DefaultLogin} {PropellerSettings.LoginRemedy}");
        if (context.Run.Fleet.Flyte.Catalog is null && PropellerSettings.Service(settings.Catalog, context.Run.Namespace) is { } service && await IsMissingAsync(plane, service, cancellationToken))
            context.Journal.Add($"{plane.Name}: {PropellerSettings.NoCatalog(settings.Catalog!, service)} {PropellerSettings.CatalogRemedy}");
    }

    /// <summary>Whether FlyteAdmin is known to want a login: it was asked, and took the fleet's.</summary>
    /// <param name="context">The run.</param>
    public static bool WantsLogin(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Run.State.Of<AdminChecked>().IsChecked && context.Run is { Fleet.FlyteAdmin.Login: not null, FlyteAdmin.IsLoginOff: false };
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
