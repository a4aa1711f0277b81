using Cake.Core;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Tasks.SmokeRuns;
using Flyte.MultiCluster.Tests.Common.Processes;
using Flyte.MultiCluster.Tests.Common.Run;
using NSubstitute;
using NUnit.Framework;
using Path = System.IO.Path;

namespace Flyte.MultiCluster.Tests.Tasks.SmokeRuns;

/// <summary>What pyflyte has started does not stay behind when pyflyte does not come to its end.</summary>
[Platform(Exclude = "Win", Reason = "pyflyte is a shell script here.")]
internal sealed class PyflyteSmokeTests
{
    private const string Started =
        "echo 'Go to https://flyte.example.com/console/projects/team1/domains/development/executions/f0a1b2c3 to see execution in the console.'";

    private static readonly ExecutionId Id = new("team1", "development", "f0a1b2c3");

    private SmokeBed _bed = null!;

    [SetUp]
    public void Begin()
    {
        _bed = new SmokeBed();
        _bed.Fleet = _bed.Fleet with
        {
            Pyflyte = new PyflyteRun
            {
                Script = "/example.py",
                Workflow = "main",
                Project = "team1",
                Domain = "development",
            },
        };
        _bed.Rows("team1/development=label1");
        _bed.Admin.Executions[Id] = new Execution(Id, ExecutionPhase.Succeeded, "dp1", null, null);
    }

    [TearDown]
    public void End() => _bed.Dispose();

    [Test]
    public async Task Its_execution_is_looked_at()
    {
        var outcome = await RunAsync(Started);

        Assert.That(outcome.Results.Single() is { Label: "label1", Cluster: "dp1", Failure: null }, outcome.Results.Single().ToString());
        Assert.That(_bed.Admin.Writes, Is.Empty);
    }

    [TestCase(Started)]
    [TestCase($"{Started} >&2")]
    public async Task A_failure_after_the_start_aborts_the_execution(string script)
    {
        var outcome = await RunAsync($"{script}; exit 1");

        Assert.That(_bed.Admin.Writes, Is.EqualTo(new[] { $"ABORT {Id}" }));
        Assert.That(outcome.Results.Single() is { Execution: "team1/development/f0a1b2c3", Failure: not null });
        Assert.That(_bed.Results, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Where_pyflyte_printed_none_the_remedy_says_where_to_look([Values(0, 1)] int exitCode)
    {
        var outcome = await RunAsync($"echo nothing; exit {exitCode}");

        Assert.That(_bed.Admin.Writes, Is.Empty);
        Assert.That(outcome.Results.Single().Remedy, Does.Contain("flytectl get execution -p team1 -d development"));
    }

    [Test]
    public async Task An_interruption_after_the_start_aborts_the_execution()
    {
        Assert.That(await InterruptAsync(Started), Is.InstanceOf<OperationCanceledException>());

        Assert.That(_bed.Admin.Writes, Is.EqualTo(new[] { $"ABORT {Id}" }));
    }

    [Test]
    public async Task An_interruption_before_pyflyte_printed_one_says_where_to_look()
    {
        Assert.That(await InterruptAsync("echo nothing"), Is.InstanceOf<OperationCanceledException>());

        Assert.That(_bed.Admin.Writes, Is.Empty);
        Assert.That(
            _bed.Last.Lines,
            Has.One.Contain("pyflyte was stopped before it printed which execution it started.")
                .And.One.Contain("flytectl get execution -p team1 -d development")
        );
    }

    private async Task<SmokeOutcome> RunAsync(string script)
    {
        var run = Run(script);
        var (context, values) = (run.Context, run.Values);
        var situation = await SmokeSituation.ReadAsync(context, _bed.Admin, values, isFresh: true, context.Cancellation);
        return await new SmokeRunner(context, _bed.Admin, situation, run.Get<RenderedOverlays>(), run.Get<PyflyteRunRunner>()).RunPyflyteAsync(
            context.Cancellation
        );
    }

    // pyflyte says when it has printed, and stays.
    private async Task<Exception?> InterruptAsync(string script)
    {
        var ready = Path.Combine(_bed.Next().Folder.Path, "ready");
        var running = RunAsync($"{script}; echo yes >{ready}; while :; do sleep 0.01; done");
        SpinWait.SpinUntil(() => File.Exists(ready) || running.IsCompleted, TimeSpan.FromSeconds(20));
        _bed.Last.Interruption.Interrupt();
        try
        {
            await running;
            return null;
        }
        catch (OperationCanceledException exception)
        {
            return exception;
        }
    }

    private TestRun Run(string script)
    {
        var run = _bed.Next();
        var path = Path.Combine(run.Folder.Path, "pyflyte");
        ExecutableFile.Write(path, $"#!/bin/sh\n{script}\n");
        var cake = run.Context;
        cake.Environment.WorkingDirectory.Returns(new DirectoryPath(run.Folder.Path));
        cake.Environment.Platform.Family.Returns(PlatformFamily.Linux);
        cake.Tools.Resolve(Arg.Any<IEnumerable<string>>()).Returns(new FilePath(path));
        var file = Substitute.For<IFile>();
        file.Exists.Returns(true);
        cake.FileSystem.GetFile(Arg.Any<FilePath>()).Returns(file);
        return run;
    }
}
