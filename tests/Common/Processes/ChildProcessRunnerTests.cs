using System.ComponentModel;
using Cake.Core;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Processes;

/// <summary>Child processes: their arguments, their output and their end.</summary>
[Platform(Exclude = "Win", Reason = "The children are shell scripts.")]
internal sealed class ChildProcessRunnerTests
{
    private static readonly FilePath Shell = "/bin/sh";

    private readonly ChildProcessRunner _processes = new();

    [TestCase("plain")]
    [TestCase("with space")]
    [TestCase("")]
    [TestCase("a \"quoted\" word")]
    [TestCase("""C:\folder\""")]
    [TestCase("""a\"b\\"c\""")]
    [TestCase("$HOME `id` ;*?")]
    [TestCase("arn:aws:eks:eu:1:cluster/x")]
    public async Task An_argument_reaches_the_child_as_it_is(string argument)
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write("echo.sh", "printf '[%s]' \"$@\"");

        using var process = (ChildProcess)
            _processes.Start(
                Shell,
                new ProcessSettings { Arguments = new ProcessArgumentBuilder().AppendEscaped(script).AppendEscaped(argument).AppendOption("--x", argument) }
            );
        await process.ExitAsync(default);

        Assert.That(string.Join('\n', process.GetStandardOutput()), Is.EqualTo($"[{argument}][--x][{argument}]"));
    }

    [Test]
    public void An_option_without_a_value_is_none() => Assert.That(new ProcessArgumentBuilder().AppendOption("--x", null).Render(), Is.Empty);

    [Test]
    public async Task A_child_reads_what_it_is_given_on_standard_input()
    {
        using var process = (ChildProcess)_processes.Start("/bin/cat", new ProcessSettings { StandardInput = "a: \"é\"\n" });

        Assert.That(await process.ExitAsync(default), Is.Zero);
        Assert.That(process.GetStandardOutput(), Is.EqualTo(new[] { "a: \"é\"" }));
    }

    [Test]
    public async Task A_child_that_does_not_read_its_input_ends_as_it_likes()
    {
        using var process = (ChildProcess)
            _processes.Start(Shell, new ProcessSettings { Arguments = "-c \"exit 3\"", StandardInput = new string('x', 1 << 20) });

        Assert.That(await process.ExitAsync(default), Is.EqualTo(3));
    }

    [Test]
    public async Task Output_errors_and_exit_code_are_kept()
    {
        using var process = Run("echo out; echo err >&2; exit 3");

        Assert.That(await process.ExitAsync(default), Is.EqualTo(3));
        Assert.That((process.GetStandardOutput().Single(), process.GetStandardError().Single()), Is.EqualTo(("out", "err")));
    }

    [Test]
    public async Task A_child_gets_nothing_on_its_standard_input()
    {
        using var process = Run("cat; echo end");
        await process.ExitAsync(default);

        Assert.That(process.GetStandardOutput(), Is.EqualTo(new[] { "end" }));
    }

    [Test]
    public async Task Much_output_does_not_block()
    {
        using var process = Run("i=0; while [ $i -lt 20000 ]; do echo 0123456789; echo 0123456789 >&2; i=$((i+1)); done");
        await process.ExitAsync(default);

        Assert.That((process.GetStandardOutput().Count(), process.GetStandardError().Count()), Is.EqualTo((20000, 20000)));
    }

    [Test]
    public async Task A_child_is_read_to_its_end_also_where_who_hears_it_fails()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var process = (ChildProcess)
            _processes.Start(
                Shell,
                new ProcessSettings
                {
                    Arguments = new ProcessArgumentBuilder().Append("-c").AppendEscaped("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done"),
                    RedirectedStandardOutputHandler = static line => line == "0123456789" ? throw new TimeoutException() : line,
                }
            );

        Assert.That(await process.ExitAsync(patience.Token), Is.Zero);
        Assert.That(process.GetStandardOutput().Count(), Is.EqualTo(20000));
    }

    [Test]
    public async Task An_interrupted_child_is_asked_to_end_so_that_it_can_clean_up()
    {
        using var folder = new TemporaryFolder();
        var (ready, asked) = (System.IO.Path.Combine(folder.Path, "ready"), System.IO.Path.Combine(folder.Path, "asked"));
        using var interrupted = new CancellationTokenSource();
        using var process = Run($"trap 'echo yes >{asked}; exit 0' TERM; echo yes >{ready}; while :; do sleep 0.01; done");
        var end = process.ExitAsync(interrupted.Token);
        SpinWait.SpinUntil(() => File.Exists(ready), TimeSpan.FromSeconds(20));
        await interrupted.CancelAsync();

        Assert.That(async () => await end, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(File.Exists(asked), Is.True);
    }

    [Test]
    public async Task A_grandchild_that_holds_the_output_open_does_not_hold_an_interrupted_run()
    {
        using var interrupted = new CancellationTokenSource();
        using var process = Run("sleep 30 & exit 0");
        var end = process.ExitAsync(interrupted.Token);
        process.WaitForExit();
        await interrupted.CancelAsync();

        Assert.That(async () => await end, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task What_an_interrupted_process_has_printed_is_known_also_while_a_grandchild_holds_the_output_open()
    {
        using var folder = new TemporaryFolder();
        var ready = System.IO.Path.Combine(folder.Path, "ready");
        using var interrupted = new CancellationTokenSource();
        using var process = Run($"sleep 30 & echo out; echo err >&2; echo yes >{ready}; wait");
        var end = process.ExitAsync(interrupted.Token);
        SpinWait.SpinUntil(() => File.Exists(ready), TimeSpan.FromSeconds(20));
        await interrupted.CancelAsync();
        Assert.That(async () => await end, Throws.InstanceOf<OperationCanceledException>());

        Assert.That(await process.PrintedAsync(), Is.EquivalentTo(new[] { "out", "err" }));
    }

    [Test]
    public async Task What_outlives_this_program_prints_into_no_pipe()
    {
        using var process = Run("for fd in 1 2; do [ -p /dev/fd/$fd ] && echo pipe; stat -Lc '%h %a' /dev/fd/$fd; done", outliving: true);
        await process.ExitAsync(default);

        Assert.That(process.GetStandardOutput(), Is.EqualTo(new[] { "0 600", "0 600" }), "No name, and this user's alone.");
    }

    [Test]
    public async Task Of_what_outlives_this_program_output_errors_and_exit_code_are_kept()
    {
        using var process = Run(
            "echo out; echo err >&2; i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; printf end; exit 3",
            outliving: true
        );

        Assert.That(await process.ExitAsync(default), Is.EqualTo(3));
        Assert.That(process.GetStandardError(), Is.EqualTo(new[] { "err" }));
        var output = process.GetStandardOutput().ToArray();
        Assert.That((output.Length, output[0], output[1], output[^1]), Is.EqualTo((20002, "out", "0123456789", "end")));
    }

    [Test]
    public async Task Of_what_outlives_this_program_each_line_is_heard_while_it_runs()
    {
        using var folder = new TemporaryFolder();
        var go = System.IO.Path.Combine(folder.Path, "go");
        var heard = new TaskCompletionSource<string>();
        using var process = (ChildProcess)
            _processes.Outliving.Start(
                Shell,
                new ProcessSettings
                {
                    Arguments = new ProcessArgumentBuilder()
                        .Append("-c")
                        .AppendEscaped($"printf 'half '; sleep 0.2; echo line; while [ ! -e {go} ]; do sleep 0.01; done"),
                    RedirectedStandardOutputHandler = line =>
                    {
                        heard.TrySetResult(line);
                        return line;
                    },
                }
            );

        var line = await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await File.WriteAllTextAsync(go, string.Empty);
        await process.ExitAsync(default);

        Assert.That((line, process.GetStandardOutput().Single()), Is.EqualTo(("half line", "half line")));
    }

    [Test]
    public async Task What_outlives_this_program_gets_its_arguments_as_they_are_and_ends_when_it_is_asked_to()
    {
        using var folder = new TemporaryFolder();
        var (ready, asked) = (System.IO.Path.Combine(folder.Path, "ready"), System.IO.Path.Combine(folder.Path, "asked"));
        var script = folder.Write(
            "wait.sh",
            $"trap 'echo yes >{asked}; exit 0' TERM; printf '[%s]' \"$@\" >{ready}.part; mv {ready}.part {ready}; kill -HUP $$; while :; do sleep 0.01; done"
        );
        using var interrupted = new CancellationTokenSource();
        using var process = (ChildProcess)
            _processes.Outliving.Start(
                Shell,
                new ProcessSettings { Arguments = new ProcessArgumentBuilder().AppendEscaped(script).AppendEscaped("a \"b\" $c") }
            );
        var end = process.ExitAsync(interrupted.Token);
        SpinWait.SpinUntil(() => File.Exists(ready), TimeSpan.FromSeconds(20));
        await interrupted.CancelAsync();

        Assert.That(async () => await end, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((await File.ReadAllTextAsync(ready), File.Exists(asked)), Is.EqualTo(("[a \"b\" $c]", true)));
    }

    [Test]
    public void Children_are_counted()
    {
        var processes = new ChildProcessRunner();
        for (var number = 0; number < 3; number++)
            processes.Start(Shell, new ProcessSettings { Arguments = "-c true" }).Dispose();
        processes.CountOne("kubectl", "proxy");

        Assert.That(processes.Started, Is.EqualTo(4));
    }

    [Test]
    public void What_cannot_be_executed_is_reported_and_not_counted()
    {
        var processes = new ChildProcessRunner();

        Assert.That(() => processes.Start("/nowhere/tool", new ProcessSettings()), Throws.TypeOf<Win32Exception>());
        Assert.That(processes.Started, Is.Zero);
    }

    [Test]
    public async Task The_environment_and_the_folder_are_the_childs()
    {
        using var folder = new TemporaryFolder();
        using var process = (ChildProcess)
            _processes.Start(
                Shell,
                new ProcessSettings
                {
                    Arguments = new ProcessArgumentBuilder().Append("-c").AppendEscaped("echo $MINE; pwd -P"),
                    WorkingDirectory = folder.Path,
                    EnvironmentVariables = new Dictionary<string, string>(StringComparer.Ordinal) { ["MINE"] = "yes" },
                }
            );
        await process.ExitAsync(default);

        Assert.That(process.GetStandardOutput().First(), Is.EqualTo("yes"));
        Assert.That(process.GetStandardOutput().Last(), Does.EndWith(System.IO.Path.GetFileName(folder.Path)));
    }

    private ChildProcess Run(string script, bool outliving = false) =>
        (ChildProcess)
            (outliving ? _processes.Outliving : _processes).Start(
                Shell,
                new ProcessSettings { Arguments = new ProcessArgumentBuilder().Append("-c").AppendEscaped(script) }
            );
}
