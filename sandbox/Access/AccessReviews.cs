using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Access;

/// <summary>The reviews of authorization.k8s.io: what a user may do.</summary>
public sealed class AccessReviews
{
    private const string Group = "authorization.k8s.io";

    private readonly IAuthorizer _authorizer;
    private readonly RoleRules _rules;

    /// <summary>Makes the reviews of one cluster.</summary>
    public AccessReviews(IAuthorizer authorizer, RoleRules rules) => (_authorizer, _rules) = (authorizer, rules);

    /// <summary>The status of a posted review.</summary>
    /// <param name="kind">SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview or LocalSubjectAccessReview.</param>
    /// <param name="review">The posted object.</param>
    /// <param name="user">Who asks.</param>
    /// <exception cref="ApiException">400 or 422: the review says not, or not rightly, what is asked.</exception>
    public JsonObject Status(string kind, JsonObject review, UserInfo user)
    {
        ArgumentNullException.ThrowIfNull(review);
        ArgumentNullException.ThrowIfNull(user);
        var spec = review["spec"] as JsonObject ?? [];
        return kind switch
        {
            "SelfSubjectAccessReview" => Decide(kind, spec, user),
            "SubjectAccessReview" => Decide(kind, spec, Subject(kind, spec)),
            "LocalSubjectAccessReview" => Decide(kind, Local(review, spec), Subject(kind, spec)),
            "SelfSubjectRulesReview" => Rules(spec, user),
            _ => throw new ApiException(404, "NotFound", "the server could not find the requested resource"),
        };
    }

    private JsonObject Decide(string kind, JsonObject spec, UserInfo user)
    {
        var decision = _authorizer.Authorize(user, Attributes(kind, spec));
        var status = new JsonObject { ["allowed"] = decision.Allowed };
        if (decision.Reason.Length > 0)
        {
            status["reason"] = decision.Reason;
        }

        return status;
    }

    private static RequestAttributes Attributes(string kind, JsonObject spec) =>
        (spec["resourceAttributes"], spec["nonResourceAttributes"]) switch
        {
            (JsonObject resource, null) => new(
                Text(resource, "verb"),
                Text(resource, "group"),
                Text(resource, "version"),
                Text(resource, "resource"),
                Text(resource, "subresource"),
                Text(resource, "namespace"),
                Text(resource, "name"),
                ""
            ),
            (null, JsonObject url) => new(Text(url, "verb"), "", "", null, null, null, null, Text(url, "path")),
            _ => throw Invalid(kind, "spec.resourceAttributes", "exactly one of nonResourceAttributes or resourceAttributes must be specified"),
        };

    private static UserInfo Subject(string kind, JsonObject spec)
    {
        var groups = spec["groups"] is JsonArray list ? list.Select(g => g!.GetValue<string>()).ToList() : [];
        var name = Text(spec, "user");
        return name.Length == 0 && groups.Count == 0
            ? throw Invalid(kind, "spec.user", "at least one of user or group must be specified")
            : new UserInfo(name, Text(spec, "uid"), groups, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
    }

    private static JsonObject Local(JsonObject review, JsonObject spec)
    {
        var (own, asked) = (Text(review["metadata"] as JsonObject, "namespace"), Text(spec["resourceAttributes"] as JsonObject, "namespace"));
        return own == asked ? spec : throw new ApiException(400, "BadRequest", $"spec.resourceAttributes.namespace must match namespace: {own}");
    }

    private JsonObject Rules(JsonObject spec, UserInfo user)
    {
        var ns = Text(spec, "namespace");
        if (ns.Length == 0)
        {
            throw new ApiException(400, "BadRequest", "no namespace on request");
        }

        var rules = _rules.Of(user, ns).ToList();
        var status = new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(r => r.Rule is { Resources.Count: > 0 }).Select(r => r.Rule!.ToJson())]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(r => r.Rule is { NonResourceUrls.Count: > 0 }).Select(r => r.Rule!.ToJson())]),
            ["incomplete"] = false,
        };
        var missing = rules.Where(r => r.Rule is null).Select(r => r.Source).ToList();
        if (missing.Count > 0)
        {
            status["evaluationError"] = string.Join(", ", missing);
        }

        return status;
    }

    private static ApiException Invalid(string kind, string field, string problem) =>
        new(422, "Invalid", $"{kind}.{Group} \"\" is invalid: {field}: Invalid value: null: {problem}");

    private static string Text(JsonObject? json, string key) => json?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
