using System.Diagnostics;
using System.Net.Sockets;
using Flyte.MultiCluster.Processes;

namespace Flyte.MultiCluster.Kubernetes;

/// <summary>
/// One <c>kubectl proxy</c> a cluster on a Unix socket in a folder of the user's own: kubectl's authentication for every request
/// without a process a request (measured at 80 ms round trip: 0.3 s a kubectl process, 0.1 s a request through the proxy).
/// </summary>
public sealed class KubectlProxies : IAsyncDisposable
{
    // The shell lives as long as its standard input is open, so the proxies and their folder go with this program, however it ends.
    // A Ctrl+C of the terminal reaches the whole process group: the proxies ignore it, they serve the orderly end.
    private const string Guardian = """
        trap '' INT HUP
        kubectl=$1; kubeconfig=$2; folder=$3; pids=
        while IFS='	' read -r context socket; do
          "$kubectl" proxy ${kubeconfig:+"--kubeconfig=$kubeconfig"} "--context=$context" "--unix-socket=$socket" >"$socket.log" 2>&1 </dev/null &
          pids="$pids $!"
        done
        kill $pids 2>/dev/null
        wait
        rm -rf -- "$folder"
        """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly ChildProcessRunner _processes;
    private readonly string _kubectl;
    private readonly string? _kubeconfig;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _sockets = new(StringComparer.Ordinal);
    private readonly List<Process> _direct = [];
    private Process? _guardian;
    private string? _folder;

    /// <summary>Prepares; nothing is started yet.</summary>
    /// <param name="processes">Starts and counts the children.</param>
    /// <param name="kubectl">The path of kubectl.</param>
    /// <param name="kubeconfig">Passed to kubectl; null for its own default.</param>
    public KubectlProxies(ChildProcessRunner processes, string kubectl, string? kubeconfig)
        => (_processes, _kubectl, _kubeconfig) = (processes, kubectl, kubeconfig);

    /// <summary>The socket of a context's proxy, which is started on first use.</summary>
    /// <param name="context">The kubeconfig context.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KubernetesApiException">kubectl could not start its proxy; the message is kubectl's.</exception>
    public async Task<string> SocketAsync(string context, CancellationToken cancellationToken)
    {
        string socket;
        lock (_gate)
        {
            if (!_sockets.TryGetValue(context, out socket!))
            {
                // Made no sooner than the guardian that removes it. A socket's path may have 104 characters at the most, so it is not under the working directory.
                _folder ??= Directory.CreateTempSubdirectory("fmc-").FullName;
                socket = Path.Combine(_folder, $"{_sockets.Count}.sock");
                _sockets.Add(context, socket);
                Begin(context, socket);
            }
        }

        await UntilServingAsync(context, socket, cancellationToken);
        return socket;
    }

    /// <summary>Ends all proxies and removes their folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_guardian is { } guardian)
        {
            guardian.StandardInput.Close();
            await guardian.WaitForExitAsync(CancellationToken.None);
            guardian.Dispose();
        }

        foreach (var process in _direct)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        if (_folder is not null && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private void Begin(string context, string socket)
    {
        if (OperatingSystem.IsWindows())
        {
            BeginDirectly(context, socket);
            return;
        }

        if (_guardian is null)
        {
            var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", Guardian, "kubectl-proxies", _kubectl, _kubeconfig ?? string.Empty, Path.GetDirectoryName(socket)! } };
            _guardian = _processes.Start(start);
        }

        _processes.CountOne();
        _guardian.StandardInput.Write($"{context}\t{socket}\n");
        _guardian.StandardInput.Flush();
    }

    private void BeginDirectly(string context, string socket)
    {
        var start = new ProcessStartInfo(_kubectl) { ArgumentList = { "proxy", $"--context={context}", $"--unix-socket={socket}" } };
        if (_kubeconfig is not null)
            start.ArgumentList.Add($"--kubeconfig={_kubeconfig}");
        var process = _processes.Start(start);
        process.ErrorDataReceived += (_, line) => File.AppendAllText(socket + ".log", line.Data + "\n");
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _direct.Add(process);
    }

    private static async Task UntilServingAsync(string context, string socket, CancellationToken cancellationToken)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            if (File.Exists(socket) && await ConnectsAsync(socket, cancellationToken))
                return;
            if (FailureOf(socket) is { } failure)
                throw new KubernetesApiException($"kubectl proxy --context {context}", null, string.Empty, failure);
            if (since.Elapsed > StartTimeout)
                throw new KubernetesApiException($"kubectl proxy --context {context}", null, string.Empty, "it did not start to serve.");
            await Task.Delay(5, cancellationToken);
        }
    }

    private static async Task<bool> ConnectsAsync(string socket, CancellationToken cancellationToken)
    {
        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // "error: context … does not exist", "Error in configuration: …", "Error: unknown flag …"
    private static bool IsError(string line) => line.StartsWith("error:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Error in ", StringComparison.Ordinal);

    private static string? FailureOf(string socket)
    {
        var log = socket + ".log";
        if (!File.Exists(log))
            return null;
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n').SkipWhile(line => !IsError(line)).Select(line => line.Trim()).ToArray();
        return lines.Length == 0 ? null : string.Join(' ', lines).Trim();
    }
}
