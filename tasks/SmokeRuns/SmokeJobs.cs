using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.ExecutionLabels;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>Which executions prove the fleet's labels.</summary>
/// <param name="Jobs">What can be proven.</param>
/// <param name="LeftOut">What cannot, and why.</param>
internal sealed record SmokeJobs(IReadOnlyList<SmokeJob> Jobs, IReadOnlyList<SmokeGap> LeftOut)
{
    /// <summary>Makes the jobs of the fleet's <c>smoke</c>.</summary>
    public static SmokeJobs Of(SmokeSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var (jobs, leftOut) = (new List<SmokeJob>(), new List<SmokeGap>());
        foreach (var (smoke, label, given) in Candidates(situation))
        {
            var failed = Failed(situation, smoke, label);
            leftOut.AddRange(
                failed.Select(cluster => new SmokeGap(
                    $"The smoke run does not prove {SmokeResult.Format(label)} on {cluster.Key}, which {cluster.Value}",
                    "Fix that cluster, and run again."
                ))
            );
            if (Job(situation, smoke, label, given) is { } job)
                jobs.Add(job);
            else if (failed.Count == 0)
                leftOut.Add(
                    new SmokeGap(
                        $"The smoke run leaves {SmokeResult.Format(label)} out: none of its clusters is enabled and joined.",
                        "To have it proven, enable one in the fleet and run AddDataPlane."
                    )
                );
        }

        return new SmokeJobs(jobs, leftOut);
    }

    /// <summary>Makes a job; null where none of its label's clusters is enabled and joined.</summary>
    /// <param name="situation">What decides where executions land.</param>
    /// <param name="smoke">The launch plan with its inputs.</param>
    /// <param name="label">The label whose clusters are expected; null for none.</param>
    /// <param name="given">The label that the execution is given; null leaves it to FlyteAdmin's rows.</param>
    public static SmokeJob? Job(SmokeSituation situation, PreparedSmoke smoke, string? label, string? given)
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(smoke);
        var failed = Failed(situation, smoke, label);
        WeightedCluster[] clusters =
            smoke.Spec.Cluster is not { } pinned ? Clusters(situation, label)
            : failed.ContainsKey(pinned) ? []
            : [new WeightedCluster(pinned, 1)];
        return clusters.Length == 0
            ? null
            : new SmokeJob
            {
                Smoke = smoke,
                Label = label,
                Given = given,
                Clusters = clusters,
                IsPinned = smoke.Spec.Cluster is not null,
                Failed = failed.Where(cluster => IsLoaded(situation, cluster.Key)).ToDictionary(StringComparer.Ordinal),
            };
    }

    private static Dictionary<string, string> Failed(SmokeSituation situation, PreparedSmoke smoke, string? label)
    {
        var members = smoke.Spec.Cluster is { } pinned ? [pinned] : Members(situation, label).Select(member => member.Id);
        return members
            .Where(id => situation.Failed.ContainsKey(id) && situation.Fleet.DataPlanes.Any(plane => plane.Name == id && plane.Enabled))
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(id => id, id => situation.Failed[id], StringComparer.Ordinal);
    }

    // Of a pattern, the label that the fleet's own row gives is left to that row: so the row is proven too.
    private static IEnumerable<(PreparedSmoke Smoke, string? Label, string? Given)> Candidates(SmokeSituation situation)
    {
        foreach (var smoke in situation.Smokes)
        {
            var (project, domain, workflow) = (smoke.Spec.Project, smoke.Spec.Domain, smoke.Plan.Workflow);
            if (situation.Fleet.Smoke is { ForEveryLabel: true })
            {
                var row = LabelRows.BestMatch(situation.FleetRows, project, domain, workflow)?.Label;
                foreach (var label in situation.Fleet.Labels)
                    yield return (smoke, label.Name, label.Name == row ? null : label.Name);
            }
            else
            {
                yield return (smoke, smoke.Spec.Label ?? LabelRows.BestMatch(situation.PlannedRows, project, domain, workflow)?.Label, smoke.Spec.Label);
            }
        }
    }

    private static IReadOnlyList<WeightedCluster> Members(SmokeSituation situation, string? label)
    {
        var wanted = label ?? situation.Fleet.DefaultLabel ?? situation.Loaded?.DefaultLabel;
        return situation.Fleet.Labels.FirstOrDefault(own => own.Name == wanted)?.Clusters
            ?? (wanted is null ? null : situation.Loaded?.Labels.GetValueOrDefault(wanted))
            ?? (label is null ? [.. situation.Loaded?.Clusters.Select(cluster => new WeightedCluster(cluster.Name, 1)) ?? []] : []);
    }

    private static WeightedCluster[] Clusters(SmokeSituation situation, string? label)
    {
        var usable = Members(situation, label).Where(member => IsUsable(situation, member.Id)).ToArray();

        // A weight of 0 is never chosen, unless all are 0.
        var weighted = usable.Any(member => member.Weight > 0)
            ? [.. usable.Where(member => member.Weight > 0)]
            : usable.Select(member => member with { Weight = 1 }).ToArray();
        var sum = weighted.Sum(member => member.Weight);
        return [.. weighted.Select(member => member with { Weight = member.Weight / sum })];
    }

    private static bool IsLoaded(SmokeSituation situation, string cluster) =>
        situation.Loaded?.Clusters.Any(entry => entry.Name == cluster && entry.Enabled) == true;

    private static bool IsUsable(SmokeSituation situation, string cluster)
    {
        var loaded = situation.Loaded?.Clusters.FirstOrDefault(entry => entry.Name == cluster);
        if (situation.Fleet.DataPlanes.FirstOrDefault(plane => plane.Name == cluster) is { } plane)
            return plane.Enabled
                && !situation.Failed.ContainsKey(cluster)
                && (loaded is not null || situation.Active.Contains(cluster, StringComparer.Ordinal));
        return situation.Fleet.ControlPlane is { RunsWorkflows: true } control && control.Name == cluster ? true : loaded is { Enabled: true };
    }
}
