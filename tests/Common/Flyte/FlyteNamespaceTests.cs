using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Flyte;

/// <summary>Flyte's namespace in a cluster.</summary>
internal sealed class FlyteNamespaceTests
{
    private const string Path = "/api/v1/namespaces/flyte";

    [Test]
    public async Task A_missing_namespace_is_made_once()
    {
        using var run = new TestRun();

        var made = await FlyteNamespace.EnsureAsync(run.Context.Run, run.Plane, run.Context.Gate, default);
        var again = await FlyteNamespace.EnsureAsync(run.Context.Run, run.Plane, run.Context.Gate, default);

        Assert.That((made, again, run.PlaneServer.Writes.Count, run.Context.Gate.Changes.Count), Is.EqualTo((true, true, 1, 1)));
    }

    [Test]
    public async Task A_plan_makes_none()
    {
        using var run = new TestRun(new RunOptions { Plan = true });

        Assert.That(
            (await FlyteNamespace.EnsureAsync(run.Context.Run, run.Plane, run.Context.Gate, default), run.PlaneServer.Writes.Count),
            Is.EqualTo((false, 0))
        );
    }

    [Test]
    public void A_namespace_that_is_going_is_reported()
    {
        using var run = new TestRun();
        run.PlaneServer.Put(Path, """{"status":{"phase":"Terminating"}}""");

        Assert.That(
            () => FlyteNamespace.EnsureAsync(run.Context.Run, run.Plane, run.Context.Gate, default),
            Throws.InvalidOperationException.With.Message.Contains("is being deleted")
        );
    }
}
