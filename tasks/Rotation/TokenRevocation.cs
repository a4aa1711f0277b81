using System.Net;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rotation;

/// <summary>Deletes the Secret of a replaced token, and waits until the data plane refuses the token.</summary>
internal static class TokenRevocation
{
    // kube-apiserver keeps an accepted token for ten seconds.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Deletes it through the gate, and waits.</summary>
    /// <param name="context">The run.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="token">The replaced token.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="KubernetesApiException">The data plane refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">The token is still accepted after a minute.</exception>
    public static async Task RevokeAsync(FlyteContext context, DataPlaneRun plane, ReplacedToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(plane);
        ArgumentNullException.ThrowIfNull(token);
        var secret = new TokenSecret(context.Run, plane, token.Secret);
        if (!await secret.DeleteAsync(token.Uid, context.Gate, cancellationToken) || token.Credential is not { } credential)
            return;
        var until = plane.Api.Time.GetUtcNow() + Longest;
        while (await IsAcceptedAsync(plane, credential, cancellationToken))
        {
            if (plane.Api.Time.GetUtcNow() > until)
                throw new InvalidOperationException(
                    $"{plane.Endpoint} still accepts the token of Secret {token.Secret}, which was deleted {Longest.TotalSeconds:0} s ago. Look "
                        + $"for another Secret with the same token: {plane.Kubectl($"-n {context.Run.Namespace} get secrets")}"
                );
            await Task.Delay(Pause, plane.Api.Time, cancellationToken);
        }

        context.Report(plane.Name, $"the token of Secret {token.Secret} is refused at {plane.Endpoint}");
    }

    private static async Task<bool> IsAcceptedAsync(DataPlaneRun plane, ClusterCredential credential, CancellationToken cancellationToken)
    {
        try
        {
            await CredentialProof.UseAsync(plane.Name, plane.Endpoint!, credential, cancellationToken);
            return true;
        }
        catch (InvalidOperationException exception) when (exception.InnerException is KubernetesApiException { Status: HttpStatusCode.Unauthorized })
        {
            return false;
        }
    }
}
