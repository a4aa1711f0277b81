using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Flytectl;

namespace Flyte.MultiCluster.Tasks.ExecutionLabels;

/// <summary>Writes labels by <c>flytectl update execution-cluster-label --attrFile</c>, as the runbook does.</summary>
internal sealed class FlytectlLabelWriter : ILabelWriter, IDisposable
{
    private readonly FlytectlLabelRunner _flytectl;
    private readonly string? _config;
    private readonly string _folder;
    private readonly SemaphoreSlim _atOnce;

    /// <summary>Makes the writer.</summary>
    /// <param name="flytectl">Runs flytectl.</param>
    /// <param name="config">flytectl's configuration file; null for its own default.</param>
    /// <param name="folder">The folder for the attribute files.</param>
    /// <param name="atOnce">How many flytectl run at once.</param>
    public FlytectlLabelWriter(FlytectlLabelRunner flytectl, string? config, string folder, int atOnce) =>
        (_flytectl, _config, _folder, _atOnce) = (flytectl, config, folder, new SemaphoreSlim(atOnce));

    /// <inheritdoc/>
    /// <exception cref="FlytectlException">flytectl failed.</exception>
    public async Task PutLabelAsync(ChangePermit permit, LabelScope scope, string label, CancellationToken cancellationToken)
    {
        await _atOnce.WaitAsync(cancellationToken);
        try
        {
            var file = Path.Combine(_folder, $"{LabelRecord.Key(scope)}.yaml");
            await AttributeFile.WriteAsync(file, scope, label, cancellationToken);
            await _flytectl.UpdateAsync(permit, new FlytectlLabelSettings { AttributeFile = file, Config = _config }, cancellationToken);
        }
        finally
        {
            _atOnce.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _atOnce.Dispose();
}
