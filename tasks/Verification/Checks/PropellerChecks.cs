using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>flytepropeller's address of datacatalog, where it is one in the data plane's own cluster, is a Service that is there.</summary>
internal sealed class CatalogCheck()
    : ClusterCheck(
        "catalog",
        "without `flyte.catalog`: if flytepropeller's datacatalog address is in its own cluster, that Service exists",
        CheckSeverity.Warns
    )
{
    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context?.DataPlanes ?? [];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var settings = PropellerSettings.Of(context.Tools.Values, await cluster.CoreAsync("configmaps", PropellerSettings.ConfigMap), null);
        if (settings.Catalog is not { } endpoint)
            return [Finding.Skipped($"ConfigMap {PropellerSettings.ConfigMap} names no datacatalog")];
        if (context.Run.Run.Fleet.Flyte.Catalog is not null || PropellerSettings.Service(endpoint, cluster.Namespace) is not { } service)
            return [Finding.Ok(endpoint)];
        return
        [
            await cluster.GetAsync(KubernetesPaths.Core(service.Namespace, "services", service.Name)) is not null
                ? Finding.Ok(endpoint)
                : Finding.Warning(PropellerSettings.NoCatalog(endpoint, service), PropellerSettings.CatalogRemedy),
        ];
    }
}

/// <summary>Where FlyteAdmin wants a login, flytepropeller's client secret is not the chart's default.</summary>
internal sealed class PropellerLoginCheck()
    : ClusterCheck(
        "propeller-login",
        "if FlyteAdmin requires login and the fleet logs in: Secret flyte-secret-auth of a data plane does not have the chart's default client secret",
        CheckSeverity.Warns
    )
{
    /// <inheritdoc/>
    protected override async Task<string?> SkippedAsync(VerifyContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Run.Run is not { FlyteAdmin: { } admin, Fleet.FlyteAdmin.Login: not null })
            return "the fleet names no login to FlyteAdmin (flyteAdmin.auth)";
        if (await context.BlockedByAsync(null, CheckNames.FlyteAdmin) is { } blocker)
            return $"blocked by {blocker}";
        return admin.IsLoginOff ? "FlyteAdmin has login turned off" : null;
    }

    /// <inheritdoc/>
    public override IEnumerable<ClusterSnapshot> Of(VerifyContext context) => context?.DataPlanes ?? [];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        if (await cluster.CoreAsync("secrets", PropellerSettings.Secret) is not { } secret)
            return [Finding.Skipped($"there is no Secret {PropellerSettings.Secret}")];
        return
        [
            PropellerSettings.Of(context.Tools.Values, null, secret).IsDefaultSecret
                ? Finding.Warning(PropellerSettings.DefaultLogin, PropellerSettings.LoginRemedy)
                : Finding.Ok($"Secret {PropellerSettings.Secret} holds its own client secret"),
        ];
    }
}
