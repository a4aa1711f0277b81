using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.SmokeRuns;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>Holds the fleet's execution labels and smoke runs against FlyteAdmin and its labelClusterMap; a wrong label is no error to FlyteAdmin
/// itself.</summary>
/// <param name="context">The run.</param>
/// <param name="admin">FlyteAdmin.</param>
/// <param name="values">Reads YAML as Helm does.</param>
internal sealed class FlyteAdminCheck(FlyteContext context, IFlyteAdmin admin, IHelmValues values)
{
    /// <summary>Why there is nothing to do without <c>flyteAdmin</c> in the fleet.</summary>
    public const string NoAddress = "the fleet has no address for FlyteAdmin (flyteAdmin: {endpoint: https://flyte.example.com})";

    /// <summary>What is noted where the fleet has a login that FlyteAdmin does not want.</summary>
    public const string LoginOff = "FlyteAdmin has login turned off, so the fleet's flyteAdmin.auth was not used.";

    private readonly ProblemList _problems = context.Run.NewProblemList();

    // The labels' target by itself starts no execution.
    private bool IsWithoutSmoke => context.Options.SkipSmoke || (context.WillRun(nameof(UpdateExecutionClusterLabels)) && !context.WillRun(nameof(SmokeRun)));

    private bool IsPyflyte => context.Options.Smoke == SmokeMode.Pyflyte && !IsWithoutSmoke;

    private Fleet Fleet => context.Run.Fleet;

    /// <summary>Checks, once a run.</summary>
    /// <param name="mayComeUp">Whether this run may still bring FlyteAdmin up: then it is no problem that it does not answer.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>True when all is well; false when FlyteAdmin does not answer and may come up.</returns>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public async Task<bool> PassesAsync(bool mayComeUp, CancellationToken cancellationToken)
    {
        if (context.Run.State.Of<AdminChecked>().IsChecked)
            return await IsStillAcceptedAsync(cancellationToken);
        CheckTools();
        CheckConfiguration();
        var loaded = await LoadedAsync(cancellationToken);
        CheckLabels(loaded);

        // One that was never installed is not waited for.
        var answers = !(mayComeUp && loaded is null) && await AnswersAsync(mayComeUp, cancellationToken);
        if (answers)
            await CheckNamesAsync(cancellationToken);
        _problems.Refuse();
        return context.Run.State.Of<AdminChecked>().IsChecked = answers;
    }

    // The upgrade that this run made may have turned login on.
    private async Task<bool> IsStillAcceptedAsync(CancellationToken cancellationToken)
    {
        if (!context.Run.State.Of<AdminChecked>().IsRestarted)
            return true;
        context.Run.State.Of<AdminChecked>().IsRestarted = false;
        if (!await AnswersAsync(mayComeUp: false, cancellationToken))
            throw new RefusedException(_problems.InOrder);
        return true;
    }

    private async Task<bool> AnswersAsync(bool mayComeUp, CancellationToken cancellationToken)
    {
        try
        {
            var version = await admin.VersionAsync(cancellationToken);
            context.Report(context.Run.ControlPlane.Name, $"FlyteAdmin {version} at {admin.Endpoint}{(admin.IsLoginOff ? ", login off" : string.Empty)}");
            if (admin.IsLoginOff)
                context.Journal.Add(LoginOff);
            return true;
        }
        catch (FlyteAdminException exception)
        {
            if (!(exception.IsUnreachable && mayComeUp) || await IsUpAsync(cancellationToken))
                _problems.Add(Preflight.Problem("flyteAdmin", FlyteAdminAnswerCheck.Wrong(context, exception)));
            return false;
        }
    }

    // Where flyteadmin runs, it is the address that is wrong, and nothing that this run does fixes it.
    private async Task<bool> IsUpAsync(CancellationToken cancellationToken)
    {
        var deployment = await context.Run.ControlPlane.Api.GetAsync(KubernetesPaths.Deployment(context.Run.Namespace, "flyteadmin"), cancellationToken);
        return (int?)deployment?["status"]?["availableReplicas"] is > 0;
    }

