using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>
/// The checks of Google Cloud before the first change, once a run and all at once: no login, a cluster or a service account that is not there, a cluster
/// without workload identity or a policy that would be too long refuse the run. What the checks have read is what the stages then work with.
/// </summary>
/// <param name="services">What the checks look with.</param>
public sealed class GooglePreflight(CheckServices services)
{
    /// <summary>Checks and reads Google Cloud, unless this run has already.</summary>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public Task<GoogleSnapshot> EnsureAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Run.State.Of<GoogleReadings>().Snapshot.GetAsync(() => ReadAsync(context, cancellationToken));
    }

    /// <summary>Reads the project-domain namespaces once more, now that the control plane is up.</summary>
    /// <exception cref="RefusedException">They cannot be read, or a policy would be too long.</exception>
    public async Task<GoogleSnapshot> AgainAsync(FlyteContext context, GoogleSnapshot snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(snapshot);
        var problems = context.Run.NewProblemList();
        var (again, problem) = await new GoogleView(context, services, cancellationToken).AgainAsync(snapshot);
        if (problem is not null)
            problems.Add(problem);
        problems.Refuse();
        var preflight = new Preflight(context.Journal, problems);
        foreach (var finding in WorkloadIdentityCheck.TooLong(again!))
            preflight.Take(GoogleStage.Place, finding);
        problems.Refuse();
        context.Run.State.Of<GoogleReadings>().Snapshot.Set(again!);
        return again!;
    }

    private async Task<GoogleSnapshot> ReadAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        var shared = new CheckContext(context, services, CheckTime.BeforeChange, cancellationToken);
        await new Preflight(context.Journal, context.Run.NewProblemList()).RunAsync(shared, PreflightChecks.OfGoogleCloud, cancellationToken);

        // Nothing is read here that the check has not read.
        var view = GoogleView.Of(shared);
        var (snapshot, login) = ((await view.SnapshotAsync())!, (await view.LoginAsync()).Value);
        context.Report(
            GoogleStage.Place,
            $"project {context.Run.Fleet.Gcp!.Project} as {login ?? "the login of this shell"}; {snapshot.Clusters.Count} GKE clusters, pool {snapshot.Pool}"
        );
        return snapshot;
    }
}
