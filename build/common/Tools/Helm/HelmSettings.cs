using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>What every helm call has: the cluster it speaks to, by name, and the namespace.</summary>
public class HelmSettings : ToolSettings
{
    /// <summary><c>--kube-context</c>; always given for a call that reaches a cluster.</summary>
    public string? KubeContext { get; set; }

    /// <summary><c>--kubeconfig</c>; null for helm's own default.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary><c>--namespace</c>.</summary>
    public string? Namespace { get; set; }
}

/// <summary>What a helm call that changes a release has besides.</summary>
public class HelmReleaseSettings : HelmSettings
{
    /// <summary>The release's name.</summary>
    public required string Release { get; set; }

    /// <summary><c>--timeout</c>: the longest wait for one Kubernetes operation, or for all objects of the release to be gone.</summary>
    public TimeSpan? Timeout { get; set; }
}
