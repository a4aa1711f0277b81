using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>Each stored token is flyteadmin's at the stored endpoint, with the stored CA, and may do what flyteadmin does there.</summary>
internal sealed class CredentialCheck()
    : EntryCheck(
        CheckNames.Credential,
        "each stored token, at the stored endpoint with the stored CA, is flyteadmin's and has the permissions that flyteadmin needs",
        CheckSeverity.Fails,
        CheckNames.SecretKeys,
        CheckNames.TokenFormat,
        CheckNames.CaFormat,
        CheckNames.CaExpiry,
        CheckNames.Configuration,
        CheckNames.Reachable,
        CheckNames.Identity,
        CheckNames.Endpoint
    )
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(entry);
        if ((await context.UseAsync(entry)).Failure is not { } failure)
            return [Finding.Ok($"{CredentialProof.User(context.Run.Run.Namespace)} at {entry.Endpoint}, with all permissions that it needs")];
        var (what, remedy) = Split(failure);
        return [entry.Enabled ? Finding.Failed(what, remedy) : Finding.Warning($"{what} The cluster is disabled: it gets no new executions.", remedy)];
    }

    private static (string What, string Remedy) Split(string failure)
    {
        foreach (var remedy in new[] { " Look ", " The chart's " })
        {
            if (failure.IndexOf(remedy, StringComparison.Ordinal) is > 0 and var at)
                return (failure[..at], failure[(at + 1)..]);
        }

        return (failure, "Run AddDataPlane, which collects, proves and stores it again.");
    }
}

/// <summary>Each fleet cluster's endpoint in clusterConfigs points to the cluster that its context means.</summary>
internal sealed class EndpointCheck()
    : EntryCheck(
        CheckNames.Endpoint,
        "the stored endpoint is the cluster of the fleet's context",
        CheckSeverity.Fails,
        CheckNames.SecretKeys,
        CheckNames.TokenFormat,
        CheckNames.CaFormat,
        CheckNames.CaExpiry,
        CheckNames.Configuration,
        CheckNames.Reachable,
        CheckNames.Identity
    )
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(entry);
        if (context.DataPlanes.FirstOrDefault(plane => plane.Name == entry.Name) is not { } meant || entry.Endpoint is not { Length: > 0 } endpoint)
            return [Finding.Ok("not compared: it is not one of the chosen data planes, so there is no context to compare it with")];
        var account = meant.CoreAsync("serviceaccounts", TokenSecret.ServiceAccount);
        var roots = meant.CoreAsync("configmaps", "kube-root-ca.crt");
        var identity = (await context.UseAsync(entry)).Proven?.Identity;
        var uid = (string?)(await account)?["metadata"]?["uid"];
        if (identity is { Uid: { } there } && there == uid)
            return [Finding.Ok($"{endpoint} knows this cluster's flyteadmin (UID {uid})")];
        const string Remedy = "Write the address of this cluster's API server as its endpoint in the fleet, or its own context, and run AddDataPlane.";
        if (identity?.Uid is not null && identity.User == CredentialProof.User(context.Run.Run.Namespace) && uid is not null)
            return
            [
                Finding.Failed(
                    $"{endpoint} is another cluster than context {meant.Cluster.Context}: its flyteadmin has UID {identity.Uid}, this one's {uid}.",
                    Remedy
                ),
            ];
        return
        [
            (string?)(await roots)?["data"]?["ca.crt"] is not { } pem
                ? Finding.Warning(
                    $"It is not known whether {endpoint} is context {meant.Cluster.Context}'s cluster: there is no ConfigMap kube-root-ca.crt.",
                    "See the check credential."
                )
                : await EndpointProbe.AskAsync(endpoint, pem, cancellationToken) switch
                {
                    { IsMeant: true } => Finding.Ok($"{endpoint} has a certificate of this cluster's CA"),
                    { IsMeant: false } => Finding.Failed(
                        $"{endpoint} is another cluster than context {meant.Cluster.Context}: this cluster's CA did not sign its certificate.",
                        Remedy
                    ),
                    var silent => Finding.Failed(
                        $"{endpoint} does not answer: {silent.Failure}",
                        "Check whether the address is right and can be reached from here; it must be the one that flyteadmin's pods can reach."
                    ),
                },
        ];
    }
}
