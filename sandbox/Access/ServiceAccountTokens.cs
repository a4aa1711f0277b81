using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>
/// Issues and accepts service account tokens, with the claims of Kubernetes' <c>pkg/serviceaccount</c>: the long-lived one of a Secret
/// and the short-lived one of a TokenRequest. A token counts only while what it is bound to exists in the cluster's store.
/// </summary>
public sealed class ServiceAccountTokens
{
    /// <summary>The issuer and audience of this cluster's TokenRequest tokens.</summary>
    public const string Issuer = "https://kubernetes.default.svc.cluster.local";

    private const string LegacyIssuer = "kubernetes/serviceaccount";
    private const string Prefix = "kubernetes.io/serviceaccount/";
    private const string PrivateClaims = "kubernetes.io";

    private readonly IObjectStore _store;
    private readonly JsonWebTokens _signer;
    private readonly TimeProvider _time;

    // API servers sign with RSA: the same claims, which hold no time and no id, give the same token. This cluster's key does not, so what it signed is
    // remembered.
    private readonly ConcurrentDictionary<(string, string, string, string), string> _legacy = new();

    /// <summary>Makes the tokens of one cluster.</summary>
    /// <param name="store">The cluster's objects.</param>
    /// <param name="signer">The cluster's signing key.</param>
    /// <param name="time">The clock.</param>
    public ServiceAccountTokens(IObjectStore store, JsonWebTokens signer, TimeProvider time) => (_store, _signer, _time) = (store, signer, time);

    /// <summary>Issues the long-lived token of a Secret of type <c>kubernetes.io/service-account-token</c>; a Secret of the same name gets the same
    /// token.</summary>
    public string ForSecret(string ns, string serviceAccount, string serviceAccountUid, string secretName) =>
        _legacy.GetOrAdd(
            (ns, serviceAccount, serviceAccountUid, secretName),
            _ =>
                _signer.Sign(
                    new JsonObject
                    {
                        ["iss"] = LegacyIssuer,
                        [Prefix + "namespace"] = ns,
                        [Prefix + "secret.name"] = secretName,
                        [Prefix + "service-account.name"] = serviceAccount,
                        [Prefix + "service-account.uid"] = serviceAccountUid,
                        ["sub"] = Users.ServiceAccountName(ns, serviceAccount),
                    }
                )
        );

    /// <summary>Issues a short-lived token.</summary>
    /// <param name="ns">The service account's namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="uid">The service account's uid.</param>
    /// <param name="audiences">Who may accept it; never empty.</param>
    /// <param name="lifetime">How long it counts.</param>
    /// <param name="bound">The Secret or Pod whose end ends it too; null for none.</param>
    public string Issue(string ns, string serviceAccount, string uid, IEnumerable<string> audiences, TimeSpan lifetime, BoundObject? bound = null)
    {
        var now = _time.GetUtcNow();
        var about = new JsonObject
        {
            ["namespace"] = ns,
            ["serviceaccount"] = new JsonObject { ["name"] = serviceAccount, ["uid"] = uid },
        };
        if (bound is not null)
        {
            about[bound.Claim] = new JsonObject { ["name"] = bound.Name, ["uid"] = bound.Uid };
        }

        return _signer.Sign(
            new JsonObject
            {
                ["aud"] = new JsonArray([.. audiences.Select(a => JsonValue.Create(a))]),
                ["exp"] = now.Add(lifetime).ToUnixTimeSeconds(),
                ["iat"] = now.ToUnixTimeSeconds(),
                ["iss"] = Issuer,
                ["jti"] = Guid.NewGuid().ToString(),
                [PrivateClaims] = about,
                ["nbf"] = now.ToUnixTimeSeconds(),
                ["sub"] = Users.ServiceAccountName(ns, serviceAccount),
            }
        );
    }

    /// <summary>The service account that a token speaks for; null when the token does not count (any more).</summary>
    /// <param name="token">The token, exactly as sent.</param>
    /// <param name="audiences">The audiences of which it must name one; none means this API server.</param>
    public UserInfo? Accept(string token, params IReadOnlyCollection<string> audiences)
    {
        ArgumentNullException.ThrowIfNull(audiences);
        return _signer.Verify(token) switch
        {
            null => null,
            var claims when Text(claims, "iss") == LegacyIssuer => AcceptSecret(token, claims),
            var claims when Text(claims, "iss") == Issuer => AcceptIssued(claims, audiences.Count == 0 ? [Issuer] : audiences),
            _ => null,
        };
    }

    private UserInfo? AcceptSecret(string token, JsonObject claims)
    {
        var (ns, name, uid) = (Text(claims, Prefix + "namespace"), Text(claims, Prefix + "service-account.name"), Text(claims, Prefix + "service-account.uid"));
        var secret = Living("secrets", ns, Text(claims, Prefix + "secret.name"));
        var stored = Text(secret?["data"] as JsonObject, "token");
        return IsBase64Of(stored, token) && Exists("serviceaccounts", ns, name, uid) ? Users.ServiceAccount(ns, name, uid) : null;
    }

    private UserInfo? AcceptIssued(JsonObject claims, IReadOnlyCollection<string> audiences)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        if (
            claims["exp"]?.GetValue<long>() is not { } end
            || end <= now
            || claims["aud"] is not JsonArray aud
            || !aud.Select(a => a?.GetValue<string>()).Intersect(audiences, StringComparer.Ordinal).Any()
            || claims[PrivateClaims] is not JsonObject about
            || about["serviceaccount"] is not JsonObject account
        )
        {
            return null;
        }

        var (ns, name, uid) = (Text(about, "namespace"), Text(account, "name"), Text(account, "uid"));
        if (!Exists("serviceaccounts", ns, name, uid) || !IsBoundToLiving(about, ns))
        {
            return null;
        }

        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [Users.CredentialId] = [$"JTI={Text(claims, "jti")}"] };
        if (about["pod"] is JsonObject pod)
        {
            extra["authentication.kubernetes.io/pod-name"] = [Text(pod, "name")];
            extra["authentication.kubernetes.io/pod-uid"] = [Text(pod, "uid")];
        }

        return Users.ServiceAccount(ns, name, uid, extra);
    }

    private bool IsBoundToLiving(JsonObject about, string ns) =>
        BoundObject.Claims.All(bound => about[bound.Claim] is not JsonObject held || Exists(bound.Resource, ns, Text(held, "name"), Text(held, "uid")));

    private bool Exists(string resource, string ns, string name, string uid) =>
        uid.Length > 0 && Text(Living(resource, ns, name)?["metadata"] as JsonObject, "uid") == uid;

    private JsonObject? Living(string resource, string ns, string name) =>
        ns.Length > 0 && name.Length > 0 && _store.Get("", resource, ns, name) is { } found && found["metadata"]?["deletionTimestamp"] is null ? found : null;

    private static bool IsBase64Of(string stored, string token) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(stored),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(token)))
        );

    private static string Text(JsonObject? json, string key) => json?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}

/// <summary>What a TokenRequest token is bound to beside its service account.</summary>
/// <param name="Claim">Its name among the token's private claims: <c>secret</c> or <c>pod</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid.</param>
public sealed record BoundObject(string Claim, string Name, string Uid)
{
    /// <summary>The claims that name an object, and the resource of that object.</summary>
    public static IReadOnlyList<(string Claim, string Resource)> Claims { get; } = [("secret", "secrets"), ("pod", "pods")];
}
