using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>The identities in Helm values: the annotations of Flyte's own service accounts (<c>flyteadmin.serviceAccount.annotations</c>) and of their
/// pods.</summary>
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

    /// <summary>Cloud identities of service accounts in values files that differ from the fleet's: a sentence each.</summary>
    /// <param name="files">The values files, merged.</param>
    /// <param name="identities">The identities; null for none.</param>
    /// <param name="isControlPlane">Whether flyteadmin and datacatalog run there.</param>
    /// <param name="runsWorkflows">Whether flytepropeller runs there.</param>
    public static IReadOnlyList<string> Overridden(JsonObject files, CloudIdentities? identities, bool isControlPlane, bool runsWorkflows)
    {
        ArgumentNullException.ThrowIfNull(files);
        return
        [
            .. (identities?.ServiceAccounts(isControlPlane, runsWorkflows) ?? [])
                .Where(account => CloudIdentities.IsKnown(account.Value))
                .Select(account =>
                    (
                        Name: account.Key,
                        Identity: account.Value,
                        ByHand: (((files[account.Key] as JsonObject)?["serviceAccount"] as JsonObject)?["annotations"] as JsonObject)?[
                            identities!.Annotation
                        ]?.ToString()
                    )
                )
                .Where(account => account.ByHand is { Length: > 0 } && account.ByHand != account.Identity)
                .Select(account =>
                    $"The values files annotate service account {account.Name} with {identities!.Annotation} {account.ByHand}; the fleet's "
                    + $"{account.Identity} is used instead."
                ),
        ];
    }

    /// <summary>Whether a path of values is this program's alone, so that nobody loses anything with it: the annotation of the pods.</summary>
    /// <param name="path">The path, as <see cref="Values.IHelmValues.Lost"/> gives it.</param>
    public static bool IsOwn(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith($".podAnnotations.{CloudIdentities.PodAnnotation}", StringComparison.Ordinal);
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
            parent[name] = child = [];
        return child;
    }
}
