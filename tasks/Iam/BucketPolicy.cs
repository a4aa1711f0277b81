using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Iam;

/// <summary>The S3 policy of Flyte. The runbook's <c>BUCKET*</c> would open every bucket with that prefix; this one names the buckets and no others.</summary>
public static class BucketPolicy
{
    /// <summary>The policy's document: one statement for all buckets and what is in them.</summary>
    /// <param name="partition">The account's partition, <c>aws</c>.</param>
    /// <param name="buckets">The buckets' names.</param>
    public static JsonObject Document(string partition, IReadOnlyList<string> buckets)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        return new JsonObject
        {
            ["Version"] = "2012-10-17",
            ["Statement"] = new JsonArray(new JsonObject
            {
                ["Effect"] = "Allow",
                ["Action"] = new JsonArray("s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket", "s3:PutObject*"),
                ["Resource"] = new JsonArray([.. buckets.SelectMany(bucket => new[] { $"arn:{partition}:s3:::{bucket}", $"arn:{partition}:s3:::{bucket}/*" }).Select(arn => (JsonNode)arn)]),
            }),
        };
    }
}
