using Flyte.MultiCluster.Credentials;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Releases;

namespace Flyte.MultiCluster.Runs;

/// <summary>One cluster in a run.</summary>
/// <param name="name">Its fleet name.</param>
/// <param name="context">Its kubeconfig context.</param>
/// <param name="api">Its API.</param>
public abstract class ClusterRun(string name, string context, ClusterApi api)
{
    /// <summary>Its fleet name.</summary>
    public string Name { get; } = name;

    /// <summary>Its kubeconfig context.</summary>
    public string Context { get; } = context;

    /// <summary>Its API.</summary>
    public ClusterApi Api { get; } = api;

    /// <summary>The release as <c>CheckClusters</c> found it, null for none, and whether it looked.</summary>
    public (HelmRelease? Release, bool IsKnown) Found { get; set; }

    /// <summary>The fields that helm takes over from others when it installs the release, in words.</summary>
    public IReadOnlyList<string> Taken { get; set; } = [];

    /// <summary>Why it failed; null while it has not. A failed cluster is left out of all later stages.</summary>
    public string? Failure { get; private set; }

    /// <summary>The stage that it failed in.</summary>
    public string? FailedIn { get; private set; }

    /// <summary>Leaves the cluster out of all later stages.</summary>
    public void Fail(string stage, string why) => (FailedIn, Failure) = (FailedIn ?? stage, Failure ?? why);
}

/// <summary>The control plane in a run.</summary>
/// <param name="wanted">What the fleet says of it.</param>
/// <param name="api">Its API.</param>
public sealed class ControlPlaneRun(ControlPlane wanted, ClusterApi api) : ClusterRun(wanted.Name, wanted.Context, api)
{
    /// <summary>What the fleet says of it.</summary>
    public ControlPlane Wanted { get; } = wanted;

    /// <summary>The values override's file, once written.</summary>
    public string? ValuesOverride { get; set; }
}

/// <summary>A data plane in a run.</summary>
/// <param name="wanted">What the fleet says of it.</param>
/// <param name="api">Its API.</param>
public sealed class DataPlaneRun(DataPlane wanted, ClusterApi api) : ClusterRun(wanted.Name, wanted.Context, api)
{
    /// <summary>What the fleet says of it.</summary>
    public DataPlane Wanted { get; } = wanted;

    /// <summary>The API server's address as flyteadmin will use it: the fleet's, else the kubeconfig's.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Its own values file, once written.</summary>
    public string? ValuesFile { get; set; }

    /// <summary>The credential that was collected and proven; null before, and in a plan whose token does not exist yet.</summary>
    public ClusterCredential? Credential { get; set; }

    /// <summary>With the gate closed: something that later stages read would only exist after a change.</summary>
    public bool IsUnknown { get; set; }
}
