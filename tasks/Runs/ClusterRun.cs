using Flyte.MultiCluster.Credentials;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Kubectl;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Processes;
using Flyte.MultiCluster.Releases;
using Flyte.MultiCluster.Token;

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

    /// <summary>A kubectl command on it for people to paste, with the run's kubeconfig.</summary>
    /// <param name="arguments">Its arguments, as a shell takes them: <c>-n flyte get pods</c>.</param>
    public string Kubectl(string arguments) => KubectlText.Command(Api.Kubeconfig, Context, arguments);

    /// <summary>A helm command on it for people to paste, with the run's kubeconfig.</summary>
    /// <param name="arguments">Its arguments, as a shell takes them: <c>list -n flyte</c>.</param>
    public string Helm(string arguments)
        => $"helm {arguments} --kube-context {ShellWords.Quoted(Context)}{(Api.Kubeconfig is { } kubeconfig ? $" --kubeconfig {ShellWords.Quoted(kubeconfig)}" : string.Empty)}";

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

    /// <summary>Why it is left out of all stages although it did not fail: the fleet disables it, and it does not answer. Null where it takes part.</summary>
    public string? Away { get; private set; }

    /// <summary>Leaves a disabled data plane out of all later stages; its entry in the control plane's configuration is disabled without it.</summary>
    /// <param name="why">Why it cannot be worked on.</param>
    public void LeaveOut(string why) => Away ??= why;

    /// <summary>The API server's address as flyteadmin will use it: the fleet's, else the kubeconfig's.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Its own values file, once written.</summary>
    public string? ValuesFile { get; set; }

    /// <summary>The name that flytepropeller gets; null before it was chosen.</summary>
    public PropellerChoice? Propeller { get; set; }

    /// <summary>Where its token comes from; null before it was looked for in this run.</summary>
    public TokenOrigin? Token { get; set; }

    /// <summary>The credential that was collected and proven; null before, and in a plan whose token does not exist yet.</summary>
    public ClusterCredential? Credential { get; set; }

    /// <summary>Whether this run stored the credential, or would with the gate open.</summary>
    public bool IsStoredAnew { get; set; }

    /// <summary>With the gate closed: something that later stages read would only exist after a change.</summary>
    public bool IsUnknown { get; set; }
}

/// <summary>The name that a data plane's flytepropeller gets.</summary>
/// <param name="Name">The name; null to leave it to the user's files.</param>
public sealed record PropellerChoice(string? Name);
