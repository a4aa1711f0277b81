using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>What the operator's own credential must be allowed to do, from what the stages and Helm do.</summary>
internal static class NeededAccess
{
    private static readonly string[] Written = ["get", "create", "patch"];
    private static readonly string[] Core = ["secrets", "configmaps", "serviceaccounts", "services"];

    /// <summary>In a data plane: install the chart, make the token Secret, watch the pods, see workflow objects.</summary>
    /// <param name="ns">Flyte's namespace.</param>
    public static IReadOnlyList<Access> DataPlane(string ns) =>
        [.. Release(ns), new Access("create", "apiextensions.k8s.io", "customresourcedefinitions", null)];

    /// <summary>In the control plane: upgrade the chart, write the credentials, restart Deployments, see workflow objects.</summary>
    /// <param name="ns">Flyte's namespace.</param>
    public static IReadOnlyList<Access> ControlPlane(string ns) => [.. Release(ns)];

    /// <summary>In a data plane that is removed: uninstall the chart, delete the token Secrets and the namespace.</summary>
    /// <param name="ns">Flyte's namespace.</param>
    public static IReadOnlyList<Access> Removal(string ns) =>
        [
            new Access("get", string.Empty, "namespaces", null),
            new Access("delete", string.Empty, "namespaces", null),
            new Access("list", "flyte.lyft.com", "flyteworkflows", null),
            new Access("delete", "apiextensions.k8s.io", "customresourcedefinitions", null),
            new Access("delete", "rbac.authorization.k8s.io", "clusterroles", null),
            new Access("delete", "rbac.authorization.k8s.io", "clusterrolebindings", null),
            new Access("list", string.Empty, "pods", ns),
            new Access("list", string.Empty, "secrets", ns),
            new Access("update", string.Empty, "secrets", ns),
            .. Core.Select(resource => new Access("delete", string.Empty, resource, ns)),
            new Access("delete", "apps", "deployments", ns),
        ];

    /// <summary>Where Argo CD or Flux changes releases: write Secrets and records, restart Deployments, look at the rest.</summary>
    /// <param name="ns">Flyte's namespace.</param>
    public static IReadOnlyList<Access> GitOps(string ns) =>
        [
            new Access("get", string.Empty, "namespaces", null),
            new Access("list", string.Empty, "secrets", ns),
            new Access("list", string.Empty, "pods", ns),
            new Access("list", "apps", "deployments", ns),
            new Access("watch", "apps", "deployments", ns),
            new Access("list", "flyte.lyft.com", "flyteworkflows", null),
            new Access("get", "apps", "deployments", ns),
            new Access("patch", "apps", "deployments", ns),
            .. Written.SelectMany(verb => new[] { new Access(verb, string.Empty, "secrets", ns), new Access(verb, string.Empty, "configmaps", ns) }),
        ];

    private static IEnumerable<Access> Release(string ns) =>
        [
            new Access("get", string.Empty, "namespaces", null),
            new Access("create", string.Empty, "namespaces", null),
            new Access("list", string.Empty, "secrets", ns),
            new Access("update", string.Empty, "secrets", ns),
            new Access("list", string.Empty, "pods", ns),
            new Access("list", "apps", "deployments", ns),
            new Access("watch", "apps", "deployments", ns),
            new Access("list", "flyte.lyft.com", "flyteworkflows", null),
            .. Written.SelectMany(verb =>
                new[]
                {
                    new Access(verb, string.Empty, "secrets", ns),
                    new Access(verb, string.Empty, "configmaps", ns),
                    new Access(verb, string.Empty, "serviceaccounts", ns),
                    new Access(verb, string.Empty, "services", ns),
                    new Access(verb, "apps", "deployments", ns),
                    new Access(verb, "rbac.authorization.k8s.io", "clusterroles", null),
                    new Access(verb, "rbac.authorization.k8s.io", "clusterrolebindings", null),
                }
            ),
        ];
}
