using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using NSubstitute;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Run;

/// <summary>A run that is held to a plan.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ExpectedChangesTests
{
    private static readonly Change Planned = new("dataplane_1", "ConfigMap", "flyte", "a", ChangeAction.Create);

    private readonly RunOutcome _outcome = new();
    private int _made;

    [Test]
    public async Task A_planned_change_is_made()
    {
        await PassAsync(Gate(), Planned with { Detail = "in other words" });

        Assert.That(_made, Is.EqualTo(1));
    }

    [Test]
    public async Task What_was_to_be_created_may_be_filled_later()
    {
        await PassAsync(Gate(), Planned with { Action = ChangeAction.Update });

        Assert.That(_made, Is.EqualTo(1));
    }

    [Test]
    public void Another_change_is_refused_before_it_is_made_and_so_is_everything_after_it()
    {
        var gate = Gate();

        Assert.That(async () => await PassAsync(gate, Planned with { Name = "b" }), Throws.TypeOf<RefusedException>());
        Assert.That(async () => await PassAsync(gate, Planned), Throws.TypeOf<RefusedException>());

        Assert.That(_made, Is.Zero);
        Assert.That(_outcome.Resolve(1), Is.EqualTo(ExitCode.Refused));
        Assert.That(_outcome.Refusals.Single().ToString(), Does.Contain("does not have this change: create ConfigMap flyte/b."));
    }

    [TestCase(ChangeAction.Delete)]
    [TestCase(ChangeAction.Restart)]
    public void Another_action_on_a_planned_object_is_refused(ChangeAction action) =>
        Assert.That(async () => await PassAsync(Gate(), Planned with { Action = action }), Throws.TypeOf<RefusedException>());

    [Test]
    public async Task A_cluster_of_which_not_all_could_be_known_may_change_further()
    {
        await PassAsync(Gate("dataplane_1"), Planned with { Name = "b" });

        Assert.That(_made, Is.EqualTo(1));
    }

    [Test]
    public async Task An_execution_follows_from_what_was_applied()
    {
        await PassAsync(Gate(), new Change("controlplane", "Execution", null, "s1", ChangeAction.Create));

        Assert.That(_made, Is.EqualTo(1));
    }

    [Test]
    public void A_planned_change_that_would_do_something_else_by_now_is_refused()
    {
        Assert.That(async () => await PassAsync(Gate(Differing("YWJj")), Differing("YWJk")), Throws.TypeOf<RefusedException>());

        Assert.That(_made, Is.Zero);
        Assert.That(_outcome.Refusals.Single().ToString(), Does.Contain("showed another difference for this change: update ConfigMap flyte/a."));
    }

    [Test]
    public async Task A_planned_change_that_would_do_the_same_is_made()
    {
        await PassAsync(Gate(Differing("YWJj")), Differing("YWJj"));

        Assert.That(_made, Is.EqualTo(1));
    }

    [Test]
    public async Task What_the_plan_could_not_know_may_differ()
    {
        await PassAsync(Gate(Differing(null)), Differing("YWJk"));

        Assert.That(_made, Is.EqualTo(1));
    }

    private static Change Differing(string? base64) =>
        Planned with
        {
            Action = ChangeAction.Update,
            Difference = _ =>
                Task.FromResult(ObjectDifferences.Of(new ObjectPair("Secret", "flyte", "a", null, new() { ["data"] = new JsonObject { ["token"] = base64 } }))),
        };

    private ChangeGate Gate(Change planned) => Gate(planned, []);

    private ChangeGate Gate(params string[] knownAfterApply) => Gate(Planned, knownAfterApply);

    private ChangeGate Gate(Change planned, string[] knownAfterApply)
    {
        var plan = ChangePlan.OfAsync([planned], 1, default).GetAwaiter().GetResult();
        return new ChangeGate(
            Substitute.For<ICakeLog>(),
            isOpen: true,
            new ExpectedChanges(plan.Changes, knownAfterApply.ToHashSet(StringComparer.Ordinal), _outcome)
        );
    }

    private Task<bool> PassAsync(ChangeGate gate, Change change) =>
        gate.PassAsync(
            change,
            (_, _) =>
            {
                _made++;
                return Task.CompletedTask;
            },
            default
        );
}
