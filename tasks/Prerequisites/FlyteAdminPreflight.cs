using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The checks of FlyteAdmin before anything is written that it is to know: its answer, and what the fleet's execution labels and smoke runs
/// name.</summary>
/// <param name="services">What the checks look with.</param>
public sealed class FlyteAdminPreflight(CheckServices services)
{
    /// <summary>Why there is nothing to do without <c>flyteAdmin</c> in the fleet.</summary>
    public const string NoAddress = "the fleet has no address for FlyteAdmin (flyteAdmin: {endpoint: https://flyte.example.com})";

    /// <summary>What is noted where the fleet has a login that FlyteAdmin does not want.</summary>
    public const string LoginOff = "FlyteAdmin has login turned off, so the fleet's flyteAdmin.auth was not used.";

    /// <summary>Checks, once a run.</summary>
    /// <param name="context">The run, whose fleet says where FlyteAdmin is.</param>
    /// <param name="mayComeUp">Whether this run may still bring FlyteAdmin up: then it is no problem that it does not answer.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>True when all is well; false when FlyteAdmin does not answer and may come up.</returns>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public async Task<bool> PassesAsync(FlyteContext context, bool mayComeUp, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var known = context.Run.State.Of<AdminChecked>();
        if (!known.IsChecked)
            return known.IsChecked = await AnswersAsync(context, PreflightChecks.OfFlyteAdmin, mayComeUp, cancellationToken);
        if (!known.IsRestarted)
            return true;

        // The upgrade that this run made may have turned login on.
        known.IsRestarted = false;
        return await AnswersAsync(context, [new FlyteAdminAnswerCheck()], mayComeUp: false, cancellationToken);
    }

    private async Task<bool> AnswersAsync(
        FlyteContext context,
        IReadOnlyList<ISubjectCheck<CheckContext>> checks,
        bool mayComeUp,
        CancellationToken cancellationToken
    )
    {
        var shared = new CheckContext(context, services, CheckTime.BeforeChange, cancellationToken);
        var view = FlyteAdminView.Of(shared, mayComeUp);
        try
        {
            await new Preflight(context.Journal, context.Run.NewProblemList()).RunAsync(shared, checks, cancellationToken);
        }
        finally
        {
            if (view.Answered is { } version)
                Report(context, version);
        }

        return view.Answered is not null;
    }

    private static void Report(FlyteContext context, string version)
    {
        var admin = context.Run.FlyteAdmin!;
        context.Report(context.Run.ControlPlane.Name, $"FlyteAdmin {version} at {admin.Endpoint}{(admin.IsLoginOff ? ", login off" : string.Empty)}");
        if (admin.IsLoginOff)
            context.Journal.Add(LoginOff);
    }
}
