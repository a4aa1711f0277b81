using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>kubectl commands for people, with the run's kubeconfig and quoted for a shell.</summary>
internal static class KubectlText
{
    /// <summary>A command on a context.</summary>
    /// <param name="kubeconfig">The run's kubeconfig; null for kubectl's own.</param>
    /// <param name="context">The context.</param>
    /// <param name="arguments">The rest, as a shell takes it: <c>get ns</c>.</param>
    public static string Command(string? kubeconfig, string context, string arguments) =>
        $"kubectl{(kubeconfig is null ? string.Empty : $" --kubeconfig {ShellWords.Quoted(kubeconfig)}")} --context {ShellWords.Quoted(context)} {arguments}";

    /// <summary>The command that shows whether one can log in.</summary>
    /// <param name="kubeconfig">The run's kubeconfig; null for kubectl's own.</param>
    /// <param name="context">The context.</param>
    public static string GetNamespaces(string? kubeconfig, string context) => Command(kubeconfig, context, "get ns");
}
