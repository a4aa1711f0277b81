using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>flytectl and pyflyte are on PATH where the run uses them, and their configuration is this Flyte's.</summary>
internal sealed class FlyteClientsCheck()
    : SubjectCheck<CheckContext>(
        "flyte-clients",
        "flytectl and pyflyte are on PATH where the fleet or `--smoke=pyflyte` uses them, and `flyteAdmin.config` points to this Flyte",
        CheckTime.BeforeChange,
        CheckSeverity.Refuses
    )
{
    /// <inheritdoc/>
    public override IEnumerable<CheckSubject> Of(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        yield return new CheckSubject(
            "flyteAdmin",
            null,
            () =>
            {
                Finding[] wrong = [.. Tools(context), .. Configuration(context)];
                return Task.FromResult<IReadOnlyList<Finding>>(wrong.Length > 0 ? wrong : [Finding.Ok("what the run uses is there")]);
            }
        );
    }

    private static IEnumerable<Finding> Tools(CheckContext context)
    {
        var fleet = context.Run.Run.Fleet;
        if (fleet.FlyteAdmin is { Flytectl: true } && ToolPaths.Current.Find("flytectl") is null)
            yield return Wrong(
                "flytectl",
                "It is not on PATH, but the fleet says flyteAdmin.flytectl: true.",
                "Install it (https://docs.flyte.org, flytectl), or leave 'flytectl' out: labels are then written over HTTP."
            );
        if (!new NamedByFleet(context.Run).IsPyflyte)
            yield break;
        if (fleet.Pyflyte is null)
            yield return Wrong(
                "--smoke=pyflyte",
                "The fleet names no pyflyte run.",
                "Write pyflyte: {script: example.py, workflow: training_workflow, project: team1, domain: development}."
            );
        if (ToolPaths.Current.Find("pyflyte") is null)
            yield return Wrong("pyflyte", "It is not on PATH.", "Install it (pip install flytekit), or leave --smoke=pyflyte out.");
    }

    // flytectl and pyflyte go by their own configuration: it must be this Flyte's.
    private static IEnumerable<Finding> Configuration(CheckContext context)
    {
        const string Place = "flyteAdmin.config";
        var fleet = context.Run.Run.Fleet;
        if (fleet.FlyteAdmin is not { Config: { } config } settings || !(settings.Flytectl || new NamedByFleet(context.Run).IsPyflyte))
            return [];
        string?[] own = [ClientConfiguration.Host(settings.Endpoint.OriginalString), ClientConfiguration.Host(fleet.Flyte.Endpoint)];
        try
        {
            var host = ClientConfiguration.HostOf(context.Services.Values, config);
            return own.Contains(host, StringComparer.Ordinal)
                ? []
                :
                [
                    Wrong(
                        Place,
                        $"{config} points to {host ?? "no Flyte (it has no admin.endpoint)"}, the fleet points to {own[0]}: flytectl and pyflyte "
                            + "would work on another Flyte.",
                        "Name this Flyte's configuration file, or correct its admin.endpoint."
                    ),
                ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return [Wrong(Place, $"{config} cannot be read: {exception.Message}", "Name flytectl's and pyflyte's configuration file.")];
        }
    }

    private static Finding Wrong(string place, string found, string remedy) => Finding.Refused(found, remedy) with { Place = place };
}
