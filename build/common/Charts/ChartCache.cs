using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Charts;

/// <summary>
/// Unpacked charts by repository and version, or by the content of a local chart. A chart once here needs no network.
/// Filled by rename, so two runs at once and an interrupted one do no harm.
/// </summary>
public sealed class ChartCache
{
    private const string RepositoryName = "flyteorg";

    private readonly string _folder;
    private readonly IHelmValues _values;
    private readonly HelmTools _helm;

    /// <summary>Makes a cache in a folder.</summary>
    /// <param name="folder">The folder; made on first use.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <param name="helm">The helm commands.</param>
    public ChartCache(string folder, IHelmValues values, HelmTools helm) => (_folder, _values, _helm) = (folder, values, helm);

    /// <summary>The cached chart; null when it is not here yet.</summary>
    /// <param name="chart">Which chart.</param>
    /// <exception cref="IOException">A local chart cannot be read.</exception>
    public UnpackedChart? Find(ChartReference chart)
    {
        var root = Path.Combine(_folder, Key(chart));
        var pointer = Path.Combine(root, "chart");
        return File.Exists(pointer) ? new UnpackedChart(Path.Combine(root, File.ReadAllText(pointer)), _values) : null;
    }

    /// <summary>Adds the repository to helm, in the cache's own repository list; nothing to do for a local chart or an OCI registry.</summary>
    /// <exception cref="HelmException">helm could not reach the repository.</exception>
    public async Task AddRepositoryAsync(ChartReference chart, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chart);
        if (chart.Repository is { } address && !IsOci(address))
            await _helm.RepositoryAdd.AddAsync(Settings(address), RepositoryName, address, cancellationToken);
    }

    /// <summary>Fetches the chart into the cache.</summary>
    /// <exception cref="HelmException">helm could not fetch it or build its dependencies.</exception>
    /// <exception cref="IOException">A local chart cannot be read.</exception>
    public async Task<UnpackedChart> FetchAsync(ChartReference chart, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chart);
        var target = Path.Combine(_folder, Key(chart));
        var staging = $"{target}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(staging);
        try
        {
            var relative = chart.Path is { } path ? await CopyAsync(path, staging, cancellationToken) : await PullAsync(chart, staging, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(staging, "chart"), relative, cancellationToken);
            if (Directory.Exists(target) && !File.Exists(Path.Combine(target, "chart")))
                Directory.Delete(target, recursive: true);
            if (!Directory.Exists(target))
                Directory.Move(staging, target);
        }
        catch (IOException) when (Find(chart) is not null)
        {
            // Another run was quicker.
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }

        return Find(chart)!;
    }

    private async Task<string> PullAsync(ChartReference chart, string staging, CancellationToken cancellationToken)
    {
        var address = chart.Repository!;
        var name = IsOci(address) ? $"{address.TrimEnd('/')}/{chart.Name}" : $"{RepositoryName}/{chart.Name}";
        await _helm.Pull.PullAsync(Settings(address), name, chart.Version!, staging, cancellationToken);
        return chart.Name;
    }

    private async Task<string> CopyAsync(string path, string staging, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            await using var archive = File.OpenRead(path);
            await using var gzip = new GZipStream(archive, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(gzip, staging, overwriteFiles: false, cancellationToken);
            return Path.GetFileName(Directory.GetDirectories(staging).Single());
        }

        // The copy keeps the folders' places to each other, for dependencies like file://../flyteconnector.
        foreach (var folder in LocalFolders(path))
            CopyFolder(folder, Inside(staging, folder));
        var copy = new UnpackedChart(Inside(staging, path), _values);
        if (copy.Dependencies.Count > 0 && !HasDependencies(copy))
            await _helm.DependencyBuild.BuildAsync(Settings(path), copy.Folder, cancellationToken);
        return Path.GetRelativePath(staging, copy.Folder);
    }

    private static bool HasDependencies(UnpackedChart chart)
    {
        var folder = Path.Combine(chart.Folder, "charts");
        return Directory.Exists(folder) && chart.Dependencies.All(dependency => Directory.EnumerateFileSystemEntries(folder, dependency.Name + "*").Any());
    }

    private IEnumerable<string> LocalFolders(string chart)
    {
        yield return chart;
        foreach (
            var dependency in new UnpackedChart(chart, _values).Dependencies.Where(dependency =>
                dependency.Repository.StartsWith("file://", StringComparison.Ordinal)
            )
        )
        {
            // A packaged chart carries its dependencies and still names where they came from.
            var folder = Path.GetFullPath(dependency.Repository["file://".Length..], chart);
            if (Directory.Exists(folder))
                yield return folder;
        }
    }

    private static string Inside(string staging, string folder) =>
        Path.Combine(staging, Path.GetFullPath(folder)[Path.GetPathRoot(Path.GetFullPath(folder))!.Length..]);

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private HelmRepositorySettings Settings(string address) => new() { Home = Path.Combine(_folder, "helm-" + Short(Encoding.UTF8.GetBytes(address))) };

    private static bool IsOci(string address) => address.StartsWith("oci://", StringComparison.OrdinalIgnoreCase);

    private string Key(ChartReference chart) =>
        chart.Path is { } path ? $"local-{ContentOf(path)}" : $"{chart.Name}-{chart.Version}-{Short(Encoding.UTF8.GetBytes(chart.Repository!))}";

    private string ContentOf(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFullPath(path)));
        IEnumerable<string> files = File.Exists(path)
            ? [path]
            : LocalFolders(path).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string Short(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..8];
}
