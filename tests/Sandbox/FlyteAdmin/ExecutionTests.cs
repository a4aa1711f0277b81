using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

/// <summary>Executions over HTTP, from the request to where they end.</summary>
internal sealed class ExecutionTests : JoinedSandboxTests
{
    [Test]
    public async Task It_runs_in_the_cluster_of_its_label_and_succeeds()
    {
        var execution = await Sandbox.UntilPhaseAsync(await Sandbox.RunAsync(label: "label2"), "SUCCEEDED");

        Assert.Multiple(() =>
        {
            Assert.That(FlyteSandbox.Cluster(execution), Is.EqualTo("dataplane_2"));
            Assert.That((string?)execution["spec"]!["metadata"]!["system_metadata"]!["namespace"], Is.EqualTo("flytesnacks-development"));
            Assert.That((string?)execution["spec"]!["execution_cluster_label"]!["value"], Is.EqualTo("label2"));
            Assert.That((string?)execution["closure"]!["duration"], Does.Match(@"^\d+\.\d+s$"));
            Assert.That(execution["closure"]!["started_at"], Is.Not.Null);
        });
    }
}
