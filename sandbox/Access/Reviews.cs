using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>The review resources of one cluster.</summary>
public sealed class Reviews : IReviews
{
    private const long ShortestSeconds = 600;
    private const long DefaultSeconds = 3600;
    private const long LongestSeconds = 1L << 32;

    private readonly IObjectStore _store;
    private readonly ServiceAccountTokens _tokens;
    private readonly AccessReviews _access;
    private readonly TimeProvider _time;

    /// <summary>Makes the reviews of one cluster.</summary>
    /// <param name="store">The cluster's objects.</param>
    /// <param name="tokens">The cluster's tokens.</param>
    /// <param name="access">The reviews of what a user may do.</param>
    /// <param name="caCertificatePem">The cluster's CA certificate, PEM.</param>
    /// <param name="time">The clock.</param>
    public Reviews(IObjectStore store, ServiceAccountTokens tokens, AccessReviews access, string caCertificatePem, TimeProvider time)
    {
        (_store, _tokens, _access, _time) = (store, tokens, access, time);
        CaCertificatePem = caCertificatePem;
    }

    /// <inheritdoc/>
    public string CaCertificatePem { get; }

    /// <inheritdoc/>
    public JsonObject Review(string kind, JsonObject body, UserInfo user)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(user);
        var answer = (JsonObject)body.DeepClone();
        answer["kind"] = kind;
        answer["apiVersion"] = kind is "SelfSubjectReview" or "TokenReview" ? "authentication.k8s.io/v1" : "authorization.k8s.io/v1";
        if (answer["metadata"] is not JsonObject)
        {
            answer["metadata"] = new JsonObject();
        }

        if (kind == "SelfSubjectReview")
        {
            answer["metadata"]!["creationTimestamp"] = Time(_time.GetUtcNow());
        }

        answer["status"] = kind switch
        {
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = UserJson(user) },
            "TokenReview" => TokenStatus(answer["spec"] as JsonObject ?? []),
            _ => _access.Status(kind, answer, user),
        };
        return answer;
    }

    /// <inheritdoc/>
    public JsonObject RequestToken(string ns, string serviceAccount, JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var account =
            _store.Get("", "serviceaccounts", ns, serviceAccount)
            ?? throw new ApiException(
                404,
                "NotFound",
                $"serviceaccounts \"{serviceAccount}\" not found",
                new JsonObject { ["name"] = serviceAccount, ["kind"] = "serviceaccounts" }
            );
        var spec = body["spec"] as JsonObject ?? [];
        var seconds = spec["expirationSeconds"] is JsonValue value ? Number(value) : DefaultSeconds;
        if (seconds is < ShortestSeconds or > LongestSeconds)
        {
            throw new ApiException(
                422,
                "Invalid",
                $"TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {seconds}: "
                    + (seconds < ShortestSeconds ? "may not specify a duration less than 10 minutes" : "may not specify a duration larger than 2^32 seconds")
            );
        }

        var audiences = spec["audiences"] is JsonArray { Count: > 0 } wanted
            ? wanted.Select(a => a!.GetValue<string>()).ToList()
            : [ServiceAccountTokens.Issuer];
        var bound = Bound(ns, spec["boundObjectRef"] as JsonObject);
        var lifetime = TimeSpan.FromSeconds(seconds);
        return new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = serviceAccount,
                ["namespace"] = ns,
                ["creationTimestamp"] = Time(_time.GetUtcNow()),
            },
            ["spec"] = new JsonObject
            {
                ["audiences"] = new JsonArray([.. audiences.Select(a => JsonValue.Create(a))]),
                ["expirationSeconds"] = seconds,
                ["boundObjectRef"] = spec["boundObjectRef"]?.DeepClone(),
            },
            ["status"] = new JsonObject
            {
                ["token"] = _tokens.Issue(ns, serviceAccount, Uid(account), audiences, lifetime, bound),
                ["expirationTimestamp"] = Time(_time.GetUtcNow().Add(lifetime)),
            },
        };
    }

    /// <inheritdoc/>
    public string SecretToken(string ns, string serviceAccount, string serviceAccountUid, string secretName) =>
        _tokens.ForSecret(ns, serviceAccount, serviceAccountUid, secretName);

    private JsonObject TokenStatus(JsonObject spec)
    {
        var audiences = spec["audiences"] is JsonArray wanted ? wanted.Select(a => a!.GetValue<string>()).ToList() : [];
        return _tokens.Accept(spec["token"]?.GetValue<string>() ?? "", audiences) is { } user
            ? new JsonObject
            {
                ["authenticated"] = true,
                ["user"] = UserJson(user),
                ["audiences"] = new JsonArray([.. (audiences.Count > 0 ? audiences : [ServiceAccountTokens.Issuer]).Select(a => JsonValue.Create(a))]),
            }
            : new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };
    }

    private BoundObject? Bound(string ns, JsonObject? reference)
    {
        if (reference is null)
        {
            return null;
        }

        var (kind, name) = (reference["kind"]?.GetValue<string>() ?? "", reference["name"]?.GetValue<string>() ?? "");
        var (claim, resource) = BoundObject.Claims.FirstOrDefault(c => string.Equals(c.Claim, kind, StringComparison.OrdinalIgnoreCase));
        if (claim is null)
        {
            throw new ApiException(400, "BadRequest", $"cannot bind token for serviceaccount to object of type {kind}");
        }

        var found =
            _store.Get("", resource, ns, name)
            ?? throw new ApiException(404, "NotFound", $"{resource} \"{name}\" not found", new JsonObject { ["name"] = name, ["kind"] = resource });
        return reference["uid"]?.GetValue<string>() is { Length: > 0 } wanted && wanted != Uid(found)
            ? throw new ApiException(
                409,
                "Conflict",
                $"Operation cannot be fulfilled on {resource} \"{name}\": the UID in the bound object reference ({wanted}) does not match the UID "
                    + "in record. The object might have been deleted and then recreated"
            )
            : new BoundObject(claim, name, Uid(found));
    }

    private static JsonObject UserJson(UserInfo user)
    {
        var json = new JsonObject { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            json["uid"] = user.Uid;
        }

        json["groups"] = new JsonArray([.. user.Groups.Select(g => JsonValue.Create(g))]);
        if (user.Extra.Count > 0)
        {
            json["extra"] = new JsonObject(
                user.Extra.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, new JsonArray([.. e.Value.Select(v => JsonValue.Create(v))])))
            );
        }

        return json;
    }

    private static long Number(JsonValue value) => value.TryGetValue<int>(out var number) ? number : value.GetValue<long>();

    private static string Uid(JsonObject obj) => obj["metadata"]?["uid"]?.GetValue<string>() ?? "";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
