using System.Diagnostics;
using System.Net.Sockets;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>
/// One <c>kubectl proxy</c> a cluster on a Unix socket in a folder of the user's own: kubectl's authentication for every request
/// without a process per request (measured at 80 ms round trip: 0.3 s a kubectl process, 0.1 s a request through the proxy).
/// </summary>
public sealed class KubectlProxies : IAsyncDisposable
{
    // The shell lives as long as its standard input is open, so the proxies and their folder go with this program, however it ends.
    // A Ctrl+C of the terminal reaches the whole process group: the proxies ignore it, they serve the orderly end.
    // A credential plugin that still runs is a child of its kubectl, and would outlive it: whatever descends from the proxies is ended with them.
    private const string WatchdogScript = """
        trap '' INT HUP
        kubectl=$1; kubeconfig=$2; folder=$3; pids=
        while IFS='	' read -r context socket input; do
          (: <"$input") 2>/dev/null || input=/dev/null
          "$kubectl" proxy --append-server-path ${kubeconfig:+"--kubeconfig=$kubeconfig"} "--context=$context" "--unix-socket=$socket" >"$socket.log" 2>&1 <"$input" &
          pids="$pids $!"
        done
        descendants() {
          if [ -e "/proc/$$/task/$$/children" ]; then
            for task in "/proc/$1/task/"*/children; do
              line=; read -r line <"$task"
              for child in $line; do echo "$child"; descendants "$child"; done
            done
          else
            ps -A -o ppid= -o pid= | while read -r parent child; do
              if [ "$parent" = "$1" ]; then echo "$child"; descendants "$child"; fi
            done
          fi
        }
        plugins=$(for pid in $pids; do descendants "$pid"; done 2>/dev/null)
        kill $pids $plugins 2>/dev/null
        wait
        for pid in $plugins; do
          for tenth in 1 2 3 4 5 6 7 8 9 10; do
            kill -0 "$pid" || break
            sleep 0.1
          done
          kill -0 "$pid" && kill -9 "$pid"
        done 2>/dev/null
        rm -rf -- "$folder"
        """;

    private const string TerminalDevice = "/dev/tty";

    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OutputInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly ChildProcessRunner _processes;
    private readonly string _kubectl;
    private readonly Action<string, string>? _say;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _sockets = new(StringComparer.Ordinal);
    private readonly List<Process> _direct = [];
    private Process? _guardian;
    private string? _folder;

    /// <summary>Prepares; nothing is started yet.</summary>
    /// <param name="processes">Starts and counts the children.</param>
    /// <param name="kubectl">The path of kubectl.</param>
    /// <param name="kubeconfig">Passed to kubectl; null for its own default.</param>
    /// <param name="say">Gets a context and a line that its login prints while it is waited for; null for nobody.</param>
    public KubectlProxies(ChildProcessRunner processes, string kubectl, string? kubeconfig, Action<string, string>? say = null) =>
        (_processes, _kubectl, Kubeconfig, _say) = (processes, kubectl, kubeconfig, say);

    /// <summary>The kubeconfig that is passed to kubectl; null for its own default.</summary>
    public string? Kubeconfig { get; }

    /// <summary>Whether a person may log in at this program's terminal.</summary>
    public bool HasTerminal { get; init; } = !OperatingSystem.IsWindows() && !ProcessEnvironment.Current.IsInputRedirected && File.Exists(TerminalDevice);

    /// <summary>The socket of a context's proxy, which is started on first use.</summary>
    /// <param name="context">The kubeconfig context.</param>
    /// <param name="takesTerminal">Whether its credential plugin may use the terminal, where there is one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="KubernetesApiException">kubectl could not start its proxy; the message is kubectl's.</exception>
    public async Task<string> SocketAsync(string context, bool takesTerminal, CancellationToken cancellationToken)
    {
        string socket;
        lock (_gate)
        {
            if (!_sockets.TryGetValue(context, out socket!))
            {
                // Made no sooner than the guardian that removes it. A socket's path may have 104 characters at the most, so it is not under the working
                // directory.
                _folder ??= ProcessEnvironment.Current.CreateTemporaryFolder("fmc-");
                socket = Path.Combine(_folder, $"{_sockets.Count}.sock");
                _sockets.Add(context, socket);
                Begin(context, socket, takesTerminal && HasTerminal ? TerminalDevice : "/dev/null");
            }
        }

        await UntilServingAsync(context, socket, cancellationToken);
        return socket;
    }

