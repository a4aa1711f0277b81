using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Common.Run;

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

    /// <summary>The name of Flyte's Helm release in it.</summary>
    public abstract string Release { get; }

    /// <summary>The EKS or GKE cluster that it is; null where the fleet does not say.</summary>
    public abstract CloudCluster? CloudCluster { get; }

    /// <summary>What stages keep of it until the run ends.</summary>
    public RunState State { get; } = new();

    /// <summary>Why it failed; null while it has not. A failed cluster is left out of all later stages.</summary>
    public string? Failure { get; private set; }

    /// <summary>The stage that it failed in.</summary>
    public string? FailedIn { get; private set; }

    /// <summary>A kubectl command on it for people to paste, with the run's kubeconfig.</summary>
    /// <param name="arguments">Its arguments, as a shell takes them: <c>-n flyte get pods</c>.</param>
    public string Kubectl(string arguments) => KubectlText.Command(Api.Kubeconfig, Context, arguments);

    /// <summary>A helm command on it for people to paste, with the run's kubeconfig.</summary>
    /// <param name="arguments">Its arguments, as a shell takes them: <c>list -n flyte</c>.</param>
    public string Helm(string arguments) =>
        $"helm {arguments} --kube-context "
        + $"{ShellWords.Quoted(Context)}{(Api.Kubeconfig is { } kubeconfig ? $" --kubeconfig {ShellWords.Quoted(kubeconfig)}" : string.Empty)}";

    /// <summary>Leaves the cluster out of all later stages.</summary>
    public void Fail(string stage, string why) => (FailedIn, Failure) = (FailedIn ?? stage, Failure ?? why);
}

/// <summary>The control plane in a run.</summary>
/// <param name="spec">What the fleet says of it.</param>
/// <param name="api">Its API.</param>
public sealed class ControlPlaneRun(ControlPlane spec, ClusterApi api) : ClusterRun(spec.Name, spec.Context, api)
{
    /// <summary>What the fleet says of it.</summary>
    public ControlPlane Spec { get; } = spec;

    /// <inheritdoc/>
    public override string Release => Spec.Release;

    /// <inheritdoc/>
    public override CloudCluster? CloudCluster => Spec.Cluster;
}

/// <summary>A data plane in a run.</summary>
/// <param name="spec">What the fleet says of it.</param>
/// <param name="api">Its API.</param>
public sealed class DataPlaneRun(DataPlane spec, ClusterApi api) : ClusterRun(spec.Name, spec.Context, api)
{
    /// <summary>What the fleet says of it.</summary>
    public DataPlane Spec { get; } = spec;

    /// <inheritdoc/>
    public override string Release => Spec.Release;

    /// <inheritdoc/>
    public override CloudCluster? CloudCluster => Spec.Cluster;

    /// <summary>Why it is left out of all stages although it did not fail: the fleet disables it, and it does not answer. Null where it takes part.</summary>
    public string? LeftOutReason { get; private set; }

    /// <summary>Leaves a disabled data plane out of all later stages; its entry in the control plane's configuration is disabled without it.</summary>
    /// <param name="why">Why it cannot be worked on.</param>
    public void LeaveOut(string why) => LeftOutReason ??= why;

    /// <summary>The API server's address as flyteadmin will use it: the fleet's, else the kubeconfig's.</summary>
    public string? Endpoint { get; set; }

    /// <summary>With the gate closed: something that later stages read would only exist after a change.</summary>
    public bool IsKnownAfterApply { get; set; }
}
