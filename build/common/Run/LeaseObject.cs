using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>A Lease of coordination.k8s.io/v1 in the API. Every write names the version that was read last: of two writers one gets a Conflict.</summary>
/// <param name="api">The cluster.</param>
/// <param name="ns">Its namespace.</param>
/// <param name="name">Its name.</param>
internal sealed class LeaseObject(ClusterApi api, string ns, string name)
{
    private readonly string _collection = $"/apis/coordination.k8s.io/v1/namespaces/{ns}/leases";
    private JsonObject? _live;

    /// <summary>Who holds it, as it was read or written last; null for nobody.</summary>
    public LeaseHolder? Holder => _live is null ? null : LeaseHolder.Of(_live);

    /// <summary>When it was last renewed, taken or given back; null where it does not say.</summary>
    public DateTimeOffset? RenewedAt => KubernetesTime.Of(Spec?["renewTime"]);

    /// <summary>How long a holder that does not renew it keeps it; null where it does not say.</summary>
    public TimeSpan? Duration => (int?)Spec?["leaseDurationSeconds"] is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Its version; another one after every write.</summary>
    public string? Version => (string?)_live?["metadata"]?["resourceVersion"];

    private JsonNode? Spec => _live?["spec"];

    /// <inheritdoc/>
    public override string ToString() => $"Lease {ns}/{name}";

    /// <summary>Reads it.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken) => _live = await api.GetAsync($"{_collection}/{name}", cancellationToken);

    /// <summary>Takes it, as it was read last; creates it where there was none.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="holder">Who takes it.</param>
    /// <param name="duration">How long it is kept without being renewed.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, with Conflict where somebody else was quicker, or did not answer.</exception>
    public async Task TakeAsync(ChangePermit permit, LeaseHolder holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(holder);
        var now = Written(api.Time.GetUtcNow());
        var spec = new JsonObject
        {
            ["holderIdentity"] = holder.Identity,
            ["leaseDurationSeconds"] = (int)duration.TotalSeconds,
            ["acquireTime"] = now,
            ["renewTime"] = now,
            ["leaseTransitions"] = _live is null ? 0 : ((int?)Spec?["leaseTransitions"] ?? 0) + 1,
        };
        if (_live is not null)
        {
            await PatchAsync(permit, spec, cancellationToken, holder.Annotations());
            return;
        }

        var created = new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = holder.Annotations() },
            ["spec"] = spec,
        };
        _live = await api.CreateAsync(permit, _collection, created, FieldManagers.Tool, cancellationToken);
    }

    /// <summary>Renews it.</summary>
    /// <inheritdoc cref="TakeAsync"/>
    public Task RenewAsync(ChangePermit permit, CancellationToken cancellationToken) =>
        PatchAsync(permit, new JsonObject { ["renewTime"] = Written(api.Time.GetUtcNow()) }, cancellationToken);

    /// <summary>Gives it back.</summary>
    /// <inheritdoc cref="TakeAsync"/>
    public Task ReleaseAsync(ChangePermit permit, CancellationToken cancellationToken) =>
        PatchAsync(permit, new JsonObject { ["holderIdentity"] = null, ["renewTime"] = Written(api.Time.GetUtcNow()) }, cancellationToken);

    private async Task PatchAsync(ChangePermit permit, JsonObject spec, CancellationToken cancellationToken, JsonObject? annotations = null)
    {
        var metadata = new JsonObject { ["resourceVersion"] = Version };
        if (annotations is not null)
            metadata["annotations"] = annotations;
        var patch = new JsonObject { ["metadata"] = metadata, ["spec"] = spec };
        _live = await api.MergePatchAsync(permit, $"{_collection}/{name}", patch, FieldManagers.Tool, cancellationToken);
    }

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
