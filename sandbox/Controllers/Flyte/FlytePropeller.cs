using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Flyte;

/// <summary>
/// The cluster's flytepropeller: brings each FlyteWorkflow to its end and tells FlyteAdmin of every phase, with its own cluster name.
/// After flytepropeller/pkg/controller/workflow/executor.go: RUNNING is the first event, an event that is refused holds the workflow up, and one
/// that is refused because it comes from another cluster than the execution's ends it.
/// </summary>
internal sealed class FlytePropeller : IController
{
    private const string Terminated = "termination-status";
    private const int MostDoublings = 10;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly Cluster _cluster;
    private readonly FlytePods _pods;
    private readonly FlyteSite _site;
    private readonly HashSet<ObjectKey> _workflows = [];
    private readonly Dictionary<ObjectKey, ExecutionKey> _aborted = [];
    private readonly Dictionary<ObjectKey, int> _refused = [];

    /// <summary>Makes it; it works while there is a ready pod.</summary>
    public FlytePropeller(Cluster cluster, FlytePods pods, FlyteSite site)
    {
        (_cluster, _pods, _site) = (cluster, pods, site);
        pods.PropellersChanged += (_, _) =>
        {
            foreach (var key in _workflows.Concat(_aborted.Keys))
                cluster.Queue.Add(new WorkItem(this, key));
        };
    }

    public void Observe(Change change)
    {
        var key = change.Key;
        if (!key.Is(TargetCluster.Group, TargetCluster.Resource))
            return;
        if (change.Now is null)
        {
            _workflows.Remove(key);
            if (change.Old is { } old && ExecutionOf(old.Object) is { } execution && !Phases.IsTerminal(PhaseOf(old.Object)))
            {
                _aborted[key] = execution;
                _cluster.Queue.Add(new WorkItem(this, key));
            }
        }
        else if (change.Old is null || BehaviourOf(change.Old.Object) != BehaviourOf(change.Now.Object))
        {
            _workflows.Add(key);
            _cluster.Queue.Add(new WorkItem(this, key));
        }
    }

    public void Reconcile(ObjectKey key)
    {
        if (_pods.Propeller is not { } propeller)
            return;
        if (!propeller.ReachesAdmin(_site.IsControlPlane, _site.AdminNamespace))
        {
            _site.Log($"flytepropeller: nobody answers at {propeller.AdminEndpoint}, so nothing is told of {key.Namespace}/{key.Name}");
            return;
        }

        if (_aborted.TryGetValue(key, out var aborted))
        {
            if (Tell(propeller, aborted, "ABORTED", key) != Answer.Busy)
                _aborted.Remove(key);
            return;
        }

        if (_cluster.Get(key) is not { } workflow || ExecutionOf(workflow) is not { } execution || Next(workflow) is not { } next)
            return;
        var answer = Tell(propeller, execution, next, key);
        if (answer == Answer.OfAnotherCluster)
            _cluster.Modify(key, End, "flytepropeller");
        if (answer != Answer.Taken)
            return;
        _cluster.Modify(key, w => w.ChildOrNew("status")["phase"] = next, "flytepropeller");
        if (Phases.IsTerminal(next))
            _cluster.Delete(key);
        else
            _cluster.Queue.AddAfter(new WorkItem(this, key), Step);
    }

    /// <summary>Tells FlyteAdmin of a phase.</summary>
    private Answer Tell(PropellerConfig propeller, ExecutionKey execution, string phase, ObjectKey key)
    {
        _refused.Remove(key, out var refused);
        try
        {
            _site.Record(
                new WorkflowEvent(
                    execution,
                    phase,
                    propeller.ClusterId,
                    _cluster.Now,
                    phase is "FAILING" or "FAILED" ? "the sandbox was asked to fail this workflow" : null
                ),
                propeller.Login
            );
            return Answer.Taken;
        }
        catch (AdminException e) when (e.Code == AdminCode.AlreadyExists || (e is { Code: AdminCode.FailedPrecondition, IsOfAnotherCluster: false }))
        {
            // It is known, or over: the workflow goes on to its end.
            return Answer.Taken;
        }
        catch (AdminException e) when (e.IsOfAnotherCluster)
        {
            _site.Log($"flytepropeller: {e.Message}");
            return Answer.OfAnotherCluster;
        }
        catch (AdminException e)
        {
            if (e.Code == AdminCode.Unauthenticated)
                _site.Log($"flytepropeller: {e.Message}");
            // Not found is soon over: flyteadmin writes the execution down after it made the workflow.
            var times = _refused[key] = Math.Min(refused + 1, MostDoublings);
            _cluster.Queue.AddAfter(new WorkItem(this, key), Step * (1 << times));
            return Answer.Busy;
        }
    }

    // What has ended stays until Flyte's garbage collector takes it, hours later; FlyteAdmin keeps showing the last phase that it received.
    private static void End(JsonObject workflow)
    {
        var status = workflow.ChildOrNew("status");
        (status["phase"], status["message"]) = ("FAILED", "Workflow execution was started in another cluster");
        workflow.ChildOrNew("metadata").ChildOrNew("labels")[Terminated] = "terminated";
    }

    private static string? BehaviourOf(JsonObject workflow) => workflow.Child("metadata", "annotations")?.Text(Executions.BehaviourAnnotation);

    private static string? Next(JsonObject workflow) =>
        (PhaseOf(workflow), BehaviourOf(workflow)) switch
        {
            ("", _) => "RUNNING",
            ("RUNNING", "runs") => null,
            ("RUNNING", "fails") => "FAILING",
            ("RUNNING", _) => "SUCCEEDING",
            ("FAILING", _) => "FAILED",
            ("SUCCEEDING", _) => "SUCCEEDED",
            _ => null,
        };

    private static string PhaseOf(JsonObject workflow) => workflow.Child("status")?.Text("phase") ?? "";

    private static ExecutionKey? ExecutionOf(JsonObject workflow) =>
        workflow.Child("executionId") is { } id ? new ExecutionKey(id.Text("project") ?? "", id.Text("domain") ?? "", id.Text("name") ?? "") : null;

    private enum Answer
    {
        Taken,
        OfAnotherCluster,
        Busy,
    }
}
