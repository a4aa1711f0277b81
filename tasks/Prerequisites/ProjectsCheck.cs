using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The projects and domains that the fleet names are FlyteAdmin's.</summary>
internal sealed class ProjectsCheck()
    : SubjectCheck<CheckContext>(
        "projects",
        "the projects and domains that the fleet's `executionLabels`, `smoke` and `pyflyte` name are FlyteAdmin's",
        CheckTime.BeforeChange,
        CheckSeverity.Refuses,
        CheckNames.FlyteAdmin
    )
{
    /// <inheritdoc/>
    public override IEnumerable<CheckSubject> Of(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        yield return new CheckSubject("flyteAdmin", context.Control.Name, () => FindAsync(context, cancellationToken));
    }

    private static async Task<IReadOnlyList<Finding>> FindAsync(CheckContext context, CancellationToken cancellationToken)
    {
        if (context.Run.Run.FlyteAdmin is not { } admin)
            return [Finding.Skipped(FlyteAdminAnswerCheck.NotConfigured)];
        try
        {
            var (projects, domains) = (admin.ProjectsAsync(cancellationToken), admin.DomainsAsync(cancellationToken));
            await Task.WhenAll(projects, domains);
            var named = new NamedByFleet(context.Run).Scopes().ToArray();
            Finding[] wrong =
            [
                .. Unknown(
                    "project",
                    named.Select(scope => ((string?)scope.Project, scope.Place)),
                    await projects,
                    id => $" Or create it: flytectl create project --id {id} --name {id}."
                ),
                .. Unknown("domain", named.Select(scope => (scope.Domain, scope.Place)), await domains, _ => string.Empty),
            ];
            return wrong.Length > 0 ? wrong : [Finding.Ok("all of them are there")];
        }
        catch (FlyteAdminException exception)
        {
            return [FlyteAdminAnswerCheck.Wrong(context.Run, exception)];
        }
    }

    private static IEnumerable<Finding> Unknown(
        string kind,
        IEnumerable<(string? Id, string Place)> named,
        IReadOnlyList<string> known,
        Func<string, string> otherwise
    ) =>
        NamedByFleet
            .OncePerName(named.Where(one => one.Id is not null && !known.Contains(one.Id, StringComparer.Ordinal)).Select(one => (one.Id!, one.Place)))
            .Select(one =>
                Finding.Refused($"FlyteAdmin has no active {kind} '{one.Name}'.", Nearest.Remedy(one.Name, known) + otherwise(one.Name)) with
                {
                    Place = one.Place,
                }
            );
}
