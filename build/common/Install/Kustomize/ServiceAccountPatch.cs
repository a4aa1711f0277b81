using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>Whom an overlay's service accounts are in the cloud; without a cloud they stay as they are rendered.</summary>
public static class ServiceAccountPatch
{
    /// <summary>Annotates Flyte's own service accounts and their Deployments' pods, as far as the overlay has them. Other annotations stay.</summary>
    /// <param name="objects">The overlay's objects.</param>
    /// <param name="identities">The identities; null changes nothing.</param>
    /// <param name="isControlPlane">Whether flyteadmin and datacatalog run there.</param>
    /// <param name="runsWorkflows">Whether flytepropeller runs there.</param>
    public static void Annotate(IReadOnlyList<JsonObject> objects, CloudIdentities? identities, bool isControlPlane, bool runsWorkflows)
    {
        ArgumentNullException.ThrowIfNull(objects);
        foreach (var (name, identity) in identities?.ServiceAccounts(isControlPlane, runsWorkflows) ?? [])
        {
            foreach (var account in objects.Where(found => (string?)found["kind"] == "ServiceAccount" && (string?)found["metadata"]?["name"] == name))
                PodTemplates.Child(PodTemplates.Child(account, "metadata"), "annotations")[identities!.Annotation] = identity;
            if (PodTemplates.Deployment(objects, name)?["spec"]?["template"] is JsonObject template)
                PodTemplates.Child(PodTemplates.Child(template, "metadata"), "annotations")[CloudIdentities.PodAnnotation] = identity;
        }
    }
}
