using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>
/// The folder that Render writes. Its index lists each file with a digest: files that are not in it are somebody else's, and files that differ from
/// it were edited; neither is overwritten or removed.
/// </summary>
/// <param name="folder">The folder, an absolute path.</param>
internal sealed class RenderFolder(string folder)
{
    /// <summary>The index's name.</summary>
    public const string Index = "flyte-multicluster.json";

    private const string Files = "files";

    // The digests of the files that are being replaced; without them a run that was killed would leave files which look edited.
    private const string Before = "before";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private JsonObject _index = [];

    /// <summary>Files that somebody edited and that stay so, by their paths in the folder.</summary>
    public IReadOnlyList<string> Edited { get; private set; } = [];

    /// <summary>Reads the index.</summary>
    /// <exception cref="RefusedException">The folder cannot be used.</exception>
    public void Open()
    {
        if (File.Exists(folder))
            throw Refused(folder, "It is a file.", "Name a folder.");
        try
        {
            ArtifactFile.Try(Path.Combine(folder, Index));
            var path = Path.Combine(folder, Index);
            if (File.Exists(path))
                _index = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("It is no object.");
            if (File.Exists(path) && _index[Files] is not JsonObject)
                throw new JsonException("It lists no files.");
        }
        catch (JsonException exception)
        {
            throw Refused(
                Path.Combine(folder, Index),
                $"Render did not write it: {exception.Message.TrimEnd('.')}.",
                "Name another folder with --output-folder, or restore the file."
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(folder, $"It cannot be written: {exception.Message.TrimEnd('.')}.", "Name another folder.");
        }
    }

    /// <summary>Makes the folder's files these, and removes those that Render wrote earlier and that are no longer among them.</summary>
    /// <param name="files">The files by their paths in the folder, with <c>/</c>.</param>
    /// <param name="keep">The folders whose files stay as they are: those of clusters that were not rendered.</param>
    /// <param name="head">What the index says besides.</param>
    /// <param name="isDry">Nothing is written.</param>
    /// <returns>What was done, a phrase each.</returns>
    /// <exception cref="RefusedException">A file is somebody else's, or was edited.</exception>
    public IReadOnlyList<string> Write(IReadOnlyDictionary<string, string> files, IReadOnlyList<string> keep, JsonObject head, bool isDry)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(keep);
        ArgumentNullException.ThrowIfNull(head);
        var known = Known();
        var edited = known.Keys.Where(path => IsEdited(path, known)).ToHashSet(StringComparer.Ordinal);
        Refuse(files, known, edited);
        Edited = [.. edited.Where(files.ContainsKey).Order(StringComparer.Ordinal)];
        var written = files
            .Where(file => !edited.Contains(file.Key) && Read(file.Key) != file.Value)
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .ToArray();
        var kept = known.Keys.Where(path => !files.ContainsKey(path) && keep.Any(one => path.StartsWith($"{one}/", StringComparison.Ordinal)));
        var listed = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (path, text) in files)
            listed[path] = Digest(text);
        foreach (var path in kept)
            listed[path] = known[path][0];
        string[] removed =
        [
            .. known.Keys.Where(path => !listed.ContainsKey(path) && !edited.Contains(path) && Read(path) is not null).Order(StringComparer.Ordinal),
        ];
        var index = (JsonObject)head.DeepClone();
        index[Files] = new JsonObject(listed);
        if (!isDry)
            Write(index, written, removed, known);
        return [.. written.Select(file => file.Key), .. removed.Select(path => $"{path} (removed)")];
    }

    private void Write(JsonObject index, KeyValuePair<string, string>[] written, string[] removed, Dictionary<string, string[]> known)
    {
        if (written.Length + removed.Length > 0)
        {
            var meanwhile = (JsonObject)index.DeepClone();
            meanwhile[Before] = new JsonObject(
                known.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value[^1]))
            );
            WriteIndex(meanwhile);
        }

        foreach (var (path, text) in written)
            ArtifactFile.Write(FullPath(path), text);
        foreach (var path in removed)
            Remove(path);
        WriteIndex(index);
    }

    private void WriteIndex(JsonObject index) => ArtifactFile.Write(Path.Combine(folder, Index), index.ToJsonString(Indented) + "\n");

    private void Remove(string path)
    {
        File.Delete(FullPath(path));
        for (
            var at = Path.GetDirectoryName(FullPath(path))!;
            at.Length > folder.Length && !Directory.EnumerateFileSystemEntries(at).Any();
            at = Path.GetDirectoryName(at)!
        )
            Directory.Delete(at);
    }

    private void Refuse(IReadOnlyDictionary<string, string> files, Dictionary<string, string[]> known, HashSet<string> edited)
    {
        Problem[] problems =
        [
            .. files
                .Where(file => Read(file.Key) is { } text && text != file.Value && !known.ContainsKey(file.Key))
                .Select(file =>
                    Problem(file.Key, "It exists, and Render did not write it.", "Name another folder with --output-folder, or move the file away.")
                ),
            .. files
                .Where(file => edited.Contains(file.Key) && Path.GetFileName(file.Key) != ExternalSecrets.FileName && Read(file.Key) != file.Value)
                .Select(file =>
                    Problem(
                        file.Key,
                        "It was changed since Render wrote it.",
                        "Put the change into the fleet file or a values file, or move the file away, and run again."
                    )
                ),
        ];
        if (problems.Length > 0)
            throw new RefusedException(problems);
    }

    private Problem Problem(string path, string what, string remedy) => new(ProcessEnvironment.Current.RelativePath(FullPath(path)), what, remedy);

    // The last digest is the older one.
    private Dictionary<string, string[]> Known()
    {
        var known = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (path, digest) in new[] { Files, Before }.SelectMany(section => _index[section] as JsonObject ?? []))
        {
            // The index may have come from anywhere: nothing outside of the folder is a file of Render's.
            if (!Path.IsPathRooted(path) && !path.Split('/', '\\').Contains(".."))
                known[path] = [.. known.GetValueOrDefault(path) ?? [], digest?.ToString() ?? string.Empty];
        }

        return known;
    }

    private bool IsEdited(string path, Dictionary<string, string[]> known) =>
        Read(path) is { } text && !known[path].Contains(Digest(text), StringComparer.Ordinal);

    private string? Read(string path) => File.Exists(FullPath(path)) ? File.ReadAllText(FullPath(path)) : null;

    private string FullPath(string path) => Path.Combine(folder, path);

    private static string Digest(string text) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}";

    private static RefusedException Refused(string path, string what, string remedy) =>
        new([new Problem(ProcessEnvironment.Current.RelativePath(path), what, remedy)]);
}
