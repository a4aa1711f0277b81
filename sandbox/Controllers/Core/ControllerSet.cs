using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Controllers.Deployments;
using Flyte.MultiCluster.Sandbox.Controllers.Flyte;
using Flyte.MultiCluster.Sandbox.Controllers.Housekeeping;
using Flyte.MultiCluster.Sandbox.Controllers.Pods;
using Flyte.MultiCluster.Sandbox.Controllers.Workloads;
using Flyte.MultiCluster.Sandbox.Faults;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>The controllers of a cluster.</summary>
internal static class ControllerSet
{
    public static IReadOnlyList<IController> For(Cluster cluster, IReviews reviews, IPodFaults faults, FlyteSite? site)
    {
        var flyte = new FlytePods(cluster, site);
        return
        [
            new NamespaceController(cluster),
            new ServiceAccountController(cluster, reviews),
            new TokenController(cluster, reviews, faults),
            new GarbageCollector(cluster),
            new DeploymentController(cluster),
            new ReplicaSetController(cluster),
            new StatefulSetController(cluster),
            new JobController(cluster),
            flyte,
            new PodController(cluster, faults, flyte),
            .. site is null ? Array.Empty<IController>() : [new FlytePropeller(cluster, flyte, site)],
        ];
    }
}
