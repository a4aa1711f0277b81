using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>build.sh: when it compiles, and what two of it do at once.</summary>
[Platform(Exclude = "Win", Reason = "build.ps1 is Windows' own.")]
internal sealed class BuildScriptTests
{
    private ScriptTree _tree = null!;

    [SetUp]
    public void MakeTree() => _tree = new ScriptTree();

    [TearDown]
    public void RemoveTree() => _tree.Dispose();

    [Test]
    public async Task The_first_run_compiles_and_says_so_on_standard_error_only()
    {
        var result = await _tree.RunAsync([]);

        Assert.That(result, Is.EqualTo(new ScriptResult(0, "program in elsewhere with 0:", "Compiling (once; it takes about a minute) ...")));
    }

    [Test]
    public async Task The_second_run_compiles_nothing()
    {
        await _tree.RunAsync([]);
        var result = await _tree.RunAsync(["--fleet=a b", "--plan"]);

        Assert.That(result, Is.EqualTo(new ScriptResult(0, "program in elsewhere with 2: --fleet=a b --plan", string.Empty)));
        Assert.That(_tree.Compilations, Is.EqualTo(1));
    }

    [Test]
    public async Task A_changed_source_is_compiled()
    {
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "changed");

        Assert.That((await _tree.RunAsync([])).Output, Does.StartWith("changed"));
    }

    [Test]
    public async Task A_deleted_source_is_noticed()
    {
        _tree.Write("build/More.cs", "more ");
        await _tree.RunAsync([]);
        File.Delete(_tree.At("build/More.cs"));

        Assert.That((await _tree.RunAsync([])).Output, Does.StartWith("program"));
    }

    [Test]
    public async Task A_source_replaced_by_one_with_an_older_time_is_noticed()
    {
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "restored");
        File.SetLastWriteTimeUtc(_tree.At("build/Program.cs"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.That((await _tree.RunAsync([])).Output, Does.StartWith("restored"));
    }

    [Test]
    public async Task A_touched_source_with_the_same_content_is_not_compiled()
    {
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "program");
        await _tree.RunAsync([]);

        Assert.That(_tree.Compilations, Is.EqualTo(1));
    }

    [Test]
    public async Task Build_output_beside_the_sources_is_not_a_source()
    {
        await _tree.RunAsync([]);
        Directory.CreateDirectory(_tree.At("build/obj"));
        _tree.Write("build/obj/Generated.cs", "generated");
        await _tree.RunAsync([]);

        Assert.That(_tree.Compilations, Is.EqualTo(1));
    }

    [Test]
    public async Task Going_back_to_earlier_sources_takes_the_earlier_program()
    {
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "changed");
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "program");

        Assert.That((await _tree.RunAsync([])).Output, Does.StartWith("program"));
        Assert.That(_tree.Compilations, Is.EqualTo(2));
    }

    [Test]
    public async Task A_failed_compilation_prints_its_errors_only_and_runs_nothing()
    {
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "BROKEN");
        var result = await _tree.RunAsync([]);

        Assert.That(
            result,
            Is.EqualTo(new ScriptResult(1, string.Empty, "Compiling (once; it takes about a minute) ...\nbuild/Program.cs(1,1): error CS1002: ; expected"))
        );
    }

    [Test]
    public async Task After_a_failed_compilation_nothing_half_is_left()
    {
        _tree.Write("build/Program.cs", "BROKEN");
        await _tree.RunAsync([]);
        Assert.That(_tree.Programs, Is.Empty);
        _tree.Write("build/Program.cs", "mended");

        Assert.That((await _tree.RunAsync([])).Output, Does.StartWith("mended"));
    }

    [Test]
    public async Task After_a_compilation_that_was_killed_its_intermediate_files_are_not_trusted()
    {
        Directory.CreateDirectory(_tree.At("artifacts/program/obj"));
        _tree.Write("artifacts/program/compiling", string.Empty);
        await _tree.RunAsync([]);

        Assert.That(Directory.Exists(_tree.At("artifacts/program/obj")), Is.False);
    }

    [Test]
    public async Task Without_the_ReadyToRun_compiler_it_compiles_without()
    {
        var result = await _tree.RunAsync([], ("PAPER_NO_CROSSGEN", "1"));

        Assert.Multiple(() =>
        {
            Assert.That(result.Output, Does.StartWith("program"));
            Assert.That(result.Error, Does.Contain("without ReadyToRun"));
        });
    }

    [Test]
    public async Task Two_at_once_compile_once_and_both_run()
    {
        var results = await Task.WhenAll(_tree.RunAsync(["one"]), _tree.RunAsync(["two"]), _tree.RunAsync(["three"]));

        Assert.Multiple(() =>
        {
            Assert.That(results, Has.All.Property(nameof(ScriptResult.ExitCode)).Zero);
            Assert.That(
                results.Select(static result => result.Output),
                Is.EqualTo(new[] { "program in elsewhere with 1: one", "program in elsewhere with 1: two", "program in elsewhere with 1: three" })
            );
            Assert.That(_tree.Compilations, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task The_lock_of_a_process_that_is_gone_is_taken_over()
    {
        using var gone = _tree.Start(["--version"]);
        gone.StandardInput.Close();
        await ScriptTree.EndAsync(gone);
        _tree.Write("build/Program.cs", "changed");
        File.CreateSymbolicLink(_tree.At("artifacts/program/lock"), gone.Id.ToString(null, null));

        Assert.That((await _tree.RunAsync([])).Output, Does.StartWith("changed"));
        Assert.That(new FileInfo(_tree.At("artifacts/program/lock")).LinkTarget, Is.Null);
    }

    [Test]
    public async Task A_running_program_keeps_its_folder_and_others_that_are_not_used_go()
    {
        using var running = _tree.Start(["hold"]);
        Assert.That(await running.StandardOutput.ReadLineAsync(), Does.StartWith("program"));
        foreach (var version in new[] { "second", "third", "fourth" })
        {
            _tree.Write("build/Program.cs", version);
            await _tree.RunAsync([]);
        }

        Assert.That(
            _tree.Programs.Select(static folder => File.ReadAllText(Path.Combine(folder, "flyte-multicluster.dll"))),
            Is.EquivalentTo(new[] { "program", "third", "fourth" })
        );
        await running.StandardInput.WriteLineAsync();
        Assert.That((await ScriptTree.EndAsync(running)).Output, Is.EqualTo("released"));
    }

    [Test]
    public async Task The_hosts_have_a_program_each()
    {
        await _tree.RunAsync([]);
        await _tree.RunAsync([], ("FrostingHost", "package"));
        await _tree.RunAsync([]);
        await _tree.RunAsync([], ("FrostingHost", "package"));

        Assert.That(_tree.Compilations, Is.EqualTo(2));
    }

    [Test]
    public async Task Without_dotnet_it_says_what_to_install()
    {
        var result = await _tree.RunAsync([], ("PATH", _tree.PathWithoutDotnet()));

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((3, string.Empty)));
        Assert.That(result.Error, Does.Contain(".NET 10 SDK").And.Contain("dotnet-sdk-10.0"));
    }

    [Test]
    public async Task With_an_older_dotnet_it_says_what_to_install()
    {
        var result = await _tree.RunAsync([], ("PAPER_VERSION", "9.0.305"));

        Assert.That((result.ExitCode, result.Output, _tree.Compilations), Is.EqualTo((3, string.Empty, 0)));
        Assert.That(result.Error, Does.Contain(".NET 10 SDK is needed; there is 9.0.305"));
    }

    [TestCase("absolute")]
    [TestCase("relative")]
    public async Task Through_a_symbolic_link_to_it_it_finds_its_folder(string kind)
    {
        Directory.CreateDirectory(_tree.At("links"));
        File.CreateSymbolicLink(_tree.At("links/first"), kind == "absolute" ? _tree.At("build.sh") : "../build.sh");
        File.CreateSymbolicLink(_tree.At("elsewhere/flyte"), "../links/first");
        var result = await _tree.RunScriptAsync("elsewhere/flyte", ["--plan"]);

        Assert.That(result.Output, Is.EqualTo("program in elsewhere with 1: --plan"));
        Assert.That(_tree.Programs, Has.Exactly(1).Items);
    }

    [Test]
    public async Task A_read_only_checkout_runs_the_compiled_program_of_its_sources()
    {
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "program");
        _tree.MakeReadOnly();

        Assert.That(await _tree.RunAsync(["--plan"]), Is.EqualTo(new ScriptResult(0, "program in elsewhere with 1: --plan", string.Empty)));
    }

    [Test]
    public async Task A_read_only_checkout_whose_sources_changed_runs_the_program_that_is_there_and_says_so()
    {
        await _tree.RunAsync([]);
        _tree.Write("build/Program.cs", "changed");
        _tree.MakeReadOnly();
        var result = await _tree.RunAsync([]);

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, "program in elsewhere with 0:")));
        Assert.That(
            result.Error,
            Does.Match("^Running the program that was compiled from earlier sources, as .*/artifacts/program cannot be written: Permission denied.$")
        );
    }

    [Test]
    public async Task A_read_only_checkout_without_a_compiled_program_says_at_once_what_cannot_be_written()
    {
        _tree.Write("artifacts", "a file");
        var result = await _tree.RunAsync([]);

        Assert.That((result.ExitCode, result.Output, _tree.Compilations), Is.EqualTo((3, string.Empty, 0)));
        Assert.That(
            result.Error,
            Does.Match("^There is no compiled program, and .*/artifacts/program cannot be written: Not a directory.\nRun ./build.sh once where")
        );
    }
}
