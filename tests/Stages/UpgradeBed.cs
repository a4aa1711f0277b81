namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A joined fleet, and charts of other versions for it.</summary>
/// <param name="bed">The bed.</param>
internal sealed class UpgradeBed(StageBed bed)
{
    /// <summary>A fleet of both data planes with a smoke run, on a chart of a version.</summary>
    /// <param name="version">The version; null for the sandbox's.</param>
    /// <param name="planes">The data planes; null for both.</param>
    /// <param name="change">Changes the copy of the chart; null for its version alone.</param>
    /// <param name="rows">The execution labels.</param>
    public string Fleet(string? version = null, string? planes = null, Action<string>? change = null, string[]? rows = null)
    {
        var path = AdminTests.Fleet(bed, rows ?? [], AdminTests.Smoke, name: "upgrade");
        var text = File.ReadAllText(path);
        if (planes is not null)
            text = text.Replace($"{bed.Plane(1)}, {bed.Plane(2)}", planes, StringComparison.Ordinal);
        File.WriteAllText(path, version is null ? text : text.Replace(bed.Chart, Chart(version, change), StringComparison.Ordinal));
        return path;
    }

    /// <summary>The version of the chart that a cluster's newest revision is of, with its number and status: <c>2 v1.17.0 deployed</c>.</summary>
    public static async Task<string> ReleaseAsync(ClusterView cluster)
    {
        var release = (await cluster.ReleaseAsync(cluster.Name == "controlplane" ? "flyte-core" : "flyte-core-data"))!.Value.Release;
        return $"{(int)release["version"]!} {(string)release["chart"]!["metadata"]!["version"]!} {(string)release["info"]!["status"]!}";
    }

    /// <summary>The newest revisions of all clusters, the control plane's first.</summary>
    public async Task<IReadOnlyList<string>> ReleasesAsync() => await Task.WhenAll(bed.Clusters.Select(ReleaseAsync));

    /// <summary>The changes of a run that are of releases.</summary>
    public static IEnumerable<string> Releases(Finished run) => run.Changes.Where(change => change.Contains(" HelmRelease ", StringComparison.Ordinal));

    /// <summary>The notes of a run.</summary>
    public static IReadOnlyList<string> Notes(Finished run) => [.. run.Report["notes"]!.AsArray().Select(note => (string)note!)];

    /// <summary>Gives the FlyteWorkflow CRD of a chart another form.</summary>
    public static void ChangeDefinition(string chart)
    {
        var file = Path.Combine(chart, "templates", "propeller", "crd.yaml");
        File.WriteAllText(
            file,
            File.ReadAllText(file).Replace("singular: flyteworkflow", "singular: flyteworkflow\n    categories: [flyte]", StringComparison.Ordinal)
        );
    }

    private string Chart(string version, Action<string>? change)
    {
        var chart = Path.Combine(bed.Folder, $"chart-{Guid.NewGuid():N}", "flyte-core");
        foreach (var file in Directory.EnumerateFiles(bed.Chart, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(chart, Path.GetRelativePath(bed.Chart, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var metadata = Path.Combine(chart, "Chart.yaml");
        File.WriteAllText(metadata, File.ReadAllText(metadata).Replace("v1.16.8", version, StringComparison.Ordinal));
        change?.Invoke(chart);
        return chart;
    }
}
