using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Token;

/// <summary>
/// Finds the token that flyteadmin is to use in a data plane. A stored credential that works stays, whatever its token's Secret is called. A Secret
/// that is made again under its name gets the token that was revoked with it, so one that replaces another gets a name that was never used.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="plane">The data plane.</param>
/// <param name="journal">Gets notes.</param>
internal sealed class TokenSource(FleetRun run, DataPlaneRun plane, RunJournal journal)
{
    /// <summary>What using a stored credential showed.</summary>
    private enum Verdict
    {
        /// <summary>It is flyteadmin's of this data plane.</summary>
        Right,

        /// <summary>It is nobody's there, or somebody else's.</summary>
        Wrong,

        /// <summary>The endpoint did not say.</summary>
        Unknown,
    }

    /// <summary>Finds it; nothing is changed.</summary>
    /// <exception cref="InvalidOperationException">The Secret of the data plane's token is something else.</exception>
    /// <exception cref="KubernetesApiException">A server refused, or did not answer.</exception>
    public async Task<TokenOrigin> FindAsync(CancellationToken cancellationToken)
    {
        var named = new TokenSecret(run, plane, plane.Spec.TokenSecret).ReadAsync(cancellationToken);
        var listed = TokenSecret.ListAsync(run, plane, cancellationToken);
        var earlier = run.State.Of<EarlierJoins>().Read.GetAsync(() => EarlierJoin.ReadAsync(run, cancellationToken));
        await Task.WhenAll(named, listed, earlier);
        var secrets = await listed;
        var stored = (await earlier).Of(plane);
        (Verdict Verdict, TokenOrigin Origin)? last = null;
        foreach (var candidate in Stored(stored, secrets).Concat(Copied(await earlier, stored.Token, secrets)))
        {
            last = await TryAsync(candidate, cancellationToken);
            if (last.Value.Verdict == Verdict.Right)
                return last.Value.Origin;
        }

        // What did not answer with a CA certificate does not answer with it again.
        var untried = secrets.Where(secret => last is not { Verdict: Verdict.Unknown } || (string?)secret["data"]?["ca.crt"] != stored.Ca);
        if (Taken(untried, stored.Token) is { } taken)
            return taken;
        if (last is { } tried && (tried.Verdict == Verdict.Unknown || tried.Origin.Secret is not null))
            return tried.Origin;
        return new TokenOrigin(null, (await earlier).Trace(plane) is { } trace ? TokenSecret.NameAfter(plane.Spec.TokenSecret, trace) : plane.Spec.TokenSecret);
    }

    // The Secret's own CA certificate first: it follows the cluster's, and the stored one does not.
    private static IEnumerable<TokenOrigin> Stored((string? Token, string? Ca) stored, IReadOnlyList<JsonObject> secrets)
    {
        if (stored.Token is null)
            yield break;
        var home = TokenSecret.Holding(secrets, stored.Token);
        var name = (string?)home?["metadata"]?["name"];
        var own = home is null ? null : TokenSecret.Credential(home);
        if (own is not null)
            yield return new TokenOrigin(own, name);
        if (stored.Ca is { } ca && ca != own?.CaCertificate)
            yield return new TokenOrigin(new ClusterCredential(stored.Token, ca), name);
    }

    // The Secret that somebody copied the token from by hand, with a newline, encoded twice, or to another key: it goes on being the one in use.
    private static IEnumerable<TokenOrigin> Copied(EarlierJoin earlier, string? storedToken, IReadOnlyList<JsonObject> secrets)
    {
        if (earlier.Origin(secrets) is { } secret && TokenSecret.Credential(secret) is { } credential && credential.Token != storedToken)
            yield return new TokenOrigin(credential, (string?)secret["metadata"]?["name"]);
    }

    private async Task<(Verdict Verdict, TokenOrigin Origin)> TryAsync(TokenOrigin candidate, CancellationToken cancellationToken)
    {
        try
        {
            var proven = await CredentialProof.UseAsync(plane.Name, plane.Endpoint!, candidate.Credential!, cancellationToken);
            if (
                proven.Identity.User != CredentialProof.User(run.Namespace)
                || (candidate.Secret is null && !await IsOfThisClusterAsync(proven.Identity, cancellationToken))
            )
                return (Verdict.Wrong, candidate);
            if (candidate.Secret is null)
                NoteUnknownOrigin(candidate.Credential!);
            return (Verdict.Right, candidate with { Proven = proven });
        }
        catch (Exception exception) when (exception is InvalidOperationException or KubernetesApiException or FormatException)
        {
            return (IsWrong(exception) ? Verdict.Wrong : Verdict.Unknown, candidate with { Failure = exception });
        }
    }

    // Refused by the API server, or so malformed that it was never sent.
    private static bool IsWrong(Exception exception) =>
        exception is FormatException
        || (exception is InvalidOperationException && exception.InnerException is not KubernetesApiException { Status: not HttpStatusCode.Unauthorized });

    private async Task<bool> IsOfThisClusterAsync(UserIdentity identity, CancellationToken cancellationToken)
    {
        var account = await plane.Api.GetAsync(KubernetesPaths.Core(run.Namespace, "serviceaccounts", TokenSecret.ServiceAccount), cancellationToken);
        return identity.Uid is null || identity.Uid == (string?)account?["metadata"]?["uid"];
    }

    private void NoteUnknownOrigin(ClusterCredential credential)
    {
        var end = TokenClaims.Expiry(credential.Token) is { } expiry
            ? $"; it expires on {expiry:yyyy-MM-dd}, and no run can renew it before then"
            : string.Empty;
        journal.Add($"The stored token of {plane.Name} works and is kept; no Secret in the data plane's namespace {run.Namespace} holds it{end}.");
    }

    // One that a run was killed over, or that somebody else's run has just made, or the stored token's before it was overwritten by hand.
    private TokenOrigin? Taken(IEnumerable<JsonObject> secrets, string? storedToken)
    {
        var found = secrets
            .Where(secret => IsMade(secret) && (storedToken is null || (string?)secret["data"]?["token"] != storedToken))
            .OrderByDescending(secret => TokenSecret.Credential(secret) is not null)
            .ThenByDescending(secret => KubernetesTime.Of(secret["metadata"]?["creationTimestamp"]))
            .ThenBy(secret => (string?)secret["metadata"]?["name"], StringComparer.Ordinal)
            .FirstOrDefault();
        return found is null ? null : new TokenOrigin(TokenSecret.Credential(found), (string)found["metadata"]!["name"]!);
    }

    private bool IsMade(JsonObject secret) =>
        (string?)secret["metadata"]?["name"] == plane.Spec.TokenSecret
        || (secret["metadata"]?["managedFields"] as JsonArray ?? []).Any(entry => (string?)entry?["manager"] == FieldManagers.Tool);
}
