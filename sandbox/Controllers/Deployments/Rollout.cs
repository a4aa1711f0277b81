using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Deployments;

/// <summary>One step of a Deployment's rollout, as the Deployment controller takes it: kubernetes' pkg/controller/deployment, rolling.go, recreate.go and
/// sync.go.</summary>
internal sealed class Rollout(Cluster cluster, EventRecorder events, ObjectKey key, JsonObject deployment)
{
    private readonly string uid = deployment.Metadata("uid") ?? "";

    public JsonObject Deployment => deployment;

    public ReplicaCounts Counts { get; } = ReplicaCounts.Of(deployment);

    public bool Paused { get; } = deployment.Child("spec")?.Flag("paused") ?? false;

    /// <summary>Whether this step made the new ReplicaSet.</summary>
    public bool Created { get; private set; }

    /// <summary>Name collisions of the pod template's hash.</summary>
    public long Collisions { get; private set; } = deployment.Child("status")?.Number("collisionCount") ?? 0;

    /// <summary>The Deployment's ReplicaSets as they are now, oldest first.</summary>
    public List<CachedObject> Sets =>
        [.. cluster.Cache.ManagedBy(uid, "replicasets").Where(s => !s.Deleting).OrderBy(ReplicaSets.RevisionOf).ThenBy(s => s.Version)];

    /// <summary>The ReplicaSet of the current template; null before it is made.</summary>
    public CachedObject? New => Sets.LastOrDefault(s => PodTemplateHash.Same(s.Object.Child("spec", "template"), deployment.Child("spec", "template")));

    private IEnumerable<CachedObject> Old
    {
        get
        {
            var current = New?.Uid;
            return Sets.Where(s => s.Uid != current);
        }
    }

    public void Proceed()
    {
        if (Paused)
        {
            ScaleWhatRuns();
            return;
        }

        if (New is { } found)
            KeepRevision(found);
        else if (!Counts.Recreate || !OldPodsRun())
            MakeNew();
        if (Counts.Recreate)
        {
            foreach (var old in Old.Where(s => ReplicaSets.Wanted(s) > 0).ToList())
                Scale(old, 0);
            if (New is { } made && !OldPodsRun())
                Scale(made, Counts.Desired);
        }
        else
        {
            ScaleNew();
            ScaleOld();
        }

        Forget();
    }

    private bool OldPodsRun() => Old.Any(s => cluster.Cache.ManagedBy(s.Uid, "pods").Any());

    private void ScaleWhatRuns()
    {
        if (Sets.LastOrDefault(s => ReplicaSets.Wanted(s) > 0) is { } active && Sets.Count(s => ReplicaSets.Wanted(s) > 0) == 1)
            Scale(active, Counts.Desired);
    }

    private void KeepRevision(CachedObject set)
    {
        var newest = Sets.Where(s => s.Uid != set.Uid).Select(ReplicaSets.RevisionOf).DefaultIfEmpty(0).Max() + 1;
        var revision = Math.Max(ReplicaSets.RevisionOf(set), newest);
        var annotations = set.Object.Child("metadata", "annotations");
        if (
            ReplicaSets.RevisionOf(set) != revision
            || annotations?.Text(ReplicaSets.DesiredReplicas) != Counts.Desired.ToString()
            || annotations.Text(ReplicaSets.MaxReplicas) != Counts.MaxTotal.ToString()
        )
        {
            cluster.Modify(
                set.Key,
                s =>
                {
                    var live = s.ChildOrNew("metadata").ChildOrNew("annotations");
                    live[ReplicaSets.Revision] = revision.ToString();
                    live[ReplicaSets.DesiredReplicas] = Counts.Desired.ToString();
                    live[ReplicaSets.MaxReplicas] = Counts.MaxTotal.ToString();
                }
            );
        }

        SetRevision(revision);
    }

    private void MakeNew()
    {
        var revision = Sets.Select(ReplicaSets.RevisionOf).DefaultIfEmpty(0).Max() + 1;
        var room = Counts.MaxTotal - Sets.Sum(ReplicaSets.Wanted);
        var replicas = Counts.Recreate ? Counts.Desired : Math.Clamp(room, 0, Counts.Desired);
        while (true)
        {
            var hash = PodTemplateHash.Of(deployment.Child("spec", "template")!, Collisions);
            try
            {
                var made = cluster.Create("apps", "replicasets", key.Namespace, ReplicaSets.For(deployment, hash, replicas, revision, Counts));
                Created = true;
                if (replicas > 0)
                    events.Normal(deployment, "ScalingReplicaSet", $"Scaled up replica set {made.Metadata("name")} from 0 to {replicas}");
                break;
            }
            catch (ApiException e) when (e is { Code: 409, Reason: "AlreadyExists" })
            {
                Collisions++;
            }
        }

        SetRevision(revision);
    }

    private void SetRevision(long revision)
    {
        if (deployment.Child("metadata", "annotations")?.Text(ReplicaSets.Revision) != revision.ToString())
            cluster.Modify(key, d => d.ChildOrNew("metadata").ChildOrNew("annotations")[ReplicaSets.Revision] = revision.ToString());
    }

    private void ScaleNew()
    {
        if (New is not { } set)
            return;
        var wanted = ReplicaSets.Wanted(set);
        if (wanted > Counts.Desired)
            Scale(set, Counts.Desired);
        else if (wanted < Counts.Desired)
            Scale(set, wanted + Math.Clamp(Counts.MaxTotal - Sets.Sum(ReplicaSets.Wanted), 0, Counts.Desired - wanted));
    }

    private void ScaleOld()
    {
        if (New is not { } current)
            return;
        var waiting = ReplicaSets.Wanted(current) - ReplicaSets.Status(current, "availableReplicas");
        var spare = Sets.Sum(ReplicaSets.Wanted) - Counts.MinAvailable - waiting;
        foreach (var old in Old.Where(s => ReplicaSets.Wanted(s) > 0).ToList())
        {
            var unhealthy = ReplicaSets.Wanted(old) - ReplicaSets.Status(old, "availableReplicas");
            var down = Math.Clamp(unhealthy, 0, Math.Max(spare, 0));
            if (down > 0)
                Scale(old, ReplicaSets.Wanted(old) - down);
            spare -= down;
        }

        var available = Sets.Sum(s => ReplicaSets.Status(s, "availableReplicas")) - Counts.MinAvailable;
        foreach (var old in Old.Where(s => ReplicaSets.Wanted(s) > 0).ToList())
        {
            var down = Math.Min(Math.Min(Math.Max(available, 0), Math.Max(spare, 0)), ReplicaSets.Wanted(old));
            if (down > 0)
                Scale(old, ReplicaSets.Wanted(old) - down);
            available -= down;
            spare -= down;
        }
    }

    private void Scale(CachedObject set, int to)
    {
        var from = ReplicaSets.Wanted(set);
        if (from == to)
            return;
        cluster.Modify(set.Key, s => s.ChildOrNew("spec")["replicas"] = to);
        events.Normal(deployment, "ScalingReplicaSet", $"Scaled {(to > from ? "up" : "down")} replica set {set.Key.Name} from {from} to {to}");
    }

    private void Forget()
    {
        var limit = (int)(deployment.Child("spec")?.Number("revisionHistoryLimit") ?? 10);
        if (New is not { } current || ReplicaSets.Status(current, "availableReplicas") < Counts.Desired)
            return;
        var done = Old.Where(s => ReplicaSets.Wanted(s) == 0 && ReplicaSets.Status(s, "replicas") == 0).ToList();
        foreach (var set in done.Take(done.Count - limit))
            cluster.Delete(set.Key);
    }
}
