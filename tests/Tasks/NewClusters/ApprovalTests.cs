using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.NewClusters;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.NewClusters;

/// <summary>What costs money is listed and asked for before the first write.</summary>
[Platform(Exclude = "Win", Reason = "The tools are shell scripts.")]
internal sealed class ApprovalTests
{
    private NewClusterBed _bed = null!;

    [SetUp]
    public void Make()
    {
        _bed = new NewClusterBed(NewClusterBed.States);
        _bed.Put("cluster", "NONE", "ACTIVE");
        _bed.Put("group", "ACTIVE");
        _bed.Eksctl("exit 0");
    }

    [TearDown]
    public void Clean() => _bed.Dispose();

    [Test]
    public async Task The_question_holds_the_list_so_that_it_stands_there_at_every_verbosity()
    {
        await _bed.RunAsync(NewClusterBed.C);

        await _bed
            .Terminal.Received(1)
            .AskAsync(
                "To be created, and billed from then on:\n"
                    + "  [dp1] EKS cluster c: Kubernetes 1.33, eu-west-2, private subnets subnet-a, subnet-b\n"
                    + "  [dp1] node group flyte: 2 x t3.xlarge in EKS cluster c\n"
                    + "Create these? [y/N] ",
                Arg.Any<CancellationToken>()
            );
        Assert.That(_bed.Last.Lines, Has.None.StartsWith("To be created, and billed"));
    }

    [TestCase("n")]
    [TestCase("")]
    [TestCase("yep")]
    [TestCase(null)]
    public async Task Any_answer_but_yes_is_no(string? answer)
    {
        _bed.Terminal.AskAsync(Arg.Is<string>(question => question.EndsWith("Create these? [y/N] ", StringComparison.Ordinal)), Arg.Any<CancellationToken>())
            .Returns(answer);

        Assert.That((await RefusedAsync(new RunOptions())).ToString(), Does.Contain("The answer was no").And.Contain("--yes"));
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    [Test]
    public async Task Without_a_terminal_yes_must_be_given()
    {
        _bed.Terminal.IsThere.Returns(false);

        Assert.That((await RefusedAsync(new RunOptions())).ToString(), Does.StartWith("--yes:").And.Contain("no terminal").And.Contain("give --yes"));
        Assert.That(
            _bed.Last.Lines,
            Has.Some.EqualTo("  [dp1] EKS cluster c: Kubernetes 1.33, eu-west-2, private subnets subnet-a, subnet-b")
                .And.Some.EqualTo("  [dp1] node group flyte: 2 x t3.xlarge in EKS cluster c")
        );
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    [Test]
    public async Task With_yes_nobody_is_asked_and_the_list_is_reported()
    {
        Assert.That(await _bed.RunAsync(NewClusterBed.C, new RunOptions { Yes = true }, withNodes: false), Has.Count.EqualTo(2));
        Assert.That(_bed.Last.Lines, Has.Some.StartsWith("  [dp1] EKS cluster c").And.None.StartsWith("  [dp1] node group"));
        await _bed.Terminal.DidNotReceiveWithAnyArgs().AskAsync("", default);
    }

    [Test]
    public void Interrupted_at_the_question_nothing_is_made()
    {
        var run = _bed.Next(NewClusterBed.C, withNodes: false);
        _bed.Terminal.AskAsync("", default)
            .ReturnsForAnyArgs(call =>
            {
                run.Interruption.Interrupt();
                return new TaskCompletionSource<string?>().Task.WaitAsync(call.Arg<CancellationToken>());
            });

        Assert.That(() => run.RunAsync<CreateCluster>(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_bed.TakeCalls(), Has.None.StartsWith("eksctl"));
    }

    private async Task<Problem> RefusedAsync(RunOptions options)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _bed.RunAsync(NewClusterBed.C, options));
        return refused!.Problems.Single();
    }
}
