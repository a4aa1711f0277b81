namespace Flyte.MultiCluster.Common.Problems;

/// <summary>
/// Problems that are found at the same time, in one order whoever is faster: those of no given place first, as they were added, and then place
/// by place. Any thread may add.
/// </summary>
/// <param name="places">The places in order: the control plane, then the fleet's data planes.</param>
public sealed class ProblemList(IEnumerable<string> places)
{
    private readonly Dictionary<string, int> _order = places
        .Distinct(StringComparer.Ordinal)
        .Select((place, index) => (place, index))
        .ToDictionary(one => one.place, one => one.index, StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly List<Problem> _problems = [];

    /// <summary>The problems in order.</summary>
    public IReadOnlyList<Problem> InOrder
    {
        get
        {
            lock (_lock)
                return [.. _problems.OrderBy(problem => _order.GetValueOrDefault(problem.Place, -1))];
        }
    }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => InOrder.Count == 0;

    /// <summary>Adds a problem.</summary>
    public void Add(Problem problem) => AddRange([problem]);

    /// <summary>Adds problems.</summary>
    public void AddRange(IEnumerable<Problem> problems)
    {
        Problem[] added = [.. problems];
        lock (_lock)
            _problems.AddRange(added);
    }

    /// <summary>Refuses the run for all of them.</summary>
    /// <exception cref="RefusedException">There is one.</exception>
    public void Refuse()
    {
        if (InOrder is { Count: > 0 } problems)
            throw new RefusedException(problems);
    }
}
