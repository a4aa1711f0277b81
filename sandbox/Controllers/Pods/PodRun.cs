using Flyte.MultiCluster.Sandbox.Controllers.Core;
using Flyte.MultiCluster.Sandbox.Faults;

namespace Flyte.MultiCluster.Sandbox.Controllers.Pods;

/// <summary>One pod as the kubelet keeps it.</summary>
/// <param name="key">Which pod.</param>
/// <param name="deployment">The Deployment it was made for; empty for another pod.</param>
/// <param name="ip">Its address.</param>
internal sealed class PodRun(ObjectKey key, string deployment, string ip)
{
    private readonly Dictionary<string, ContainerRun> containers = new(StringComparer.Ordinal);

    public ObjectKey Key => key;

    public string Deployment => deployment;

    public string Ip => ip;

    /// <summary>What is made to go wrong with it.</summary>
    public PodFault? Fault { get; set; }

    /// <summary>Whether its volumes are mounted.</summary>
    public bool Mounted { get; set; }

    /// <summary>When its containers have ended, once it is being deleted.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    public ContainerRun this[string container]
    {
        get
        {
            if (!containers.TryGetValue(container, out var run))
                containers[container] = run = new ContainerRun();
            return run;
        }
    }

    public IEnumerable<ContainerRun> Containers => containers.Values;
}
