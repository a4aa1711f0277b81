using System.Diagnostics;
using System.Reflection;
using System.Runtime.Versioning;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Kubernetes;

/// <summary>The proxies of a run, with a script in kubectl's place.</summary>
[Platform(Exclude = "Win", Reason = "The guardian is a shell.")]
[UnsupportedOSPlatform("windows")]
internal sealed class KubectlProxiesTests
{
    // Serves on the socket, and notes its arguments, its process id and its parent's.
    private const string Serving = """
        #!/bin/sh
        for argument; do case $argument in --unix-socket=*) socket=${argument#--unix-socket=} ;; esac; done
        echo "$$ $PPID $*" >>FOLDER/started
        exec node -e 'require("net").createServer(connection => connection.end()).listen(process.argv[1])' "$socket"
        """;

    private TemporaryFolder _folder = null!;
    private ChildProcessRunner _processes = null!;

    [SetUp]
    public void MakeFolder() => (_folder, _processes) = (new TemporaryFolder(), new ChildProcessRunner());

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task One_guardian_starts_one_proxy_for_each_context()
    {
        await using var proxies = new KubectlProxies(_processes, Kubectl(Serving), "/my kube/config");

        var first = await proxies.SocketAsync("context one", false, default);
        var second = await proxies.SocketAsync("arn:aws:eks:x", false, default);
        var again = await proxies.SocketAsync("context one", false, default);

        var started = await StartedAsync();
        Assert.That((again, second == first, started.Length, _processes.Started), Is.EqualTo((first, false, 2, 3)));
        Assert.That(started.Select(line => line.Split(' ')[1]).Distinct().Count(), Is.EqualTo(1));
        Assert.That(started[0], Does.EndWith($" proxy --append-server-path --kubeconfig=/my kube/config --context=context one --unix-socket={first}"));
        Assert.That(started[1], Does.Contain("--context=arn:aws:eks:x"));
    }

    [Test]
    public async Task A_context_that_many_ask_for_at_once_has_one_proxy()
    {
        await using var proxies = new KubectlProxies(_processes, Kubectl(Serving), null);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => proxies.SocketAsync("one", false, default)));

        Assert.That((await StartedAsync()).Single(), Does.Not.Contain("--kubeconfig"));
    }

    [Test]
    public async Task The_sockets_folder_is_the_users_alone_and_goes_with_the_proxies()
    {
        var proxies = new KubectlProxies(_processes, Kubectl(Serving), null);
        var folder = Path.GetDirectoryName(await proxies.SocketAsync("one", false, default))!;
        var mode = File.GetUnixFileMode(folder);
        var process = int.Parse((await StartedAsync()).Single().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

        await proxies.DisposeAsync();

        Assert.That(
            (mode, Directory.Exists(folder), IsRunning(process)),
            Is.EqualTo((UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, false, false))
        );
    }

    [Test]
    public async Task Proxies_that_were_never_asked_for_start_nothing()
    {
        await new KubectlProxies(_processes, Kubectl(Serving), null).DisposeAsync();

        Assert.That(_processes.Started, Is.Zero);
    }

    [Test]
    public void A_folder_is_made_by_the_first_that_asks_so_that_a_program_killed_before_leaves_none()
    {
        var proxies = new KubectlProxies(_processes, Kubectl(Serving), null);

        Assert.That(typeof(KubectlProxies).GetField("_folder", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(proxies), Is.Null);
    }

    [Test]
    public async Task When_the_programs_pipe_closes_the_proxies_and_their_folder_go()
    {
        var proxies = new KubectlProxies(_processes, Kubectl(Serving), null);
        var folder = Path.GetDirectoryName(await proxies.SocketAsync("one", false, default))!;
        var line = (await StartedAsync()).Single().Split(' ');
        using var guardian = Process.GetProcessById(int.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture));

        // As when the program is killed: the pipe's end is closed, nothing else is done.
        var started = (Process)typeof(KubectlProxies).GetField("_guardian", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(proxies)!;
        started.StandardInput.Close();
        await guardian.WaitForExitAsync();

        Assert.That((Directory.Exists(folder), IsRunning(int.Parse(line[0], System.Globalization.CultureInfo.InvariantCulture))), Is.EqualTo((false, false)));
        await proxies.DisposeAsync();
    }

    [TestCase("error: context \"x\" does not exist", "error: context \"x\" does not exist")]
    [TestCase("W1120 warning\nError in configuration: \n* bad CA", "Error in configuration: * bad CA")]
    public async Task A_kubectl_that_fails_is_reported_in_its_words(string said, string expected)
    {
        _folder.Write("said", said);
        await using var proxies = new KubectlProxies(_processes, Kubectl("#!/bin/sh\ncat FOLDER/said >&2\nexit 1\n"), null);

        Assert.That(
            () => proxies.SocketAsync("x", false, default),
            Throws.TypeOf<KubernetesApiException>().With.Property("ServerMessage").EqualTo(expected).And.Message.Contains("kubectl proxy --context x")
        );
    }

    [Test]
    public async Task An_interruption_ends_the_wait()
    {
        await using var proxies = new KubectlProxies(_processes, Kubectl("#!/bin/sh\nexec sleep 60\n"), null);

        Assert.That(() => proxies.SocketAsync("x", false, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    private string Kubectl(string script)
    {
        var path = Path.Combine(_folder.Path, "kubectl");
        ExecutableFile.Write(path, script.Replace("FOLDER", _folder.Path, StringComparison.Ordinal).ReplaceLineEndings("\n"));
        return path;
    }

    private Task<string[]> StartedAsync() => File.ReadAllLinesAsync(Path.Combine(_folder.Path, "started"));

    // A process that ended and was not yet waited for by its new parent counts as ended.
    private static bool IsRunning(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1][0] != 'Z';
        }
        catch (Exception exception) when (exception is IOException)
        {
            return false;
        }
    }
}
