using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>The version that the sandbox says it is.</summary>
internal static class ServerVersion
{
    public const string GitVersion = "v1.36.2";

    /// <summary>The answer of <c>/version</c>.</summary>
    public static JsonObject Json() =>
        new()
        {
            ["major"] = "1",
            ["minor"] = "36",
            ["emulationMajor"] = "1",
            ["emulationMinor"] = "36",
            ["minCompatibilityMajor"] = "1",
            ["minCompatibilityMinor"] = "35",
            ["gitVersion"] = GitVersion,
            ["gitCommit"] = "sandbox",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "none",
            ["compiler"] = "none",
            ["platform"] = "sandbox/any",
        };
}
