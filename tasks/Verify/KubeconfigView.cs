using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Kubectl;

namespace Flyte.MultiCluster.Verification;

/// <summary>The kubeconfig as kubectl shows it, without credentials.</summary>
/// <param name="Servers">Each context with its API server; none where the kubeconfig cannot be read.</param>
/// <param name="Failure">Why it cannot be read; null where it can.</param>
public sealed record KubeconfigView(IReadOnlyDictionary<string, string> Servers, string? Failure)
{
    /// <summary>Asks kubectl.</summary>
    public static async Task<KubeconfigView> ReadAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return new KubeconfigView(await context.KubectlConfigView.ServersAsync(new KubectlSettings { Kubeconfig = context.Run.Kubeconfig }, cancellationToken), null);
        }
        catch (Exception exception) when (exception is KubectlException or FormatException)
        {
            return new KubeconfigView(new Dictionary<string, string>(StringComparer.Ordinal), exception.Message);
        }
    }
}
