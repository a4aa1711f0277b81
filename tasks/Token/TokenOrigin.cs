using Flyte.MultiCluster.Common.Flyte;

namespace Flyte.MultiCluster.Tasks.Token;

/// <summary>Where flyteadmin's token of a data plane comes from.</summary>
/// <param name="Credential">The credential; null where its Secret has yet to be made or filled.</param>
/// <param name="Secret">The data plane's Secret that holds the token, or will; null where none there does.</param>
/// <param name="Proven">What the data plane's endpoint answered the credential; null where it was not used there, or could not be.</param>
/// <param name="Failure">Why it could not be used there; null where it was not used, or could.</param>
internal sealed record TokenOrigin(ClusterCredential? Credential, string? Secret, ProvenCredential? Proven = null, Exception? Failure = null);
