using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>What a role trusts in one cluster.</summary>
/// <param name="Plane">The cluster's fleet name.</param>
/// <param name="Provider">Its OIDC provider's ARN.</param>
/// <param name="Issuer">Its issuer without <c>https://</c>; the condition keys begin with it.</param>
/// <param name="Subjects">The service accounts, <c>flyte:flytepropeller</c>, <c>*:default</c>.</param>
public sealed record TrustedCluster(string Plane, string Provider, string Issuer, IReadOnlyList<string> Subjects)
{
    /// <summary>Who tokens for AWS are for.</summary>
    public const string Audience = "sts.amazonaws.com";

    /// <summary>The statement: StringLike where a service account has a wildcard, for StringEquals never matches one.</summary>
    public JsonObject Statement()
    {
        var subjects = Subjects.Select(subject => $"system:serviceaccount:{subject}").ToArray();
        return new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["Federated"] = Provider },
            ["Action"] = TrustStatement.WebIdentity,
            ["Condition"] = new JsonObject
            {
                [subjects.Any(TrustStatement.IsPattern) ? "StringLike" : "StringEquals"] = new JsonObject
                {
                    [$"{Issuer}:aud"] = Audience,
                    [$"{Issuer}:sub"] = subjects is [var only] ? only : new JsonArray([.. subjects.Select(subject => (JsonNode)subject)]),
                },
            },
        };
    }
}
