using System.Collections;

namespace Flyte.MultiCluster.Common.Processes;

/// <summary>
/// What a run of the program gets from who starts it: variables, working directory, folders and the three streams. It is the process's own,
/// unless a caller in the same process (a test) gives the run another, which then goes with everything the run starts.
/// </summary>
public class ProcessEnvironment
{
    private static readonly AsyncLocal<ProcessEnvironment?> Given = new();

    /// <summary>Makes the process's own; a class that derives from this one stands for another.</summary>
    protected ProcessEnvironment() { }

    /// <summary>The process's own.</summary>
    public static ProcessEnvironment Own { get; } = new();

    /// <summary>The one of the run that asks.</summary>
    public static ProcessEnvironment Current
    {
        get => Given.Value ?? Own;
        set => Given.Value = value;
    }

    /// <summary>The command line, without the program's name.</summary>
    public virtual IReadOnlyList<string> Arguments => [.. Environment.GetCommandLineArgs().Skip(1)];

    /// <summary>All variables.</summary>
    public virtual IReadOnlyDictionary<string, string> Variables =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? string.Empty, StringComparer.Ordinal);

    /// <summary>The folder that relative paths begin at.</summary>
    public virtual string WorkingDirectory
    {
        get => Environment.CurrentDirectory;
        set => Environment.CurrentDirectory = value;
    }

    /// <summary>The folder for temporary files.</summary>
    public virtual string TemporaryFolder => Path.GetTempPath();

    /// <summary>The user's home folder.</summary>
    public virtual string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Standard input.</summary>
    public virtual TextReader Input => Console.In;

    /// <summary>Standard output.</summary>
    public virtual TextWriter Output => Console.Out;

    /// <summary>Standard error.</summary>
    public virtual TextWriter Error => Console.Error;

    /// <summary>Whether standard input is no terminal.</summary>
    public virtual bool IsInputRedirected => Console.IsInputRedirected;

    /// <summary>Whether standard output is no terminal.</summary>
    public virtual bool IsOutputRedirected => Console.IsOutputRedirected;

    /// <summary>Whether standard error is no terminal.</summary>
    public virtual bool IsErrorRedirected => Console.IsErrorRedirected;

    /// <summary>A variable's value; null where it is not set.</summary>
    public virtual string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>The absolute path of one that may be relative to the working directory.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, WorkingDirectory);

    /// <summary>The shortest way to write a path in the working directory.</summary>
    public string RelativePath(string path) => Path.GetRelativePath(WorkingDirectory, path);

    /// <summary>Makes a new folder of this user alone in the folder for temporary files.</summary>
    /// <param name="prefix">What its name begins with.</param>
    /// <returns>Its path.</returns>
    public virtual string CreateTemporaryFolder(string prefix) => Directory.CreateTempSubdirectory(prefix).FullName;
}
