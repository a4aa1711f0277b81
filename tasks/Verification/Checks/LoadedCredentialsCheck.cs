using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>
/// flyteadmin and syncresources have loaded the credentials that are stored: their pods began after they were last written. They read them once,
/// at start. Within the second of the write AddDataPlane's note on the Deployment decides.
/// </summary>
internal sealed class LoadedCredentialsCheck()
    : EntryCheck(
        "loaded-credentials",
        "the pods of flyteadmin and syncresources started after the stored credentials were last written",
        CheckSeverity.Fails,
        CheckNames.SecretKeys,
        CheckNames.TokenFormat,
        CheckNames.CaFormat,
        CheckNames.CaExpiry,
        CheckNames.Endpoint,
        CheckNames.Credential
    )
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Finding>> LookAsync(VerifyContext context, ClusterEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(entry);
        var old = new List<string>();
        foreach (var name in CredentialDeployments.Names)
        {
            if (!await HasLoadedAsync(context, entry, name))
                old.Add(name);
        }

        var restart = $"-n {context.Control.Namespace} rollout restart deployment {string.Join(' ', old)}";
        return
        [
            old.Count == 0
                ? Finding.Ok("the pods have read the stored credentials")
                : Finding.Failed(
                    $"{string.Join(" and ", old)} started before the stored credential was last written, and read credentials only at startup.",
                    $"Run AddDataPlane, or: {context.Control.Cluster.Kubectl(restart)}."
                ),
        ];
    }

    private static async Task<bool> HasLoadedAsync(VerifyContext context, ClusterEntry entry, string deployment)
    {
        if (await context.Control.DeploymentAsync(deployment) is not { } found)
            return true;
        var stored = await context.StoredAsync();
        var credential = stored.Of(entry);
        DateTimeOffset?[] written = [stored.WrittenAt(credential.TokenKey!), stored.WrittenAt(credential.CaKey!)];
        var digest = CredentialDeployments.Digest(new ClusterCredential(credential.Token!, credential.Ca!));
        return LoadedAnnotation.AreLoaded(found, await context.Control.PodsAsync(), written.Max(), digest, Noted(found));
    }

    // By content, under any name: an entry may have been renamed.
    private static IEnumerable<string?> Noted(JsonObject deployment) =>
        (deployment["metadata"]?["annotations"] as JsonObject ?? [])
            .Where(note => note.Key.StartsWith(CredentialDeployments.Annotation(string.Empty), StringComparison.Ordinal))
            .Select(note => (string?)note.Value);
}
