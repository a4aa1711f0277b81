using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>API servers that are busy or stumble for a while do not stop a join.</summary>
internal sealed class PassingFaultTests : StageTests
{
    [Test]
    public Task Too_many_requests_internal_errors_and_dropped_answers_at_the_beginning_do_not_stop_it() =>
        JoinsWithAsync(
            """{"kind": "status", "status": 429, "count": 9}""",
            """{"kind": "status", "status": 500, "count": 6}""",
            """{"kind": "drop", "count": 6}"""
        );

    [Test]
    public Task Dropped_answers_to_helm_and_to_the_writing_of_credentials_do_not_stop_it() =>
        JoinsWithAsync(
            """{"cluster": "dataplane1", "kind": "drop", "method": "PATCH", "path": "/secrets/", "count": 2}""",
            """{"cluster": "controlplane", "kind": "drop", "method": "PATCH", "path": "/secrets/cluster-credentials", "count": 2}"""
        );

    [Test]
    public Task Dropped_watches_and_internal_errors_about_Secrets_do_not_stop_it() =>
        JoinsWithAsync(
            """{"kind": "drop", "path": "/deployments\\?.*watch=1", "count": 2}""",
            """{"kind": "status", "status": 500, "path": "cluster-credentials|-token", "count": 4}"""
        );

    private async Task JoinsWithAsync(params string[] faults)
    {
        foreach (var fault in faults)
            await Bed.FaultAsync(fault);

        var run = (await Bed.RunAsync()).Expect(0);

        Assert.That((run.Outcome("dataplane_1"), run.Outcome("dataplane_2")), Is.EqualTo(("changed", "changed")));
    }
}
