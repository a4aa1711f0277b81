using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>Writes one execution cluster label.</summary>
internal interface ILabelWriter
{
    /// <summary>Sets a label.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="scope">What it is for.</param>
    /// <param name="label">The label.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    Task PutLabelAsync(ChangePermit permit, LabelScope scope, string label, CancellationToken cancellationToken);
}

/// <summary>Writes labels over FlyteAdmin's HTTP API.</summary>
internal sealed class HttpLabelWriter(IFlyteAdmin admin) : ILabelWriter
{
    /// <inheritdoc/>
    /// <exception cref="FlyteAdminException">FlyteAdmin refused, or did not answer.</exception>
    public Task PutLabelAsync(ChangePermit permit, LabelScope scope, string label, CancellationToken cancellationToken) =>
        admin.PutExecutionLabelAsync(permit, scope, label, cancellationToken);
}
