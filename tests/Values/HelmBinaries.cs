using System.Diagnostics;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Values;

/// <summary>Finds the real helm binaries and asks them how they read values.</summary>
internal static class HelmBinaries
{
    /// <summary>Helm 4 (tools/bin) and Helm 3 (tools/helm3/bin) under the repository; a PATH's helm stands in for one that is missing.</summary>
    public static IReadOnlyList<string> All()
    {
        var found = new List<string>();
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null && found.Count == 0; folder = folder.Parent)
        {
            found.AddRange(new[] { "tools/bin/helm", "tools/helm3/bin/helm" }.Select(path => Path.Combine(folder.FullName, path)).Where(File.Exists));
        }

        if (found.Count < 2)
        {
            found.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "helm")).Where(File.Exists));
        }

        if (found.Count == 0)
        {
            Assert.Fail("There is no helm on PATH nor in tools/. Provide it: ./build.sh --target=InstallTools");
        }

        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What a helm makes of values files, in a chart without values of its own; null where it refuses them.</summary>
    public static JsonObject? Values(string helm, params IEnumerable<string> documents)
    {
        using var folder = new TemporaryFolder();
        folder.Write("chart/Chart.yaml", "apiVersion: v2\nname: probe\nversion: 0.1.0\n");
        folder.Write("chart/templates/probe.yaml", "# >>{{ .Values | toJson | b64enc }}<<\n");
        var start = new ProcessStartInfo(helm) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder.Path };
        start.ArgumentList.Add("template");
        start.ArgumentList.Add("chart");
        foreach (var (index, document) in documents.Index())
        {
            folder.Write($"{index}.yaml", document);
            start.ArgumentList.Add("--values");
            start.ArgumentList.Add($"{index}.yaml");
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.Result;
        if (process.ExitCode != 0)
        {
            return null;
        }

        var begin = output.IndexOf(">>", StringComparison.Ordinal) + 2;
        return JsonNode.Parse(Convert.FromBase64String(output[begin..output.LastIndexOf("<<", StringComparison.Ordinal)]))!.AsObject();
    }
}
