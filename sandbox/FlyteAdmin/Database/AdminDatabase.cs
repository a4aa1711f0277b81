using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;

/// <summary>What flyteadmin keeps in PostgreSQL: it outlives all pods. Thread-safe: everything happens under one lock.</summary>
/// <param name="time">The clock.</param>
internal sealed class AdminDatabase(TimeProvider time)
{
    /// <summary>The launch plan that every project and domain has.</summary>
    public const string Hello = "sandbox.hello";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Project> _projects = new(StringComparer.Ordinal);
    private readonly AttributeTable _attributes = new();
    private readonly Dictionary<PlanKey, LaunchPlan> _plans = [];
    private readonly Dictionary<ExecutionKey, Execution> _executions = [];
    private readonly List<Execution> _order = [];
    private DateTimeOffset _since = time.GetUtcNow();

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _projects.Clear();
            _attributes.Clear();
            _plans.Clear();
            _executions.Clear();
            _order.Clear();
            _since = Now;
        }
    }

    /// <summary>Does something with the attributes.</summary>
    public T Attributes<T>(Func<AttributeTable, T> use)
    {
        lock (_lock)
            return use(_attributes);
    }

    /// <summary>Registers projects that are missing.</summary>
    public void Seed(IEnumerable<string> names)
    {
        lock (_lock)
        {
            foreach (var name in names)
                _projects.TryAdd(name, new Project(name, name, $"{name} description", Archived: false));
        }
    }

    /// <summary>Adds a project; false when its id is taken.</summary>
    public bool AddProject(Project project)
    {
        lock (_lock)
            return _projects.TryAdd(project.Id, project);
    }

    /// <summary>Replaces a project.</summary>
    public void SetProject(Project project)
    {
        lock (_lock)
            _projects[project.Id] = project;
    }

    public Project? FindProject(string id)
    {
        lock (_lock)
            return _projects.GetValueOrDefault(id);
    }

    /// <summary>All projects by id.</summary>
    public IReadOnlyList<Project> Projects()
    {
        lock (_lock)
            return [.. _projects.Values];
    }

    /// <summary>Registers a launch plan; an active one takes the place of the active version.</summary>
    public void PutPlan(PlanKey key, bool active, IReadOnlyList<PlanInput> inputs, PlanBehaviour behaviour)
    {
        lock (_lock)
        {
            if (active)
            {
                foreach (var other in Versions(key).Where(p => p.Active).ToList())
                    _plans[other.Key] = other with { Active = false };
            }

            _plans[key] = new LaunchPlan(key, active, inputs, behaviour, Now);
        }
    }

    public LaunchPlan? FindPlan(PlanKey key)
    {
        lock (_lock)
            return _plans.GetValueOrDefault(key) ?? (key is { Name: Hello, Version: "v1" } ? HelloOf(key) : null);
    }

    /// <summary>The active version of a launch plan; null for none.</summary>
    public LaunchPlan? ActivePlan(string project, string domain, string name)
    {
        lock (_lock)
            return Versions(new PlanKey(project, domain, name, "v1")).FirstOrDefault(p => p.Active);
    }

    /// <summary>The launch plans of a project and domain, by name.</summary>
    public IReadOnlyList<LaunchPlan> Plans(string project, string domain)
    {
        lock (_lock)
        {
            var names = _plans.Keys.Where(k => k.Project == project && k.Domain == domain).Select(k => k.Name).Append(Hello).Distinct(StringComparer.Ordinal);
            return [.. names.Order(StringComparer.Ordinal).SelectMany(name => Versions(new PlanKey(project, domain, name, "v1")))];
        }
    }

    /// <summary>Adds an execution; false when its name is taken.</summary>
    public bool AddExecution(Execution execution)
    {
        lock (_lock)
        {
            if (!_executions.TryAdd(execution.Key, execution))
                return false;
            _order.Add(execution);
            return true;
        }
    }

    /// <summary>Does something with one execution.</summary>
    /// <exception cref="AdminException">There is none.</exception>
    public T Execution<T>(ExecutionKey key, Func<Execution, T> use)
    {
        lock (_lock)
        {
            return _executions.TryGetValue(key, out var execution)
                ? use(execution)
                : throw AdminException.NotFound($"missing entity of type execution with identifier {key}");
        }
    }

    /// <summary>The executions of a project and domain, oldest first, each as seen by a function.</summary>
    public IReadOnlyList<T> Executions<T>(string project, string domain, Func<Execution, T> see)
    {
        lock (_lock)
            return [.. _order.Where(e => e.Key.Project == project && e.Key.Domain == domain).Select(see)];
    }

    private IEnumerable<LaunchPlan> Versions(PlanKey key)
    {
        var stored = _plans
            .Values.Where(p => p.Key.Project == key.Project && p.Key.Domain == key.Domain && p.Key.Name == key.Name)
            .OrderByDescending(p => p.CreatedAt)
            .ToList();
        if (key.Name != Hello || stored.Exists(p => p.Key.Version == "v1"))
            return stored;
        var hello = HelloOf(key with { Version = "v1" });
        return stored.Append(stored.Exists(p => p.Active) ? hello with { Active = false } : hello);
    }

    private LaunchPlan HelloOf(PlanKey key)
    {
        var world = new JsonObject { ["scalar"] = new JsonObject { ["primitive"] = new JsonObject { ["string_value"] = "world" } } };
        return new LaunchPlan(key, Active: true, [new PlanInput("name", "STRING", world)], PlanBehaviour.Succeeds, _since);
    }
}
