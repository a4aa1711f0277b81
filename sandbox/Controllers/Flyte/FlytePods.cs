using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Controllers.Pods;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Flyte;

/// <summary>The pods in which Flyte's own programs run: how their containers start, whether they are ready, when they are gone.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="site">The cluster's part in Flyte; null where containers only load their files.</param>
internal sealed class FlytePods(Cluster cluster, FlyteSite? site) : IController
{
    private readonly FlyteAdminContainer _admin = new(cluster, site);
    private readonly Dictionary<string, PropellerConfig> _propellers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ready = new(StringComparer.Ordinal);

    /// <summary>Raised when there is a ready propeller, or there is none any more.</summary>
    public event EventHandler? PropellersChanged;

    /// <summary>A ready propeller, as it read its configuration; null for none.</summary>
    public PropellerConfig? Propeller => _propellers.Where(p => _ready.Contains(p.Key)).Select(p => p.Value).LastOrDefault();

    /// <summary>Starts a container.</summary>
    /// <param name="pod">The container's pod.</param>
    /// <param name="deployment">The Deployment that the pod was made for.</param>
    /// <param name="container">The container, of the pod's spec.</param>
    public ContainerStart Start(JsonObject pod, string deployment, JsonObject container)
    {
        if (deployment != "flytepropeller" || container.Text("name") != "flytepropeller")
            return _admin.Start(pod, deployment, container);
        try
        {
            _propellers[pod.Metadata("uid") ?? ""] = PropellerConfig.Read(container, path => PodVolumes.Read(cluster, pod, container, path));
            return ContainerStart.Done;
        }
        catch (AdminPanic e)
        {
            return ContainerStart.Failed(1, e.Message);
        }
    }

    /// <summary>How long a pod that is being deleted goes on: flyteadmin answers for a while.</summary>
    /// <param name="uid">The pod's uid.</param>
    public TimeSpan Linger(string uid) => site?.Answers(uid) == true ? FlyteSite.AnswersFor : TimeSpan.Zero;

    /// <summary>Ends a pod's flyteadmin, once it has answered all its requests: the kubelet removes a pod after its processes.</summary>
    /// <param name="uid">The pod's uid.</param>
    /// <returns>Whether it has ended.</returns>
    public bool TryEnd(string uid)
    {
        if (site?.Drain(uid) == false)
            return false;
        site?.Stop(uid);
        return true;
    }

    public void Observe(Change change)
    {
        if (!change.Key.Is("", "pods"))
            return;
        if (change.Old is { } old && (change.Now is null or { Deleting: true } || change.Now.Uid != old.Uid))
        {
            if (change.Now is { Deleting: true } && change.Now.Uid == old.Uid)
                site?.BeginEnd(old.Uid);
            else
                site?.Stop(old.Uid);
            Note(old.Uid, ready: false);
            _propellers.Remove(old.Uid);
        }

        if (change.Now is { Deleting: false } now)
        {
            var ready = now.Object.Child("status")?.Objects("conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True") ?? false;
            site?.SetReady(now.Uid, ready);
            Note(now.Uid, ready);
        }
    }

    public void Reconcile(ObjectKey key)
    {
        // Pods are the kubelet's.
    }

    private void Note(string uid, bool ready)
    {
        if ((ready ? _ready.Add(uid) : _ready.Remove(uid)) && _propellers.ContainsKey(uid))
            PropellersChanged?.Invoke(this, EventArgs.Empty);
    }
}
