namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>What a run's smoke runs came to. Thread-safe.</summary>
public sealed class SmokeResults
{
    private readonly Lock _lock = new();
    private readonly List<SmokeResult> _results = [];

    /// <summary>All of them, in the order in which they ended.</summary>
    public IReadOnlyList<SmokeResult> All
    {
        get
        {
            lock (_lock)
                return [.. _results];
        }
    }

    /// <summary>Adds one.</summary>
    /// <param name="result">The result.</param>
    public void Add(SmokeResult result)
    {
        lock (_lock)
            _results.Add(result);
    }
}
