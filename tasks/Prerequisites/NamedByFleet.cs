using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.SmokeRuns;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>What the fleet names of Flyte's, each with its place in the fleet file, as far as this run works with it.</summary>
/// <param name="context">The run.</param>
internal sealed class NamedByFleet(FlyteContext context)
{
    // The labels' target by itself starts no execution.
    private bool IsWithoutSmoke => context.Options.SkipSmoke || (context.WillRun(nameof(UpdateExecutionClusterLabels)) && !context.WillRun(nameof(SmokeRun)));

    private Fleet Fleet => context.Run.Fleet;

    /// <summary>Whether pyflyte starts the executions.</summary>
    public bool IsPyflyte => context.Options.Smoke == SmokeMode.Pyflyte && !IsWithoutSmoke;

    /// <summary>Whether launch plans are executed.</summary>
    public bool HasLaunchPlans => !IsWithoutSmoke && !IsPyflyte;

    /// <summary>The execution cluster labels.</summary>
    public IEnumerable<(string Label, string Place)> Labels() =>
        Fleet
            .ExecutionLabels.Select(row => (row.Label, row.Place))
            .Concat(Smokes().Where(smoke => smoke.Execution.Label is not null).Select(smoke => (smoke.Execution.Label!, smoke.Place)));

    /// <summary>The projects and domains.</summary>
    public IEnumerable<(string Project, string? Domain, string Place)> Scopes()
    {
        foreach (var row in Fleet.ExecutionLabels)
            yield return (row.Scope.Project, row.Scope.Domain, row.Place);
        foreach (var (execution, place) in Smokes())
            yield return (execution.Project, execution.Domain, place);
        if (IsPyflyte && Fleet.Pyflyte is { } pyflyte)
            yield return (pyflyte.Project, pyflyte.Domain, $"{Fleet.Path}, pyflyte");
    }

    /// <summary>Each name once, with its first place: two hundred rows may name one project.</summary>
    public static IEnumerable<(string Name, string Place)> OncePerName(IEnumerable<(string Name, string Place)> named) =>
        named
            .GroupBy(one => one.Name, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count() == 1 ? group.First().Place : $"{group.First().Place} and {group.Count() - 1} more"));

    private IEnumerable<(SmokeExecution Execution, string Place)> Smokes() => HasLaunchPlans ? SmokeLaunchPlans.OfFleet(Fleet) : [];
}
