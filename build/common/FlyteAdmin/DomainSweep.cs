namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>Calls that FlyteAdmin takes for one project and domain, for all of them: a few at a time, as a control plane may have hundreds.</summary>
public static class DomainSweep
{
    private const int AtOnce = 8;

    /// <summary>Makes a call for each project and domain.</summary>
    /// <typeparam name="T">What a call answers.</typeparam>
    /// <param name="projects">The projects.</param>
    /// <param name="domains">The domains; each project has all of them.</param>
    /// <param name="callAsync">Makes the call for a project and domain.</param>
    /// <param name="cancellationToken">Ends the wait for a turn.</param>
    /// <returns>The answers, in the order of the projects.</returns>
    public static async Task<IReadOnlyList<T>> OfAsync<T>(
        IReadOnlyList<string> projects,
        IReadOnlyList<string> domains,
        Func<string, string, Task<T>> callAsync,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(projects);
        ArgumentNullException.ThrowIfNull(domains);
        ArgumentNullException.ThrowIfNull(callAsync);
        using var turns = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(projects.SelectMany(project => domains.Select(domain => InTurnAsync(project, domain))));

        async Task<T> InTurnAsync(string project, string domain)
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                return await callAsync(project, domain);
            }
            finally
            {
                turns.Release();
            }
        }
    }
}
