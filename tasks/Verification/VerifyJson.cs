using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>Results as one JSON document, described by <c>docs/verify.schema.json</c>.</summary>
public static class VerifyJson
{
    /// <summary>The document.</summary>
    /// <param name="results">The results; none where the checks did not run.</param>
    /// <param name="problems">Why they did not; empty where they did.</param>
    /// <param name="exitCode">The program's exit code.</param>
    /// <param name="elapsed">How long the run took.</param>
    public static string Of(IReadOnlyList<CheckResult> results, IReadOnlyList<Problem> problems, int exitCode, TimeSpan elapsed)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(problems);
        var document = new JsonObject
        {
            ["exitCode"] = exitCode,
            ["durationMs"] = (long)elapsed.TotalMilliseconds,
            ["counts"] = new JsonObject(
                Enum.GetValues<CheckStatus>().Select(status => KeyValuePair.Create(Word(status), (JsonNode?)results.Count(result => result.Status == status)))
            ),
            ["checks"] = new JsonArray([
                .. results.Select(result => new JsonObject
                {
                    ["check"] = result.Check,
                    ["cluster"] = result.Cluster,
                    ["status"] = Word(result.Status),
                    ["found"] = result.Found,
                    ["remedy"] = result.Remedy,
                    ["durationMs"] = (long)result.Duration.TotalMilliseconds,
                }),
            ]),
            ["problems"] = MachineJson.Of(problems),
        };
        return MachineJson.Format(document);
    }

    internal static string Word(CheckStatus status) => status.ToString().ToLowerInvariant();
}
