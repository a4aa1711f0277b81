using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools;

/// <summary>The repository's root: where <c>values/</c>, <c>tools/</c> and <c>artifacts/</c> are. The working directory stays the caller's.</summary>
public static class ProjectRoot
{
    /// <summary>The environment variable in which <c>build.sh</c> passes the root.</summary>
    public const string Variable = "FLYTE_MULTICLUSTER_ROOT";

    private static readonly Lazy<string> Own = new(Find);

    /// <summary>An absolute path: the variable's, else the nearest folder above the program, or above the working directory, that holds <c>global.json</c> and
    /// <c>build/</c>, else the working directory.</summary>
    public static string Path => ProcessEnvironment.Current == ProcessEnvironment.Own ? Own.Value : Find();

    private static string Find()
    {
        if (ProcessEnvironment.Current.Variable(Variable) is { Length: > 0 } reported)
            return ProcessEnvironment.Current.FullPath(reported);

        return Above(AppContext.BaseDirectory) ?? Above(ProcessEnvironment.Current.WorkingDirectory) ?? ProcessEnvironment.Current.WorkingDirectory;
    }

    private static string? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (
                File.Exists(System.IO.Path.Combine(folder.FullName, "global.json"))
                && File.Exists(System.IO.Path.Combine(folder.FullName, "build", "Build.csproj"))
            )
                return folder.FullName;
        }

        return null;
    }
}
