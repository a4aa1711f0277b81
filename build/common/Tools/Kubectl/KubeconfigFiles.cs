using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>The files that make up the kubeconfig. kubectl passes over those that are not there.</summary>
public static class KubeconfigFiles
{
    /// <summary>The files that are named and not there.</summary>
    /// <param name="kubeconfig">What <c>--kubeconfig</c> names; null where it is not given.</param>
    /// <param name="environment">A variable's value; null where it is not set.</param>
    /// <returns>Each with what names it: <c>--kubeconfig</c>, <c>KUBECONFIG</c>, or <c>kubeconfig</c> for kubectl's default.</returns>
    public static IReadOnlyList<(string Place, string Path)> Missing(string? kubeconfig, Func<string, string?> environment) =>
        [.. Named(kubeconfig, environment).Where(file => !File.Exists(file.Path) && !Directory.Exists(file.Path))];

    /// <summary>The folder that relative paths in the kubeconfig start from, where all of it is in one file.</summary>
    /// <param name="kubeconfig">What <c>--kubeconfig</c> names; null where it is not given.</param>
    /// <param name="environment">A variable's value; null where it is not set.</param>
    /// <returns>The folder; null where there is no file, or several, as kubectl does not say which of them a path is from.</returns>
    public static string? Folder(string? kubeconfig, Func<string, string?> environment) =>
        Named(kubeconfig, environment).Where(file => File.Exists(file.Path)).ToArray() is [var only]
            ? Path.GetDirectoryName(ProcessEnvironment.Current.FullPath(only.Path))
            : null;

    private static IEnumerable<(string Place, string Path)> Named(string? kubeconfig, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (kubeconfig is not null)
            return [("--kubeconfig", kubeconfig)];
        if (environment("KUBECONFIG") is { Length: > 0 } list)
            return list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Select(path => ("KUBECONFIG", path));
        return environment(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { Length: > 0 } home
            ? [("kubeconfig", Path.Combine(home, ".kube", "config"))]
            : [];
    }
}
