using System.Text.Json.Nodes;
using Flyte.MultiCluster.Identities;

namespace Flyte.MultiCluster.Overlays;

/// <summary>Whom an overlay's service accounts are in the cloud; without a cloud they stay as they are rendered.</summary>
internal static class ServiceAccountPatch
{
    /// <summary>Annotates Flyte's own service accounts, as far as the overlay has them.</summary>
    public static void Annotate(IReadOnlyList<JsonObject> objects, CloudIdentities? identities, bool isControlPlane, bool runsWorkflows)
    {
        foreach (var (name, identity) in identities?.ServiceAccounts(isControlPlane, runsWorkflows) ?? [])
        {
            foreach (var account in objects.Where(found => (string?)found["kind"] == "ServiceAccount" && (string?)found["metadata"]?["name"] == name))
                PodTemplates.Child(PodTemplates.Child(account, "metadata"), "annotations")[identities!.Annotation] = identity;
        }
    }
}
