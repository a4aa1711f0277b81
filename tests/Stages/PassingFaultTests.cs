using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>API servers that are busy or stumble for a while do not stop a join.</summary>
internal sealed class PassingFaultTests : StageTests
{
    [TestCase("""{"kind": "status", "status": 429, "count": 12}""", TestName = "Too many requests for a while do not stop a join")]
    [TestCase("""{"kind": "status", "status": 500, "count": 8}""", TestName = "Internal errors for a while do not stop a join")]
    [TestCase("""{"kind": "drop", "count": 8}""", TestName = "Dropped answers for a while do not stop a join")]
    [TestCase("""{"kind": "drop", "method": "PATCH", "path": "/secrets/", "count": 3}""", TestName = "Dropped answers to the writing of Secrets do not stop a join")]
    [TestCase("""{"kind": "status", "status": 500, "path": "cluster-credentials|-token", "count": 4}""", TestName = "Internal errors about Secrets do not stop a join")]
    [TestCase("""{"kind": "drop", "path": "/deployments\\?.*watch=1", "count": 2}""", TestName = "Dropped watches do not stop a join")]
    public async Task It_joins(string fault)
    {
        await Bed.FaultAsync(fault);

        var run = (await Bed.RunAsync()).Expect(0);

        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("changed", "changed")));
    }
}
