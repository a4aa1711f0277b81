using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.ExecutionLabels;

namespace Flyte.MultiCluster.Tasks.SmokeRuns;

/// <summary>Why an execution lands, or landed, where it should not.</summary>
/// <param name="Cause">The cause, one or two sentences.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record SmokeDiagnosis(string Cause, string Remedy)
{
    private const string Join = "Run AddDataPlane, which brings the fleet's labels and clusters to flyteadmin.";
    private const string SetLabels = "Run --target=UpdateExecutionClusterLabels.";

    /// <summary>What is wrong with the labels of a job; null when FlyteAdmin's rows and what flyteadmin has loaded lead to the expected clusters
    /// alone.</summary>
    public static SmokeDiagnosis? Of(SmokeJob job, SmokeSituation situation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(situation);
        return Stopped(job, situation) ?? Row(job, situation) ?? (situation.Loaded is { } loaded ? Label(job, situation, loaded) : null);
    }

    /// <summary>What is wrong with a row that the fleet names; null when it is so.</summary>
    /// <param name="scope">What the row is for.</param>
    /// <param name="situation">What decides where executions land.</param>
    public static SmokeDiagnosis? OfRow(LabelScope scope, SmokeSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var (wanted, live) = (situation.FleetRows.GetValueOrDefault(scope), situation.Rows.GetValueOrDefault(scope));
        if (live == wanted)
            return null;
        return new SmokeDiagnosis(
            live is null
                ? $"FlyteAdmin has no label for {scope}, the fleet says {wanted}."
                : $"FlyteAdmin's label for {scope} is {live}, the fleet's is {wanted}.{Lost(live, situation)}",
            SetLabels
        );
    }

    /// <summary>What is wrong although rows and configuration are right, after an execution ran elsewhere.</summary>
    public static SmokeDiagnosis Unexplained(SmokeJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.IsPinned
            ? new SmokeDiagnosis($"The fleet names the cluster, and {job} allows others too.", "Give the smoke run a label whose only cluster is this one.")
            : new SmokeDiagnosis(
                "FlyteAdmin's rows and flyteadmin's ConfigMap point to the right cluster: its pods have not loaded the current ConfigMap.",
                "Restart it: kubectl rollout restart deployment flyteadmin. Then run again."
            );
    }

    private static SmokeDiagnosis? Stopped(SmokeJob job, SmokeSituation situation) =>
        situation.Stopped.Intersect(job.Allowed, StringComparer.Ordinal).ToArray() is { Length: > 0 } stopped
            ? new SmokeDiagnosis(
                $"flytepropeller has no available replica in {string.Join(", ", stopped)}: nothing runs there, whatever ran there before.",
                "Run --target=VerifyPods, which says why; if the values files set 0 replicas, set 1."
            )
            : null;

    private static SmokeDiagnosis? Row(SmokeJob job, SmokeSituation situation)
    {
        if (job.Given is not null)
            return null;
        var wanted = job.Smoke.Spec;
        var rule = LabelRows.BestMatch(situation.Rows, wanted.Project, wanted.Domain, job.Smoke.Plan.Workflow);
        if (rule?.Label == job.Label)
            return null;
        return rule is null ? new SmokeDiagnosis($"FlyteAdmin has no label for {wanted.Project}/{wanted.Domain}, the fleet says {job.Label}.", SetLabels)
            : OfRow(rule.Scope, situation) is { } differs && situation.FleetRows.ContainsKey(rule.Scope) ? differs
            : new SmokeDiagnosis(
                $"Another row takes precedence: FlyteAdmin's label for {rule.Scope} is {rule.Label}, not {job.Label ?? "none"}.{Lost(rule.Label, situation)}",
                $"Add {rule.Scope} with its label to the fleet's executionLabels{Deletion(rule.Scope)}."
            );
    }

    // With a project's or a domain's label FlyteAdmin deletes all labels below.
    private static string Deletion(LabelScope scope) =>
        scope.Workflow is { } workflow
            ? $", or delete the row: flytectl delete execution-cluster-label -p {scope.Project} -d {scope.Domain} {workflow}"
            : string.Empty;

    private static SmokeDiagnosis? Label(SmokeJob job, SmokeSituation situation, ClusterConfigs loaded)
    {
        if (job.Label is { } label && !loaded.Labels.ContainsKey(label))
        {
            return situation.Fleet.Labels.Any(own => own.Name == label)
                ? new SmokeDiagnosis($"flyteadmin has not loaded the label {label}: {Where(label, loaded)}.", Join)
                : new SmokeDiagnosis($"No labelClusterMap has the label {label}: {Where(label, loaded)}.", Nearest.Remedy(label, [.. loaded.Labels.Keys]));
        }

        if (job.Label is { } disabled && !loaded.HasEnabledCluster(disabled))
            return new SmokeDiagnosis(
                $"No cluster of label {disabled} is enabled in what flyteadmin has loaded: {Where(disabled, loaded)}.",
                $"Set 'enabled' of {string.Join(", ", job.Allowed)} and run AddDataPlane."
            );
        return
            job.IsPinned
            || loaded
                .Allowed(job.Label)
                .ToHashSet(StringComparer.Ordinal)
                .SetEquals(job.Allowed.Concat(job.Failed.Keys.Where(failed => loaded.Allowed(job.Label).Contains(failed, StringComparer.Ordinal))))
            ? null
            : new SmokeDiagnosis(
                $"flyteadmin has loaded {string.Join(", ", loaded.Allowed(job.Label))} for {job}, the fleet says {string.Join(", ", job.Allowed)}.",
                Join
            );
    }

    private static string Lost(string label, SmokeSituation situation) =>
        situation.Loaded is not { } loaded || loaded.HasEnabledCluster(label)
            ? string.Empty
            : $" {(loaded.Labels.ContainsKey(label) ? $"No cluster of {label} is enabled" : $"No labelClusterMap has the label {label}")}: "
                + $"{Where(label, loaded)}.";

    private static string Where(string label, ClusterConfigs loaded) =>
        loaded.DefaultLabel is { } other && other != label && loaded.HasEnabledCluster(other)
            ? $"its executions run on the clusters of the default label {other} ({string.Join(", ", loaded.Allowed(other))})"
            : $"its executions run on any enabled cluster, at random ({string.Join(", ", loaded.Allowed(null))})";
}
