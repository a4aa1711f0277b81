using System.Security.Cryptography.X509Certificates;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>How an API server's certificate is checked: by its cluster's CA alone, as client-go does with <c>certificate-authority-data</c>.</summary>
public static class ClusterTrust
{
    /// <summary>The policy of a cluster's CA.</summary>
    /// <param name="authorities">The CA certificates.</param>
    public static X509ChainPolicy In(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.IgnoreNotTimeNested,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