    /// <summary>What a context's credential plugin has printed.</summary>
    /// <param name="context">The kubeconfig context.</param>
    public IReadOnlyList<string> Output(string context)
    {
        string? socket;
        lock (_gate)
            _sockets.TryGetValue(context, out socket);
        return socket is null
            ? []
            : [.. Log(socket).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !IsKubectlError(line)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Passes on what a context's credential plugin prints, after a second in which most are done.</summary>
    /// <param name="context">The kubeconfig context.</param>
    /// <param name="until">Ends it; it does not throw then.</param>
    public async Task PrintPluginOutputAsync(string context, CancellationToken until)
    {
        if (_say is not { } say)
            return;
        try
        {
            await Task.Delay(QuietPeriod, until);
            var (said, before) = (0, 0);
            while (true)
            {
                // The last line may be half written; a prompt stays so.
                var lines = Output(context);
                for (; said < Math.Min(lines.Count, lines.Count == before ? lines.Count : lines.Count - 1); said++)
                    say(context, lines[said]);
                before = lines.Count;
                await Task.Delay(OutputInterval, until);
            }
        }
        catch (OperationCanceledException)
        {
            // It was answered.
        }
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

    private void Begin(string context, string socket, string input)
    {
        if (OperatingSystem.IsWindows())
        {
            BeginDirectly(context, socket);
            return;
        }

        if (_guardian is null)
        {
            var start = new ProcessStartInfo("/bin/sh")
            {
                ArgumentList = { "-c", WatchdogScript, "kubectl-proxies", _kubectl, Kubeconfig ?? string.Empty, Path.GetDirectoryName(socket)! },
            };
            _guardian = _processes.Start(start);
        }

        _processes.CountOne(_kubectl, $"proxy --context={context} --append-server-path --unix-socket={socket}");
        _guardian.StandardInput.Write($"{context}\t{socket}\t{input}\n");
        _guardian.StandardInput.Flush();
    }

    private void BeginDirectly(string context, string socket)
    {
        var start = new ProcessStartInfo(_kubectl) { ArgumentList = { "proxy", "--append-server-path", $"--context={context}", $"--unix-socket={socket}" } };
        if (Kubeconfig is not null)
            start.ArgumentList.Add($"--kubeconfig={Kubeconfig}");
        var process = _processes.Start(start);
        process.ErrorDataReceived += (_, line) => File.AppendAllText(socket + ".log", line.Data + "\n");
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _direct.Add(process);
    }

    private async Task UntilServingAsync(string context, string socket, CancellationToken cancellationToken)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            if (File.Exists(socket) && await ConnectsAsync(socket, cancellationToken))
                return;
            if (FailureOf(socket) is { } failure)
                throw new KubernetesApiException($"kubectl proxy --context {context}", null, string.Empty, failure);
            if (since.Elapsed > StartTimeout)
                throw new KubernetesApiException(
                    $"kubectl proxy --context {context}",
                    null,
                    string.Empty,
                    $"kubectl proxy did not start to serve within {StartTimeout.TotalSeconds:0} s. {string.Join(' ', Output(context).TakeLast(10))}".Trim()
                );
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
    private static bool IsError(string line) =>
        line.StartsWith("error:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Error in ", StringComparison.Ordinal);

    // Its own log lines ("W1127 09:48:33.940825 …") and the line with which it begins to serve.
    private static bool IsKubectlError(string line) =>
        line.StartsWith("Starting to serve on ", StringComparison.Ordinal)
        || (line.Length > 5 && "IWEF".Contains(line[0], StringComparison.Ordinal) && line[1..5].All(char.IsAsciiDigit) && line[5] == ' ');

    private static string? FailureOf(string socket)
    {
        var lines = Log(socket).Split('\n').SkipWhile(line => !IsError(line)).Select(line => line.Trim()).ToArray();
        return lines.Length == 0 ? null : string.Join(' ', lines).Trim();
    }

    private static string Log(string socket)
    {
        var log = socket + ".log";
        if (!File.Exists(log))
            return string.Empty;
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
