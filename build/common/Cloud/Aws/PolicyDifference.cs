using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>Differences of policy documents, for a plan.</summary>
public static class PolicyDifference
{
    /// <summary>Compares a document with what it would be.</summary>
    /// <param name="kind"><c>TrustPolicy</c> or <c>IamPolicy</c>.</param>
    /// <param name="name">The role's or the policy's name.</param>
    /// <param name="live">The live document; null for none.</param>
    /// <param name="wanted">The document as it would be.</param>
    public static Func<CancellationToken, Task<IReadOnlyList<ObjectDifference>>> Of(string kind, string name, JsonObject? live, JsonObject wanted) =>
        _ => Task.FromResult<IReadOnlyList<ObjectDifference>>([ObjectDifferences.OfText(kind, name, Text(live), Text(wanted))]);

    private static string? Text(JsonObject? document) => document is null ? null : string.Join('\n', PolicyJson.Lines(document)) + "\n";
}
