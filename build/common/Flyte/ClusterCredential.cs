namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>A data plane's credential, base64 exactly as its Secret's <c>.data</c> holds it: copied untouched it can gain no newline.</summary>
/// <param name="Token">The bearer token, base64.</param>
/// <param name="CaCertificate">The CA certificate, PEM in base64.</param>
public sealed record ClusterCredential(string Token, string CaCertificate)
{
    /// <summary>Says nothing of its content.</summary>
    public override string ToString() => "credential";
}
