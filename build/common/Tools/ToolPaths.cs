using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools;

/// <summary>Finds helm and kubectl: on the PATH first, else where <c>InstallTools</c> puts them.</summary>
/// <param name="root">The repository's root.</param>
/// <param name="searchPath">The PATH to search; null for none.</param>
public sealed class ToolPaths(string root, string? searchPath)
{
    /// <summary>Looks up tools for this process: its PATH, its repository.</summary>
    public static ToolPaths Current => new(ProjectRoot.Path, ProcessEnvironment.Current.Variable("PATH"));

    /// <summary>Where <c>InstallTools</c> puts helm and kubectl.</summary>
    public string Folder => Path.Combine(root, "tools", "bin");

    /// <summary>Where <c>InstallTools --with-helm3</c> puts Helm 3 and the kubectl of its time.</summary>
    public string Helm3Folder => Path.Combine(root, "tools", "helm3", "bin");

    /// <summary>The tool's executable file.</summary>
    /// <param name="tool">Its name, without <c>.exe</c>.</param>
    /// <returns>An absolute path; null when there is none.</returns>
    public string? Find(string tool) =>
        (searchPath ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Folder)
            .Select(folder => Path.GetFullPath(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{tool}.exe" : tool)))
            .FirstOrDefault(IsExecutable);

    /// <summary>That a tool is missing, with the remedy.</summary>
    /// <param name="tool">Its name.</param>
    public static Problem Missing(string tool) =>
        new(tool, "It is neither on PATH nor in tools/bin.", $"Run ./build.sh --target={TargetNames.InstallTools}, or install it yourself.");

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (
            OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None
        );
}
