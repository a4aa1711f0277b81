namespace Flyte.MultiCluster.Common.Run;

/// <summary>Files that a run leaves for people to look at; whole or not at all.</summary>
public static class ArtifactFile
{
    /// <summary>Tries whether a file could be written; one that is there stays as it is.</summary>
    /// <exception cref="IOException">It could not.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static void Try(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var staging = $"{path}.{Guid.NewGuid():N}";
        File.Create(staging).Dispose();
        File.Delete(staging);
    }

    /// <summary>Writes a file by rename, unless it has that content already.</summary>
    /// <returns>True when the file changed.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static bool Write(string path, string content)
    {
        if (File.Exists(path) && File.ReadAllText(path) == content)
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var staging = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(staging, content);
        File.Move(staging, path, overwrite: true);
        return true;
    }
}
