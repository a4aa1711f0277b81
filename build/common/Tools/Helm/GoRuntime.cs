using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>What helm's Go runtime gets in its environment (pkg.go.dev/runtime, "Environment Variables"): docs/decisions.md has the measurement.</summary>
internal static class GoRuntime
{
    private const string Collection = "GOGC";

    /// <summary>Half as many collections as by default; nothing where the user's environment sets the variable.</summary>
    public static Dictionary<string, string> Variables() =>
        ProcessEnvironment.Current.Variable(Collection) is null ? new(StringComparer.Ordinal) { [Collection] = "200" } : new(StringComparer.Ordinal);
}
