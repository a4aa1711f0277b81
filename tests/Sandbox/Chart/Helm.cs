using System.Diagnostics;

namespace Flyte.MultiCluster.Tests.Sandbox.Chart;

/// <summary>A real helm of one major version, from PATH or the repository's tools.</summary>
internal sealed class Helm(string path)
{
    /// <summary>The repository's root: the folder of the solution file above the tests' binaries.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where the stand-in chart is.</summary>
    public static string StandIn { get; } = Path.Combine(Root, "sandbox", "chart", "flyte-core");

    public static Helm OfMajorVersion(int major)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Append(Path.Combine(Root, "tools", "bin"))
            .Append(Path.Combine(Root, "tools", "helm3", "bin"));
        foreach (var candidate in folders.Select(f => Path.Combine(f, "helm")).Where(File.Exists).Distinct(StringComparer.Ordinal))
        {
            var (code, output) = Start(candidate, ["version", "--template", "{{.Version}}"]);
            if (code == 0 && output.StartsWith($"v{major}.", StringComparison.Ordinal))
                return new Helm(candidate);
        }

        throw new FileNotFoundException($"No helm {major} on PATH or under tools/: run ./build.sh --target=InstallTools");
    }

    public (int Code, string Output) Run(params string[] arguments) => Start(path, arguments);

    /// <summary>Renders the stand-in, offline, as helm would render it for a cluster with CustomResourceDefinitions v1.</summary>
    public (int Code, string Output) Template(string release, params string[] valuesFiles) => Run(
        ["template", release, StandIn, "--namespace", "flyte", "--api-versions", "apiextensions.k8s.io/v1/CustomResourceDefinition",
            .. valuesFiles.SelectMany(f => new[] { "--values", f })]);

    private static (int Code, string Output) Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HELM_CACHE_HOME"] = start.Environment["HELM_CONFIG_HOME"] = start.Environment["HELM_DATA_HOME"] = Path.GetTempPath();
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + error.GetAwaiter().GetResult());
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "flyte-multicluster.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("No flyte-multicluster.slnx above " + AppContext.BaseDirectory);
    }
}
