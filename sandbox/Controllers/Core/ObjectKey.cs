namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>Which object of a cluster.</summary>
/// <param name="Group">API group, empty for core.</param>
/// <param name="Resource">Plural resource name.</param>
/// <param name="Namespace">Namespace, empty for cluster-scoped resources.</param>
/// <param name="Name">Name.</param>
internal readonly record struct ObjectKey(string Group, string Resource, string Namespace, string Name)
{
    /// <summary>The namespace as the store wants it.</summary>
    public string? NamespaceOrNull => Namespace.Length == 0 ? null : Namespace;

    public static ObjectKey Pod(string ns, string name) => new("", "pods", ns, name);

    public static ObjectKey Secret(string ns, string name) => new("", "secrets", ns, name);

    public static ObjectKey ConfigMap(string ns, string name) => new("", "configmaps", ns, name);

    public static ObjectKey ServiceAccount(string ns, string name) => new("", "serviceaccounts", ns, name);

    public static ObjectKey ForNamespace(string name) => new("", "namespaces", "", name);

    public static ObjectKey App(string resource, string ns, string name) => new("apps", resource, ns, name);

    public static ObjectKey Job(string ns, string name) => new("batch", "jobs", ns, name);

    /// <summary>Whether it is one of this resource.</summary>
    public bool Is(string group, string resource) =>
        string.Equals(Resource, resource, StringComparison.Ordinal) && string.Equals(Group, group, StringComparison.Ordinal);
}