    private async Task<ClusterConfigs?> LoadedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await new LoadedClusterConfigs(context.Run, values).ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is KubernetesApiException or FormatException)
        {
            _problems.Add(new Problem(context.Run.ControlPlane.Name, exception.Message, "flyteadmin's labelClusterMap must be readable: fix this first."));
            return null;
        }
    }

    private void CheckTools()
    {
        if (Fleet.FlyteAdmin is { Flytectl: true } && ToolPaths.Own.Find("flytectl") is null)
            _problems.Add(
                new Problem(
                    "flytectl",
                    "It is not on PATH, but the fleet says flyteAdmin.flytectl: true.",
                    "Install it (https://docs.flyte.org, flytectl), or leave 'flytectl' out: labels are then written over HTTP."
                )
            );
        if (!IsPyflyte)
            return;
        if (Fleet.Pyflyte is null)
            _problems.Add(
                new Problem(
                    "--smoke=pyflyte",
                    "The fleet names no pyflyte run.",
                    "Write pyflyte: {script: example.py, workflow: training_workflow, project: team1, domain: development}."
                )
            );
        if (ToolPaths.Own.Find("pyflyte") is null)
            _problems.Add(new Problem("pyflyte", "It is not on PATH.", "Install it (pip install flytekit), or leave --smoke=pyflyte out."));
    }

    // flytectl and pyflyte go by their own configuration: it must be this Flyte's.
    private void CheckConfiguration()
    {
        if (Fleet.FlyteAdmin is not { Config: { } config } settings || !(settings.Flytectl || IsPyflyte))
            return;
        string?[] own = [ClientConfiguration.Host(settings.Endpoint.OriginalString), ClientConfiguration.Host(Fleet.Flyte.Endpoint)];
        try
        {
            var host = ClientConfiguration.HostOf(values, config);
            if (!own.Contains(host, StringComparer.Ordinal))
                _problems.Add(
                    new Problem(
                        "flyteAdmin.config",
                        $"{config} points to {host ?? "no Flyte (it has no admin.endpoint)"}, the fleet points to {own[0]}: flytectl and pyflyte "
                            + "would work on another Flyte.",
                        "Name this Flyte's configuration file, or correct its admin.endpoint."
                    )
                );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            _problems.Add(
                new Problem("flyteAdmin.config", $"{config} cannot be read: {exception.Message}", "Name flytectl's and pyflyte's configuration file.")
            );
        }
    }

    private void CheckLabels(ClusterConfigs? loaded)
    {
        var own = Fleet.Labels.Select(label => label.Name).ToArray();
        string[] known = [.. own.Union(loaded?.Labels.Keys ?? [], StringComparer.Ordinal)];
        var isLoadedNow = loaded is not null && !context.WillRun(nameof(UpgradeControlPlane));
        foreach (var (label, place) in OncePerName(Labels()))
        {
            if (!known.Contains(label, StringComparer.Ordinal))
                _problems.Add(
                    new Problem(place, $"No labelClusterMap has the label '{label}': its executions would run on any cluster.", Nearest.Remedy(label, known))
                );
            else if (isLoadedNow && !loaded!.Labels.ContainsKey(label))
                _problems.Add(
                    new Problem(
                        place,
                        $"flyteadmin has not loaded the label '{label}': its executions would run on any cluster.",
                        "Run AddDataPlane first, which brings the fleet's labels to flyteadmin."
                    )
                );
        }
    }

    private async Task CheckNamesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (projects, domains) = (admin.ProjectsAsync(cancellationToken), admin.DomainsAsync(cancellationToken));
            var plans = IsWithoutSmoke || IsPyflyte ? null : SmokeLaunchPlans.FindAsync(context.Run, admin, cancellationToken);
            await Task.WhenAll(projects, domains, plans ?? Task.CompletedTask);
            Check(
                "project",
                Scopes().Select(scope => ((string?)scope.Project, scope.Place)),
                await projects,
                id => $" Or create it: flytectl create project --id {id} --name {id}."
            );
            Check("domain", Scopes().Select(scope => (scope.Domain, scope.Place)), await domains, _ => string.Empty);
            foreach (var problem in plans is null ? [] : (await plans).Problems)
                _problems.Add(problem);
        }
        catch (FlyteAdminException exception)
        {
            _problems.Add(Preflight.Problem("flyteAdmin", FlyteAdminAnswerCheck.Wrong(context, exception)));
        }
    }

    private void Check(string kind, IEnumerable<(string? Id, string Place)> named, IReadOnlyList<string> known, Func<string, string> otherwise)
    {
        foreach (
            var (id, place) in OncePerName(
                named.Where(one => one.Id is not null && !known.Contains(one.Id, StringComparer.Ordinal)).Select(one => (one.Id!, one.Place))
            )
        )
            _problems.Add(new Problem(place, $"FlyteAdmin has no active {kind} '{id}'.", Nearest.Remedy(id, known) + otherwise(id)));
    }

    private IEnumerable<(string Label, string Place)> Labels() =>
        Fleet
            .ExecutionLabels.Select(row => (row.Label, row.Place))
            .Concat(Smokes().Where(smoke => smoke.Execution.Label is not null).Select(smoke => (smoke.Execution.Label!, smoke.Place)));

    private IEnumerable<(string Project, string? Domain, string Place)> Scopes()
    {
        foreach (var row in Fleet.ExecutionLabels)
            yield return (row.Scope.Project, row.Scope.Domain, row.Place);
        foreach (var (execution, place) in Smokes())
            yield return (execution.Project, execution.Domain, place);
        if (IsPyflyte && Fleet.Pyflyte is { } pyflyte)
            yield return (pyflyte.Project, pyflyte.Domain, $"{Fleet.Path}, pyflyte");
    }

    private IEnumerable<(SmokeExecution Execution, string Place)> Smokes() => IsWithoutSmoke || IsPyflyte ? [] : SmokeLaunchPlans.OfFleet(Fleet);

    // Two hundred rows may name one project.
    private static IEnumerable<(string Name, string Place)> OncePerName(IEnumerable<(string Name, string Place)> named) =>
        named
            .GroupBy(one => one.Name, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count() == 1 ? group.First().Place : $"{group.First().Place} and {group.Count() - 1} more"));
}
