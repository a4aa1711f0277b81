using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Commands that messages print, so that they can be pasted into a shell as they are.</summary>
public static class SuggestedCommand
{
    private static readonly RunOptions Defaults = new();

    /// <summary>A target on this run's fleet, data planes and kubeconfig.</summary>
    /// <param name="target">The target.</param>
    /// <param name="options">The run's options.</param>
    public static string Target(string target, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var clusters = string.Join(',', options.Clusters);
        var sandbox = options.Sandbox == Defaults.Sandbox ? null : options.Sandbox;
        return $"./build.sh --target={target}{Given("fleet", options.Fleet)}{Given("cluster", clusters)}{Given("kubeconfig", options.Kubeconfig)}"
            + Given("sandbox", sandbox);
    }

    /// <summary>This run's own command once more.</summary>
    /// <param name="arguments">The command line, without the program's name.</param>
    public static string Rerun(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quoted).Prepend("./build.sh"));

    /// <summary>A kubectl command on a kubeconfig.</summary>
    /// <param name="arguments">Its arguments, <c>config delete-context x</c>.</param>
    /// <param name="kubeconfig">The kubeconfig; null for kubectl's own.</param>
    public static string Kubectl(string arguments, string? kubeconfig) => $"kubectl {arguments}{Given("kubeconfig", kubeconfig)}";

    /// <summary>A word as a shell takes it: in single quotes, unless it is plain.</summary>
    /// <param name="word">The word.</param>
    public static string Quoted(string word) => ShellWords.Quoted(word);

    private static string Given(string option, string? value) => string.IsNullOrEmpty(value) ? string.Empty : $" --{option}={Quoted(value)}";
}
