using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud.Aws;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>The S3 policy of Flyte. The runbook's <c>BUCKET*</c> would open every bucket with that prefix; this one names the buckets and no others.</summary>
internal static class BucketPolicy
{
    private static readonly string[] Actions = ["s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket", "s3:PutObject*"];
    private static readonly string[] Keys = ["Sid", "Effect", "Action", "Resource"];

    /// <summary>The policy's document: one statement for all buckets and what is in them.</summary>
    /// <param name="partition">The account's partition, <c>aws</c>.</param>
    /// <param name="buckets">The buckets' names.</param>
    public static JsonObject Document(string partition, IReadOnlyList<string> buckets) => Merge(null, partition, buckets).Document;

    /// <summary>
    /// Puts the fleet's buckets into a live document. The statement that this program or the runbook makes, for whichever buckets, becomes exact in its place
    /// and keeps its Sid; all others stay.
    /// </summary>
    /// <param name="live">The live document; null for none.</param>
    /// <param name="partition">The account's partition, <c>aws</c>.</param>
    /// <param name="buckets">The buckets' names.</param>
    public static PolicyDocument Merge(JsonObject? live, string partition, IReadOnlyList<string> buckets)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        var wanted = Statement(partition, buckets);
        var statements = live is null ? [] : PolicyJson.Statements(live);
        var own = Own(statements, wanted, partition, buckets);
        var changes = statements.Select(one => new StatementChange(one, ReferenceEquals(one, own) ? Exact(one, wanted) : one)).ToList();
        if (own is null)
            changes.Add(new StatementChange(null, wanted));
        return PolicyDocument.Of(live, changes);
    }

    /// <summary>The statements of others that open buckets of S3 that are not the fleet's.</summary>
    /// <param name="document">The live document.</param>
    /// <param name="partition">The account's partition, <c>aws</c>.</param>
    /// <param name="buckets">The fleet's buckets.</param>
    public static IReadOnlyList<JsonObject> OpenOthers(PolicyDocument document, string partition, IReadOnlyList<string> buckets)
    {
        ArgumentNullException.ThrowIfNull(document);
        var own = PolicyJson.Texts(Statement(partition, buckets)["Resource"]);
        return
        [
            .. document
                .Changes.Where(change => change.IsNone)
                .Select(change => change.Before!)
                .Where(statement =>
                    (string?)statement["Effect"] == "Allow"
                    && PolicyJson.Texts(statement["Action"]).Any(action => action == "*" || action.StartsWith("s3:", StringComparison.OrdinalIgnoreCase))
                    && PolicyJson.Texts(statement["Resource"]).Any(resource => !own.Any(arn => IsIn(resource, arn)))
                ),
        ];
    }

    private static bool IsIn(string resource, string arn) =>
        resource == arn || (arn.EndsWith("/*", StringComparison.Ordinal) && resource.StartsWith(arn[..^1], StringComparison.Ordinal));

    private static JsonObject Statement(string partition, IReadOnlyList<string> buckets) =>
        new()
        {
            ["Effect"] = "Allow",
            ["Action"] = new JsonArray([.. Actions.Select(action => (JsonNode)action)]),
            ["Resource"] = new JsonArray([.. buckets.Select(bucket => Arn(partition, bucket)).SelectMany(arn => new JsonNode[] { arn, $"{arn}/*" })]),
        };

    private static string Arn(string partition, string bucket) => $"arn:{partition}:s3:::{bucket}";

    // The one that says just that; else one for one of the fleet's buckets, also by the runbook's wildcard; else the only one, for the buckets of before.
    private static JsonObject? Own(IReadOnlyList<JsonObject> statements, JsonObject wanted, string partition, IReadOnlyList<string> buckets)
    {
        var kind = statements.Where(IsBucketStatement).ToArray();
        return kind.FirstOrDefault(statement => TrustStatement.Meaning(statement) == TrustStatement.Meaning(wanted))
            ?? kind.FirstOrDefault(statement =>
                PolicyJson.Texts(statement["Resource"]).Any(arn => buckets.Any(bucket => Bucket(arn) == Arn(partition, bucket)))
            )
            ?? (kind is [var only] ? only : null);
    }

    // BUCKET, BUCKET/*, and the runbook's BUCKET* and BUCKET*/*.
    private static string Bucket(string arn) => arn.TrimEnd('*').TrimEnd('/').TrimEnd('*');

    // What this program and the runbook write: these actions and no others, on buckets and what is in them, without a condition.
    private static bool IsBucketStatement(JsonObject statement)
    {
        var resources = PolicyJson.Texts(statement["Resource"]);
        return statement.All(entry => Keys.Contains(entry.Key, StringComparer.Ordinal))
            && (string?)statement["Effect"] == "Allow"
            && PolicyJson.Texts(statement["Action"]).ToHashSet(StringComparer.Ordinal).SetEquals(Actions)
            && resources.Count > 0
            && resources.All(arn => arn.Split(':') is ["arn", _, "s3", "", "", { Length: > 0 } bucket] && bucket != "*");
    }

    private static JsonObject Exact(JsonObject live, JsonObject wanted)
    {
        if (TrustStatement.Meaning(live) == TrustStatement.Meaning(wanted))
            return live;
        if (live["Sid"] is { } sid)
            wanted.Insert(0, "Sid", sid.DeepClone());
        return wanted;
    }
}
