using System.Text.RegularExpressions;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>
/// Finds the kubeconfig context of each configured cluster: one with its endpoint, if the service account of the stored token is that cluster's; else
/// any whose flyteadmin the token is for. Contexts of other endpoints are asked only where an endpoint leads to no context, or to another cluster.
/// </summary>
/// <param name="contexts">The kubeconfig's contexts, by name.</param>
/// <param name="candidates">The contexts that may be data planes.</param>
/// <param name="askAsync">Asks a context's cluster for the UID of service account flyteadmin; null where it has none or does not answer.</param>
internal sealed partial class ContextSearch(
    IReadOnlyDictionary<string, KubeContext> contexts,
    IReadOnlyList<string> candidates,
    Func<string, Task<string?>> askAsync
)
{
    private readonly Dictionary<string, string?> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<ClusterEntry, FoundContext> _found = [];

    /// <summary>Finds them.</summary>
    /// <param name="entries">The clusters, with the UID of the service account that each one's stored token is for; null where that is not known.</param>
    public async Task<IReadOnlyDictionary<ClusterEntry, FoundContext>> FindAsync(IReadOnlyList<(ClusterEntry Entry, string? Account)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        await AskAsync(entries.SelectMany(one => WithEndpoint(one.Entry)));
        foreach (var (entry, account) in entries)
            Take(entry, WithEndpoint(entry).Where(name => account is not null && _accounts[name] == account), "its endpoint and its token");
        if (Left(entries).Any(one => one.Account is not null))
        {
            await AskAsync(candidates);
            foreach (var (entry, account) in Left(entries).Where(one => one.Account is not null))
                Take(entry, candidates.Where(name => _accounts[name] == account), "the service account of its token");
        }

        foreach (var (entry, _) in Left(entries))
            Take(entry, WithEndpoint(entry).Where(IsFree), "its endpoint alone", isGuess: true);
        string[] alike = [.. Left(entries).SelectMany(one => candidates.Where(name => IsFree(name) && IsAlike(name, one.Entry.Name)))];
        await AskAsync(alike);
        foreach (var (entry, _) in Left(entries))
            Take(entry, alike.Where(name => IsFree(name) && IsAlike(name, entry.Name) && _accounts[name] is not null), "its name alone", isGuess: true);
        return _found;
    }

    private IEnumerable<(ClusterEntry Entry, string? Account)> Left(IReadOnlyList<(ClusterEntry Entry, string? Account)> entries) =>
        [.. entries.Where(one => !_found.ContainsKey(one.Entry))];

    private string[] WithEndpoint(ClusterEntry entry) => [.. candidates.Where(name => TwoNames.SameEndpoint(contexts[name].Server, entry.Endpoint))];

    private bool IsFree(string name) => _found.Values.All(found => found.Name != name);

    // Several contexts of one cluster: the one that is called like it.
    private void Take(ClusterEntry entry, IEnumerable<string> names, string why, bool isGuess = false)
    {
        if (
            names.Where(IsFree).OrderByDescending(name => IsAlike(name, entry.Name)).ThenBy(name => name, StringComparer.Ordinal).FirstOrDefault()
            is not { } name
        )
            return;
        var isOther =
            !TwoNames.SameEndpoint(contexts[name].Server, entry.Endpoint)
            && candidates.Any(other => TwoNames.SameEndpoint(contexts[other].Server, entry.Endpoint));
        _found[entry] = new FoundContext(name, why, isGuess, isOther, !isOther && IsStray(entry.Endpoint, contexts[name].Server));
    }

    private static bool IsStray(string? endpoint, string server) =>
        endpoint is not null
        && !TwoNames.SameEndpoint(endpoint, server)
        && StrayEnding().Match(endpoint) is { Success: true, Index: var start, Length: var length }
        && TwoNames.SameEndpoint(endpoint.Remove(start, length), server);

    private async Task AskAsync(IEnumerable<string> names)
    {
        string[] asked = [.. names.Distinct(StringComparer.Ordinal).Where(name => !_accounts.ContainsKey(name))];
        var accounts = await Task.WhenAll(asked.Select(askAsync));
        foreach (var (name, account) in asked.Zip(accounts))
            _accounts[name] = account;
    }

    private static bool IsAlike(string one, string other) => Plain(one).Equals(Plain(other), StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\.com(?=(:\d+)?/?$)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StrayEnding();

    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit));
}
