using Flyte.MultiCluster.Tests.Sandbox.Api;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Wire;

/// <summary>Holds the server against what a real Kubernetes 1.36 API server answered to helm and kubectl.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
internal sealed class RecordedCommandTests
{
    [TestCaseSource(typeof(Recordings), nameof(Recordings.InOrder))]
    public async Task The_recorded_command_gets_the_recorded_answers(string recording)
    {
        await using ServedCluster cluster = await ServedCluster.StartAsync();

        List<string> differences = await new Replay(cluster, recording).Run();

        Assert.That(differences, Is.Empty);
    }
}
