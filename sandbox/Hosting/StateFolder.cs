using System.Globalization;
using System.Text;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>
/// The folder of one sandbox: readable by its user alone (0700, files 0600), held by one process at a time.
/// </summary>
public sealed class StateFolder : IDisposable
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode File0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int LongestSocketPath = 100;

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];
    private static readonly string[] Own =
    [
        "lock",
        "log",
        "sandbox.json",
        "control.sock",
        "kubeconfig",
        "fleet.yaml",
        ClientFiles.FlyteAdminAuthority,
        "chart",
    ];

    private readonly FileStream _lock;
    private readonly Lock _logging = new();
    private readonly StreamWriter _log;
    private string? _socketFolder;

    private StateFolder(string path, FileStream held)
    {
        (Root, _lock) = (path, held);
        _log = new StreamWriter(Open(In("log"), FileMode.Append, FileShare.ReadWrite)) { AutoFlush = true };
    }

    /// <summary>The folder, an absolute path.</summary>
    public string Root { get; }

    /// <summary>Takes the folder, which is made where it is missing; what a dead process left is taken over.</summary>
    /// <returns>The folder; null while another process holds it.</returns>
    /// <exception cref="IOException">It cannot be a state folder: a link, somebody else's, or in use for something else.</exception>
    public static StateFolder? Take(string path)
    {
        var info = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (info.Exists && info.EnumerateFileSystemInfos().FirstOrDefault(entry => !IsOwn(entry.Name)) is { } foreign)
        {
            throw new IOException($"{path} is no sandbox's state folder: {foreign.Name} is in it. Name an empty or a new one.");
        }

        Make(info.FullName);
        if (info.LinkTarget is not null)
        {
            throw new IOException($"{path} is a symbolic link; a sandbox's state folder must be a folder.");
        }

        // Fails for a folder of somebody else.
        SetMode(info.FullName, Folder);
        if (Hold(Path.Combine(info.FullName, "lock")) is not { } held)
        {
            return null;
        }

        var state = new StateFolder(info.FullName, held);
        state.Delete("sandbox.json");
        state.Delete("control.sock");
        return state;
    }

    /// <summary>A path in the folder.</summary>
    public string In(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file whole: it appears, or is replaced, in one step.</summary>
    public void Write(string name, string content)
    {
        var draft = In($"{name}.new");
        File.Delete(draft);
        using (var file = Open(draft, FileMode.CreateNew, FileShare.None))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: false);
        }

        File.Move(draft, In(name), overwrite: true);
    }

    /// <summary>Deletes a file; nothing happens when there is none.</summary>
    public void Delete(string name) => File.Delete(In(name));

    /// <summary>Copies a folder into this one, in place of what was there under its name.</summary>
    /// <param name="source">The folder; nothing happens when there is none.</param>
    /// <param name="name">Its name here.</param>
    public void CopyFolder(string source, string name)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        if (Directory.Exists(In(name)))
        {
            Directory.Delete(In(name), recursive: true);
        }

        Make(In(name));
        foreach (var folder in Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories))
        {
            Make(Path.Combine(In(name), Path.GetRelativePath(source, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            using var from = File.OpenRead(file);
            using var to = Open(Path.Combine(In(name), Path.GetRelativePath(source, file)), FileMode.CreateNew, FileShare.None);
            from.CopyTo(to);
        }
    }

    /// <summary>The path of the control socket: in the folder, or in a private one where the folder's path is too long for a socket.</summary>
    public string SocketPath()
    {
        if (Encoding.UTF8.GetByteCount(In("control.sock")) <= LongestSocketPath)
        {
            return In("control.sock");
        }

        _socketFolder ??= Directory.CreateTempSubdirectory("flyte-multicluster-").FullName;
        return Path.Combine(_socketFolder, "control.sock");
    }

    /// <summary>Lets the user alone use a socket.</summary>
    public static void Protect(string socket) => SetMode(socket, File0600);

    /// <summary>Adds a line to the log.</summary>
    public void Log(string line)
    {
        lock (_logging)
        {
            _log.WriteLine($"{DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {line}");
        }
    }

    /// <summary>Removes what says that a process lives, and lets the folder go.</summary>
    public void Dispose()
    {
        Delete("sandbox.json");
        Delete("control.sock");
        if (_socketFolder is not null && Directory.Exists(_socketFolder))
        {
            Directory.Delete(_socketFolder, recursive: true);
        }

        _log.Dispose();
        _lock.Dispose();
    }

    private static bool IsOwn(string name) =>
        Own.Contains(name, StringComparer.Ordinal) || (name.EndsWith(".new", StringComparison.Ordinal) && IsOwn(name[..^4]));

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Folder);
        }
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static FileStream? Hold(string path)
    {
        try
        {
            return Open(path, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException e) when (Held.Contains(e.HResult))
        {
            return null;
        }
    }

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File0600;
        }

        return new FileStream(path, options);
    }
}
