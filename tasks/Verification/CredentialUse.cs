using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>What became of a stored credential that was used at its endpoint.</summary>
/// <param name="Proven">Who it is there and the permissions that it is missing; null where it could not be used.</param>
/// <param name="Failure">Why it could not be used, or must not be: a sentence and what to do; null where it is good.</param>
internal sealed record CredentialUse(ProvenCredential? Proven, string? Failure)
{
    /// <summary>Uses it.</summary>
    public static async Task<CredentialUse> TryAsync(
        string cluster,
        string endpoint,
        ClusterCredential credential,
        string ns,
        CancellationToken cancellationToken
    )
    {
        ProvenCredential? proven = null;
        try
        {
            proven = await CredentialProof.UseAsync(cluster, endpoint, credential, cancellationToken);
            CredentialProof.Refuse(cluster, endpoint, proven, ns);
            return new CredentialUse(proven, null);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KubernetesApiException or FormatException)
        {
            return new CredentialUse(proven, exception.Message);
        }
    }
}
