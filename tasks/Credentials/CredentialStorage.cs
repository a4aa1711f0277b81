using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Token;

namespace Flyte.MultiCluster.Tasks.Credentials;

/// <summary>Stores proven credentials in the control plane's Secret <c>cluster-credentials</c>, those that differ alone.</summary>
/// <param name="context">The run.</param>
/// <param name="stage">The task's name.</param>
internal sealed class CredentialStorage(FlyteContext context, string stage)
{
    /// <summary>Stores them.</summary>
    /// <param name="planes">The data planes whose credentials were collected, or would be with the gate open.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>How many were stored, or would be.</returns>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">The Secret would be over the API server's limit.</exception>
    public async Task<int> StoreAsync(IReadOnlyList<DataPlaneRun> planes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(planes);
        var exists = await FlyteNamespace.EnsureAsync(context.Run, context.Run.ControlPlane, context.Gate, cancellationToken);
        var secret = new CredentialsSecret(context.Run);
        var live = exists ? await secret.ReadAsync(cancellationToken) : null;
        secret.CheckSize(live, context.Journal);
        var stale = planes.Where(plane => !CredentialsSecret.Holds(live, plane)).ToArray();
        if (stale.Length > 0)
        {
            var earlier = await context.Run.State.Of<EarlierJoins>().Read.GetAsync(() => EarlierJoin.ReadAsync(context.Run, cancellationToken));
            foreach (var plane in stale.Where(plane => IsReplaced((string?)live?["data"]?[plane.Spec.TokenKey], earlier.Of(plane).Token)))
                LeaveOut(plane);
            stale = [.. stale.Where(plane => plane.Failure is null)];
        }

        // The first one creates the Secret; after that each is a field manager of its own, in any order.
        var rest = stale.AsEnumerable();
        if (live is null && stale.Length > 0)
            (live, rest) = (await secret.ApplyAsync(null, stale[0], context.Gate, cancellationToken), stale.Skip(1));
        foreach (var plane in stale)
            plane.IsNewlyStored = true;
        await Task.WhenAll(rest.Select(plane => secret.ApplyAsync(live, plane, context.Gate, cancellationToken)));
        return stale.Length;
    }

    // Its token may be the only one that is not about to be revoked.
    private static bool IsReplaced(string? live, string? earlier) => live is { Length: > 0 } && live != earlier;

    private void LeaveOut(DataPlaneRun plane)
    {
        var why = $"Somebody else has stored another credential in Secret {CredentialsSecret.Name} since this run read it, so it is kept. Run again.";
        plane.Fail(stage, why);
        context.Log.Error("[{0}] {1} failed: {2}", plane.Name, stage, why);
    }
}
