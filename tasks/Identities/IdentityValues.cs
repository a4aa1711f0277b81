using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Identities;

/// <summary>The identities in Helm values: the annotations of Flyte's own service accounts (<c>flyteadmin.serviceAccount.annotations</c>) and of their pods.</summary>
public static class IdentityValues
{
    /// <summary>Adds a cluster's annotations to values. Other annotations stay, in these values and in those below them.</summary>
    /// <param name="values">The values.</param>
    /// <param name="identities">The identities; null changes nothing.</param>
    /// <param name="isControlPlane">Whether flyteadmin and datacatalog run there.</param>
    /// <param name="runsWorkflows">Whether flytepropeller runs there.</param>
    public static void Annotate(JsonObject values, CloudIdentities? identities, bool isControlPlane, bool runsWorkflows)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (account, identity) in identities?.ServiceAccounts(isControlPlane, runsWorkflows) ?? [])
        {
            Child(Child(Child(values, account), "serviceAccount"), "annotations")[identities!.Annotation] = identity;
            Child(Child(values, account), "podAnnotations")[CloudIdentities.PodAnnotation] = identity;
        }
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
            parent[name] = child = [];
        return child;
    }
}
