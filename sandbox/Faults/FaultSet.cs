using System.Globalization;

namespace Flyte.MultiCluster.Sandbox.Faults;

/// <summary>The faults in force, of all clusters. Thread-safe.</summary>
public sealed class FaultSet
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private TaskCompletionSource _cleared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last;

    /// <summary>Raised, outside of any lock, when faults were added or removed.</summary>
    public event EventHandler? Changed;

    /// <summary>Adds a fault.</summary>
    /// <returns>Its id.</returns>
    public string Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        int id;
        lock (_lock)
        {
            id = ++_last;
            _entries.Add(new Entry(fault) { Left = fault.Count, Begun = fault.After is null });
        }

        Changed?.Invoke(this, EventArgs.Empty);
        return id.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Ends when all faults are removed the next time.</summary>
    public Task Cleared
    {
        get
        {
            lock (_lock)
            {
                return _cleared.Task;
            }
        }
    }

    /// <summary>Removes all faults.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _cleared.SetResult();
            _cleared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>The faults that a request meets, oldest first, up to the first that ends it; each is counted. Those that begin after it do not meet it
    /// yet.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path and query.</param>
    public IReadOnlyList<Fault> Meet(string cluster, string method, string path)
    {
        var met = new List<Fault>();
        bool begins;
        lock (_lock)
        {
            if (_entries.Count == 0)
            {
                return [];
            }

            var waiting = _entries.Where(e => !e.Begun && e.Fault.After!.IsMatch($"{cluster} {method} {path}")).ToList();
            begins = waiting.Count > 0;
            foreach (var entry in _entries.ToList().Where(e => e.Begun && e.Fault.Meets(cluster, method, path)))
            {
                met.Add(entry.Fault);
                if (--entry.Left <= 0)
                {
                    _entries.Remove(entry);
                }

                if (entry.Fault.Kind is not (FaultKind.Delay or FaultKind.Hold))
                {
                    break;
                }
            }

            foreach (var entry in waiting)
            {
                entry.Begun = true;
            }
        }

        if (begins)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }

        return met;
    }

    /// <summary>The first fault in force that fits; null for none.</summary>
    public Fault? Find(Func<Fault, bool> fits)
    {
        lock (_lock)
        {
            return _entries.Find(e => e.Begun && fits(e.Fault))?.Fault;
        }
    }

    private sealed class Entry(Fault fault)
    {
        public Fault Fault { get; } = fault;

        public int? Left { get; set; }

        public bool Begun { get; set; }
    }
}

/// <summary>One cluster's view of the faults that its controllers meet.</summary>
public sealed class ClusterPodFaults : IPodFaults
{
    private readonly FaultSet _faults;
    private readonly string _cluster;

    /// <summary>Makes the view.</summary>
    public ClusterPodFaults(FaultSet faults, string cluster) => (_faults, _cluster) = (faults, cluster);

    /// <inheritdoc/>
    public event EventHandler? Changed
    {
        add => _faults.Changed += value;
        remove => _faults.Changed -= value;
    }

    /// <inheritdoc/>
    public bool TokenNeverFilled => _faults.Find(f => f.Kind == FaultKind.TokenNeverFilled && f.Meets(_cluster)) is not null;

    /// <inheritdoc/>
    public TimeSpan? Linger(string deployment) =>
        _faults.Find(f => f.Kind == FaultKind.PodsLinger && f.Meets(_cluster) && (f.Name?.IsMatch(deployment) ?? true))?.Delay;

    /// <inheritdoc/>
    public PodFault? For(string deployment) => _faults.Find(f => f.OfPods is not null && f.Meets(_cluster) && (f.Name?.IsMatch(deployment) ?? true))?.OfPods;
}
