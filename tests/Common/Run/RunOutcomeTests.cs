using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>The exit code that follows from what became of a run.</summary>
internal sealed class RunOutcomeTests
{
    private static readonly RefusedException Refused = new([new Problem("fleet.yaml:1:1", "What.", "Do.")]);
    private static readonly InvalidOperationException Failed = new("broken");

    private static readonly TestCaseData[] Cases =
    [
        new(new RunOutcome(), null, 0, 0),
        new(new RunOutcome { ChosenClusters = 2 }, null, 0, 0),
        new(new RunOutcome(), null, 1, 1),
        new(new RunOutcome { HasFailedChecks = true }, null, 0, 1),
        new(new RunOutcome(), Failed, 1, 1),
        new(new RunOutcome(), Failed, 0, 1),
        new(new RunOutcome(), Refused, 1, 3),
        new(new RunOutcome { ChangesMade = true }, Refused, 1, 1),
        new(new RunOutcome { ChosenClusters = 2, FailedClusters = 1 }, null, 0, 4),
        new(
            new RunOutcome
            {
                ChosenClusters = 2,
                FailedClusters = 1,
                ChangesPlanned = true,
            },
            null,
            0,
            4
        ),
        new(new RunOutcome { ChosenClusters = 2, FailedClusters = 1 }, Failed, 1, 1),
        new(new RunOutcome { ChosenClusters = 2, FailedClusters = 2 }, null, 0, 1),
        new(new RunOutcome { ChangesPlanned = true }, null, 0, 2),
        new(new RunOutcome { ChangesPlanned = true }, Failed, 1, 1),
        new(new RunOutcome { Interrupted = true }, new OperationCanceledException(), 1, 130),
        new(new RunOutcome { Interrupted = true }, Failed, 1, 130),
        new(new RunOutcome { Interrupted = true }, Refused, 1, 130),
        new(new RunOutcome(), new OperationCanceledException(), 1, 1),
    ];

    [TestCaseSource(nameof(Cases))]
    public void The_exit_code_says_it(RunOutcome outcome, Exception? thrown, int host, int expected)
    {
        if (thrown is not null)
            outcome.Note(thrown);

        Assert.That(outcome.Resolve(host), Is.EqualTo(expected));
    }

    [Test]
    public void The_first_failure_is_kept()
    {
        var outcome = new RunOutcome();
        outcome.Note(Failed);
        outcome.Note(new IOException());

        Assert.That(outcome.Failure, Is.SameAs(Failed));
    }
}
