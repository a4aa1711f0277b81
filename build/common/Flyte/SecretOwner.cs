using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>Whether another controller keeps a Secret, and may undo what is stored in it.</summary>
public static class SecretOwner
{
    private static readonly (string Key, string Who)[] Marks =
    [
        ("reconcile.external-secrets.io/managed", "External Secrets"),
        ("reconcile.external-secrets.io/created-by", "External Secrets"),
        ("reconcile.external-secrets.io/data-hash", "External Secrets"),
        ("sealedsecrets.bitnami.com/managed", "Sealed Secrets"),
        ("sealedsecrets.bitnami.com/patch", "Sealed Secrets"),
        ("argocd.argoproj.io/tracking-id", "Argo CD"),
        ("argocd.argoproj.io/instance", "Argo CD"),
        ("app.kubernetes.io/instance", "Argo CD, or another tool that tracks objects by this label"),
        ("kustomize.toolkit.fluxcd.io/name", "Flux"),
        ("helm.toolkit.fluxcd.io/name", "Flux"),
    ];

    /// <summary>Who keeps the Secret.</summary>
    /// <param name="secret">The Secret; null for none.</param>
    /// <returns>In words, with what shows it; null where nothing does.</returns>
    public static string? Of(JsonObject? secret)
    {
        var metadata = secret?["metadata"];
        string[] found =
        [
            .. (metadata?["ownerReferences"] as JsonArray ?? []).Select(owner => $"{(string?)owner?["kind"]} {(string?)owner?["name"]} (ownerReference)"),
            .. Marks.Where(mark => metadata?["labels"]?[mark.Key] is not null).Select(mark => $"{mark.Who} (label {mark.Key})"),
            .. Marks.Where(mark => metadata?["annotations"]?[mark.Key] is not null).Select(mark => $"{mark.Who} (annotation {mark.Key})"),
        ];
        return found.Length == 0 ? null : string.Join(", ", found);
    }

    /// <summary>What a person is to know of a Secret that another controller keeps.</summary>
    /// <param name="owner">Who keeps it.</param>
    public static string Warning(string owner) => $"Secret {CredentialsSecret.Name} is managed by {owner}, which may undo what is stored there.";

    /// <summary>What to do about it.</summary>
    public const string Remedy =
        "Configure it to leave the data planes' keys alone, or to give up the Secret; a Secret with an ownerReference is deleted with its owner.";

    /// <summary>Whether the API server refuses every change of the Secret's data.</summary>
    /// <param name="secret">The Secret; null for none.</param>
    public static bool IsImmutable(JsonObject? secret) => secret?["immutable"] is JsonValue value && value.TryGetValue<bool>(out var immutable) && immutable;
}
