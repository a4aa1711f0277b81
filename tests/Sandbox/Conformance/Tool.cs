using System.Collections.Concurrent;
using System.Diagnostics;

namespace Flyte.MultiCluster.Tests.Sandbox.Conformance;

/// <summary>What a command said.</summary>
internal sealed record ToolResult(int Code, string Output, string Error)
{
    public string All => Output + Error;
}

/// <summary>Runs the real kubectl and helm against one cluster.</summary>
internal sealed class Tool(string program, string kubeconfig, string cache)
{
    private static readonly Lazy<string> FoundKubectl = new(() => Find("kubectl", _ => true));
    private static readonly ConcurrentDictionary<int, string> FoundHelms = [];

    /// <summary>kubectl, the pinned one of the repository's tools or the PATH's.</summary>
    public static string Kubectl() => FoundKubectl.Value;

    /// <summary>helm of a major version, the pinned one of the repository's tools or the PATH's.</summary>
    public static string Helm(int major) =>
        FoundHelms.GetOrAdd(
            major,
            static wanted =>
                Find(
                    "helm",
                    path => Start(path, ["version", "--template", "{{.Version}}"], "", "", "").Output.StartsWith($"v{wanted}.", StringComparison.Ordinal)
                )
        );

    /// <summary>Runs a command; arguments are split at spaces.</summary>
    public ToolResult Run(string arguments, string input = "") => Run(arguments.Split(' '), input);

    /// <summary>Runs a command.</summary>
    public ToolResult Run(string[] arguments, string input = "") => Start(program, arguments, kubeconfig, cache, input);

    private static string Find(string name, Predicate<string> fits) =>
        new[] { Path.Combine(Chart.Helm.Root, "tools", "bin"), Path.Combine(Chart.Helm.Root, "tools", "helm3", "bin") }
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(f => Path.Combine(f, name))
            .FirstOrDefault(p => File.Exists(p) && fits(p))
        ?? throw new FileNotFoundException($"No {name} on PATH or under tools/: run ./build.sh --target=InstallTools --with-helm3");

    private static ToolResult Start(string program, string[] arguments, string kubeconfig, string cache, string input)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        foreach (string variable in (ReadOnlySpan<string>)["KUBECACHEDIR", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"])
            start.Environment[variable] = cache;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
