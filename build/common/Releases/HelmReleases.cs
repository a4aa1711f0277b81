using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Releases;

/// <summary>A revision as its Secret's labels describe it.</summary>
/// <param name="Release">The release's name.</param>
/// <param name="Revision">The revision's number.</param>
/// <param name="Status">Its status.</param>
/// <param name="Secret">The Secret's name.</param>
/// <param name="ResourceVersion">The Secret's resource version when it was listed; empty where it is not known.</param>
public sealed record HelmRevision(string Release, int Revision, string Status, string Secret, string ResourceVersion = "")
{
    /// <summary>Whether its operation was begun and never ended, or is still under way.</summary>
    public bool IsPending => HelmRelease.IsPendingStatus(Status);
}

/// <summary>Reads a namespace's Helm releases from the cluster, without helm.</summary>
public static class HelmReleases
{
    // What was read stays true for its resource version: several stages look at the same revision.
    private static readonly ConditionalWeakTable<ClusterApi, ConcurrentDictionary<(string Namespace, string Secret, string Version), HelmRelease?>> Known = [];

    /// <summary>The newest revision of every release in the namespace.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<IReadOnlyList<HelmRevision>> NewestAsync(ClusterApi api, string ns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        return
        [
            .. (await RevisionsAsync(api, ns, cancellationToken))
                .GroupBy(revision => revision.Release, StringComparer.Ordinal)
                .Select(revisions => revisions.MaxBy(revision => revision.Revision)!),
        ];
    }

    /// <summary>A release's newest revision, whatever its status, over the deployed one; null where there is none or it was uninstalled.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">The Secret holds no release.</exception>
    public static async Task<HelmRelease?> FindAsync(ClusterApi api, string ns, string release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        return await FindAsync(api, ns, await HistoryAsync(api, ns, release, cancellationToken), cancellationToken);
    }

    /// <summary>The newest of a release's revisions, whatever its status, over the deployed one; null where there is none or it was uninstalled.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="revisions">The release's revisions, the newest first.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">The Secret holds no release.</exception>
    public static async Task<HelmRelease?> FindAsync(ClusterApi api, string ns, IReadOnlyList<HelmRevision> revisions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revisions);
        if (revisions.Count == 0 || await ReadAsync(api, ns, revisions[0], cancellationToken) is not { } newest)
            return null;
        var deployed = revisions.Skip(1).FirstOrDefault(revision => revision.Status == "deployed");
        return newest.Status == "deployed" || deployed is null ? newest : newest.Over(await ReadAsync(api, ns, deployed, cancellationToken));
    }

    /// <summary>A release's revisions that Helm still keeps, the newest first; none where there is no such release.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public static async Task<IReadOnlyList<HelmRevision>> HistoryAsync(ClusterApi api, string ns, string release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        return
        [
            .. (await RevisionsAsync(api, ns, cancellationToken))
                .Where(revision => revision.Release == release)
                .OrderByDescending(revision => revision.Revision),
        ];
    }

    private static async Task<IReadOnlyList<HelmRevision>> RevisionsAsync(ClusterApi api, string ns, CancellationToken cancellationToken)
    {
        var secrets = await api.ListMetadataAsync(KubernetesPaths.Core(ns, "secrets") + "?labelSelector=owner%3Dhelm", cancellationToken);
        return
        [
            .. secrets
                .Select(secret => secret["metadata"]!)
                .Select(metadata => new HelmRevision(
                    (string?)metadata["labels"]?["name"] ?? string.Empty,
                    int.TryParse((string?)metadata["labels"]?["version"], CultureInfo.InvariantCulture, out var revision) ? revision : 0,
                    (string?)metadata["labels"]?["status"] ?? string.Empty,
                    (string)metadata["name"]!,
                    (string?)metadata["resourceVersion"] ?? string.Empty
                )),
        ];
    }

    /// <summary>Reads one revision; null when it is gone or says that the release was uninstalled.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">The Secret holds no release.</exception>
    public static async Task<HelmRelease?> ReadAsync(ClusterApi api, string ns, HelmRevision revision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(revision);
        var known = Known.GetOrCreateValue(api);
        if (known.TryGetValue((ns, revision.Secret, revision.ResourceVersion), out var read))
            return read;
        var secret = await api.GetAsync(KubernetesPaths.Core(ns, "secrets", revision.Secret), cancellationToken);
        read = secret is null ? null : HelmRelease.Decode(secret);
        if (read?.Status == "uninstalled")
            read = null;
        if (read is not { IsPending: true } && (string?)secret?["metadata"]?["resourceVersion"] is { } version)
            known[(ns, revision.Secret, version)] = read;
        return read;
    }
}
