using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Common.Values;

/// <summary>Asks the real helm how it reads values.</summary>
internal static class HelmBinaries
{
    /// <summary>What a helm makes of values files, in a chart without values of its own; null where it refuses them.</summary>
    public static JsonObject? Values(string helm, params IEnumerable<string> documents)
    {
        using var folder = new TemporaryFolder();
        folder.Write("chart/Chart.yaml", "apiVersion: v2\nname: probe\nversion: 0.1.0\n");
        folder.Write("chart/templates/probe.yaml", "# >>{{ .Values | toJson | b64enc }}<<\n");
        var start = new ProcessStartInfo(helm)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder.Path,
        };
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
