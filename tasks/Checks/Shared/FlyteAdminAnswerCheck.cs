using System.Net;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>FlyteAdmin's API answers, and takes this program's login.</summary>
internal sealed class FlyteAdminAnswerCheck()
    : SubjectCheck<CheckContext>(CheckNames.FlyteAdmin, "FlyteAdmin's API answers and accepts the login", CheckTime.Both, CheckSeverity.Refuses)
{
    /// <summary>Why there is nothing to look at where the fleet has no address for FlyteAdmin.</summary>
    public const string NotConfigured = "not configured: the fleet has no flyteAdmin.endpoint";

    private const string NotYet = "it does not answer yet, and this run may bring it up";

    /// <inheritdoc/>
    public override IEnumerable<CheckSubject> Of(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        yield return new CheckSubject("flyteAdmin", context.Control.Name, async () => [await FindAsync(context)]);
    }

    private static async Task<Finding> FindAsync(CheckContext context)
    {
        if (context.Run.Run.FlyteAdmin is not { } admin)
            return Finding.Skipped(NotConfigured);
        var view = FlyteAdminView.Of(context);

        // One that was never installed is not waited for.
        if (view.MayComeUp && (await view.LoadedAsync()).Configs is null)
            return Finding.Skipped(NotYet);
        try
        {
            var settled = context.SettledAsync();
            var version = await view.VersionAsync();
            var login = admin.IsLoginOff ? "; login is off there, so flyteAdmin.auth is not used" : string.Empty;
            return Finding.Ok($"{version} at {admin.Endpoint}{login}{(await settled is { } waited ? $". {waited}" : string.Empty)}");
        }
        catch (FlyteAdminException exception)
        {
            return exception.IsUnreachable && view.MayComeUp && !await view.IsUpAsync() ? Finding.Skipped(NotYet) : Wrong(context.Run, exception);
        }
    }

    /// <summary>What is wrong where FlyteAdmin refuses, or does not answer.</summary>
    /// <param name="run">The run.</param>
    /// <param name="failure">What it said.</param>
    public static Finding Wrong(FlyteContext run, FlyteAdminException failure)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(failure);
        return Finding.Refused(failure.Message, Remedy(run, failure));
    }

    private static string Remedy(FlyteContext run, FlyteAdminException failure) =>
        failure.Status switch
        {
            HttpStatusCode.Unauthorized => LoginRemedy(run),
            HttpStatusCode.Forbidden => "Use a login that has the permission, or have it granted.",
            HttpStatusCode.NotFound => "Is flyteAdmin.endpoint the address of FlyteAdmin's HTTP API, without a path?",
            _ when failure.IsLogin => LoginRemedy(run),
            null or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                $"Check flyteAdmin.endpoint, which is the HTTP address as seen from here, and that flyteadmin runs (--target={TargetNames.VerifyPods}).",
            _ => "Fix this, and run again.",
        };

    private static string LoginRemedy(FlyteContext run) =>
        run.Run.Fleet.FlyteAdmin?.Login is null
            ? LoginCheck.Missing
            : "Correct the login in flyteAdmin.auth. If only this fleet's values of the control plane make it valid: "
                + $"{SuggestedCommand.Target(TargetNames.UpgradeControlPlane, run.Options)} needs no login; then run again.";
}
