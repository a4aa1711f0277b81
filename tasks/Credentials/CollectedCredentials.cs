using System.Runtime.ExceptionServices;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Token;

namespace Flyte.MultiCluster.Tasks.Credentials;

/// <summary>The data planes' credentials: collected once a run, and stored in the control plane before anything configures their clusters.</summary>
internal sealed class CollectedCredentials
{
    private readonly Once<bool> _collected = new();

    /// <summary>Collects and proves them, unless this run has already.</summary>
    public static Task EnsureAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Run.State.Of<CollectedCredentials>()._collected.GetAsync(() => CollectAsync(context));
    }

    /// <summary>Leaves out the data planes whose credential is not stored, in a run that stores none: a configured cluster without its key keeps flyteadmin
    /// from starting.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task LeaveOutUnstoredAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.WillRun(nameof(ApplyClusterCredentials)))
            return;
        var secret = await new CredentialsSecret(context.Run).ReadAsync(context.Cancellation);
        foreach (var plane in context.Run.Active.ToArray())
        {
            if (!CredentialsSecret.HasKeys(secret, plane))
                plane.Fail(nameof(ApplyClusterCredentials), $"Secret {CredentialsSecret.Name} does not hold its credential. Run without --exclusive.");
        }
    }

    private static async Task<bool> CollectAsync(FlyteContext context)
    {
        await context.ForEachDataPlaneAsync(
            nameof(CollectCredentials),
            async (plane, cancellationToken) =>
            {
                var found = plane.State.Of<TokenState>().Origin ??= await new TokenSource(context.Run, plane, context.Journal).FindAsync(cancellationToken);
                if (found is not { Credential: { } credential })
                    return context.Gate.IsOpen
                        ? throw new InvalidOperationException(
                            $"No Secret in namespace {context.Run.Namespace} holds a token of {TokenSecret.ServiceAccount} that works. Run "
                                + $"--target={nameof(CreateDataPlaneToken)} first."
                        )
                        : StageResult.Unknown("the token");
                if (found.Failure is { } failure)
                    ExceptionDispatchInfo.Throw(failure);
                var proven = found.Proven ?? await CredentialProof.UseAsync(plane.Name, plane.Endpoint!, credential, cancellationToken, context.Log);
                CredentialProof.Refuse(plane.Name, plane.Endpoint!, proven, context.Run.Namespace);
                plane.Credential = credential;
                context.Report(plane.Name, $"the token works at {plane.Endpoint} as {CredentialProof.User(context.Run.Namespace)}");
                return StageResult.Done;
            }
        );
        return true;
    }
}
