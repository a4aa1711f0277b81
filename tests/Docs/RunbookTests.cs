using Flyte.MultiCluster.Build;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Docs;

/// <summary>docs/runbook.md maps steps to targets.</summary>
internal sealed class RunbookTests
{
    private static readonly string[] Stages =
    [
        "Prerequisites",
        "New clusters",
        "Chart",
        "Data plane",
        "Token",
        "Credentials",
        "Control plane",
        "Execution labels",
        "Smoke run",
    ];

    [Test]
    public void Every_target_of_a_stage_does_a_step()
    {
        var runbook = Repository.Read("docs/runbook.md");
        var targets = Targets.All.Where(target => Stages.Contains(target.Stage, StringComparer.Ordinal));

        Assert.That(targets.Where(target => !runbook.Contains($"| `{target.Name}`", StringComparison.Ordinal)).Select(target => target.Name), Is.Empty);
    }
}
