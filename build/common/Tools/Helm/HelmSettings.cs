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
