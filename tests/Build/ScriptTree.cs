using System.Diagnostics;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Tests.Common.Processes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>A small copy of the repository: build.sh, a few sources, and a dotnet of paper that "compiles" by copying.</summary>
internal sealed class ScriptTree : IDisposable
{
    private const string Dotnet = """
        #!/usr/bin/env bash
        case $1 in
          --version) echo "${PAPER_VERSION:-10.0.100}" ;;
          --list-sdks) echo "${PAPER_VERSION:-10.0.100} [/sdks]" ;;
          msbuild)
            for word; do case $word in -p:Out=*) out=${word#-p:Out=} ;; esac; done
            echo compiled >>"$PAPER_LOG"
            echo "  Restoring ..."
            if [[ " $* " == *" -p:ReadyToRun=true "* && -n ${PAPER_NO_CROSSGEN:-} ]]; then echo "Build.csproj : error NU1101: no crossgen"; exit 1; fi
            if grep -q BROKEN build/Program.cs; then echo "$PWD/build/Program.cs(1,1): error CS1002: ; expected [$PWD/build/Build.csproj]"; exit 1; fi
            mkdir -p "$out"
            cat build/*.cs >"$out/flyte-multicluster.dll" ;;
          *)
            program=$1; shift
            echo "$(cat "$program") in ${PWD##*/} with $#: $*"
            if [ "${1:-}" = hold ]; then read -r _; echo released; fi ;;
        esac
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("script-tree-").FullName;
    private bool _isReadOnly;

    public ScriptTree()
    {
        foreach (var folder in new[] { "build", "tasks", "sandbox", "bin", "elsewhere" })
            Directory.CreateDirectory(At(folder));
        File.Copy(Path.Combine(ProjectRoot.Path, "build.sh"), At("build.sh"));
        Write("build/Program.cs", "program");
        Write("Directory.Build.props", "<Project/>");
        ExecutableFile.Write(At("bin/dotnet"), Dotnet + "\n");
    }

    public string SearchPath => At("bin") + ":/usr/local/bin:/usr/bin:/bin";

    public int Compilations => File.Exists(At("log")) ? File.ReadAllLines(At("log")).Length : 0;

    public IEnumerable<string> Programs => Directory.EnumerateDirectories(At("artifacts/program"), "*-r");

    public string At(string path) => Path.Combine(_folder, path);

    public void Write(string path, string content) => File.WriteAllText(At(path), content);

    /// <summary>A folder with what the script needs, and no dotnet.</summary>
    public string PathWithoutDotnet()
    {
        Directory.CreateDirectory(At("tools"));
        foreach (var tool in new[] { "bash", "find", "env" })
            File.CreateSymbolicLink(At($"tools/{tool}"), File.Exists($"/usr/bin/{tool}") ? $"/usr/bin/{tool}" : $"/bin/{tool}");
        return At("tools");
    }

    /// <summary>From here on the script runs as somebody who may not write below <c>artifacts/</c>.</summary>
    public void MakeReadOnly()
    {
        if (Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"))
            Assert.Ignore(
                "Not run, as root can write everywhere and there is no setpriv. Provide it: apt-get install util-linux, or run the tests as another user."
            );
        _isReadOnly = true;
        const UnixFileMode Readable =
            UnixFileMode.UserRead
            | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherExecute;
        SetMode(_folder, Readable | UnixFileMode.UserWrite);
        SetMode(At("artifacts/program"), Readable);
        SetMode(At("bin/dotnet"), Readable);
    }

    public Process Start(string[] arguments, params (string Name, string Value)[] environment) => Start("build.sh", arguments, environment);

    public async Task<ScriptResult> RunScriptAsync(string script, string[] arguments)
    {
        using var process = Start(script, arguments, []);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    private Process Start(string script, string[] arguments, (string Name, string Value)[] environment)
    {
        string[] somebody = _isReadOnly && Environment.IsPrivilegedProcess ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        var start = new ProcessStartInfo("/usr/bin/env")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = At("elsewhere"),
        };
        foreach (var argument in (string[])[.. somebody, "bash", At(script), .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = SearchPath;
        start.Environment["PAPER_LOG"] = At("log");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public async Task<ScriptResult> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(arguments, environment);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static async Task<ScriptResult> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ScriptResult(process.ExitCode, (await output).TrimEnd(), (await error).TrimEnd());
    }

    public void Dispose()
    {
        if (_isReadOnly)
            SetMode(At("artifacts/program"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(_folder, recursive: true);
    }

    // These trees are made for build.sh, which Windows does not run.
#pragma warning disable CA1416
    private static void SetMode(string path, UnixFileMode mode) => File.SetUnixFileMode(path, mode);
#pragma warning restore CA1416
}

/// <summary>How a script ended.</summary>
internal sealed record ScriptResult(int ExitCode, string Output, string Error);
