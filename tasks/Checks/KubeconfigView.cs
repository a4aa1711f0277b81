using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>The kubeconfig without credentials.</summary>
/// <param name="Servers">Each context with its API server; none where the kubeconfig cannot be read.</param>
/// <param name="Failure">Why it cannot be read; null where it can.</param>
internal sealed record KubeconfigView(IReadOnlyDictionary<string, string> Servers, string? Failure)
{
    /// <summary>Takes what the run has read.</summary>
    public static async Task<KubeconfigView> ReadAsync(FleetRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            var contexts = await run.Contexts.WaitAsync(cancellationToken);
            return new KubeconfigView(contexts.ToDictionary(found => found.Key, found => found.Value.Server, StringComparer.Ordinal), null);
        }
        catch (Exception exception) when (exception is KubectlException or FormatException)
        {
            return new KubeconfigView(new Dictionary<string, string>(StringComparer.Ordinal), exception.Message);
        }
    }
}
