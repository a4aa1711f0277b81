using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Flyte.MultiCluster.Common.Tools;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Aws;

/// <summary>
/// AWS for the tests: moto_server and the real aws CLI, both of Debian 13, in a tree that <c>tests/Aws/moto.sh</c> makes once in the user's cache.
/// The CLI is loaded once and forked for each call (<c>aws-server.py</c>).
/// </summary>
internal sealed class MotoServer : IDisposable
{
    private static readonly Lazy<string?> Missing = new(Prepare);

    private readonly string _socket = $"/tmp/aws-{Guid.NewGuid():N}.sock";
    private readonly Process _moto;
    private readonly Process _aws;

    private MotoServer(int port)
    {
        Url = $"http://127.0.0.1:{port}";
        _moto = Start([Tree, "moto_server", "-H", "127.0.0.1", "-p", $"{port}"]);
        _moto.StandardInput.Close();
        _aws = Start([Tree, "python3", "-", _socket]);
        _aws.StandardInput.Write(File.ReadAllText(InTests("aws-server.py")));
        _aws.StandardInput.Close();
    }

    /// <summary>The tree's folder.</summary>
    public static string Tree =>
        Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "flyte-multicluster",
            "debian13"
        );

    /// <summary>The command line, for sh, that is the aws CLI; arguments follow.</summary>
    public string Aws => $"chroot '{Tree}' python3 -ISE -c \"$(cat '{InTests("aws-client.py")}')\" {_socket}";

    private string Url { get; }

    /// <summary>Starts one; ignores the test where that cannot be done, and says what is missing.</summary>
    public static async Task<MotoServer> StartAsync()
    {
        RequireTree();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var server = new MotoServer(port);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"{server.Url}/moto-api/data.json"));
                if (File.Exists(Tree + server._socket) || server._aws.HasExited)
                    return server;
            }
            catch (HttpRequestException) when (!server._moto.HasExited && watch.Elapsed < TimeSpan.FromMinutes(1))
            {
                // It is still starting.
            }
        }
    }

    /// <summary>Makes the tree where there is none yet; ignores the test where that cannot be done, and says what is missing.</summary>
    public static void RequireTree()
    {
        if (Missing.Value is { } missing)
            Assert.Ignore($"Not run, as there is no moto_server: {missing} Provide it: sudo {Script} {Tree}");
    }

    public void Dispose()
    {
        foreach (var process in new[] { _aws, _moto })
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        File.Delete(Tree + _socket);
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("chroot", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var (name, value) in new[]
            {
                ("AWS_ENDPOINT_URL", Url),
                ("AWS_ACCESS_KEY_ID", "x"),
                ("AWS_SECRET_ACCESS_KEY", "y"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
                ("HOME", "/root"),
            }
        )
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string InTests(string file) => Path.Combine(ProjectRoot.Path, "tests", "Common", "Tools", "Aws", file);

    private static string Script => InTests("moto.sh");

    private static string? Prepare()
    {
        if (!OperatingSystem.IsLinux())
            return "it is set up on Linux only.";
        if (!Environment.IsPrivilegedProcess)
            return "chroot needs root.";
        if (File.Exists(Path.Combine(Tree, "usr", "bin", "moto_server")))
            return null;
        using var making = Process.Start(
            new ProcessStartInfo("/bin/sh", [Script, Tree])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = making.StandardOutput.ReadToEndAsync();
        var errors = making.StandardError.ReadToEnd();
        making.WaitForExit();
        output.Wait();
        return making.ExitCode == 0 ? null : $"{Path.GetFileName(Script)} failed: {string.Join(' ', errors.Split('\n').TakeLast(4)).Trim()}";
    }
}
