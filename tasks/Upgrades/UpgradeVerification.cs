using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.SmokeRuns;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Tasks.Upgrades;

/// <summary>Whether clusters are sound after their upgrade: Verify's checks, and an execution for every label.</summary>
/// <param name="context">The run.</param>
/// <param name="tools">What the checks look with.</param>
internal sealed class UpgradeVerification(FlyteContext context, VerifyTools tools)
{
    // It fails until the cluster is upgraded, and from then on it counts.
    private const string Version = "chart-version";

    private readonly UpgradeState _state = context.Run.State.Of<UpgradeState>();

    /// <summary>Notes which checks fail before the first change.</summary>
    /// <param name="dataPlanes">The data planes that are not upgraded yet.</param>
    /// <param name="withControlPlane">Whether the control plane is not either.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    public async Task NoteFailedBeforeAsync(IReadOnlyList<DataPlaneRun> dataPlanes, bool withControlPlane, CancellationToken cancellationToken)
    {
        _state.IsNoted = true;
        var names = dataPlanes.Select(plane => plane.Name).ToHashSet(StringComparer.Ordinal);
        var failed = (await ResultsAsync(dataPlanes, cancellationToken))
            .Where(result => result.Check != Version && (withControlPlane || (result.Cluster is { } cluster && names.Contains(cluster))))
            .ToArray();
        foreach (var result in failed)
            _state.FailedBefore[(result.Check, result.Cluster)] = true;
        if (failed.Length > 0)
            context.Journal.Add(
                $"Failed before the upgrade, and not held against it: {string.Join(", ", failed.Select(Name).Distinct(StringComparer.Ordinal))}. "
                    + $"See {SuggestedCommand.Target(nameof(Verify), context.Options)}."
            );
    }

    /// <summary>Verifies the control plane.</summary>
    /// <param name="isChanged">Whether this run has upgraded it: otherwise a check that fails is noted, as it may have failed before the upgrade.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    /// <exception cref="InvalidOperationException">A check fails that did not before.</exception>
    public async Task RequireControlPlaneAsync(bool isChanged, CancellationToken cancellationToken)
    {
        var own = (await ResultsAsync([], cancellationToken)).Where(result => result.Cluster is null || result.Cluster == context.Run.ControlPlane.Name);
        if (Describe(own) is not { } failed)
            context.Report(context.Run.ControlPlane.Name, "verified");
        else if (isChanged)
            throw new InvalidOperationException(failed);
        else
            Note(context.Run.ControlPlane, failed);
    }

    /// <summary>Verifies data planes; those of which a check fails that did not before have failed in the stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="planes">The data planes.</param>
    /// <param name="isChanged">Whether this run has upgraded them: otherwise a check that fails is noted, as it may have failed before the upgrade.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    public async Task VerifyAsync(string stage, IReadOnlyList<DataPlaneRun> planes, bool isChanged, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(planes);
        var results = await ResultsAsync(planes, cancellationToken);
        foreach (var plane in planes)
        {
            if (Describe(results.Where(result => result.Cluster == plane.Name)) is not { } failed)
                context.Report(plane.Name, "verified");
            else if (isChanged)
                Fail(stage, plane, failed);
            else
                Note(plane, failed);
        }
    }

    /// <summary>Proves where executions run; the data planes on which one failed, or that it was meant for, have failed in the stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="planes">The data planes that may be to blame.</param>
    /// <param name="cancellationToken">Cancels the executions.</param>
    /// <param name="isFresh">Whether what earlier executions proved is not enough.</param>
    /// <exception cref="InvalidOperationException">One failed, and none of the data planes is to blame.</exception>
    public async Task SmokeAsync(string stage, IReadOnlyList<DataPlaneRun> planes, CancellationToken cancellationToken, bool isFresh = false)
    {
        ArgumentNullException.ThrowIfNull(planes);
        var results = context.Run.State.Of<SmokeResults>();
        var before = results.All.Count;
        try
        {
            await new SmokeStage(context, tools.Values, tools.Shared.Overlays, tools.Pyflyte, tools.FlyteAdmin) { IsProof = !isFresh }.RunAsync(
                cancellationToken
            );
        }
        catch (Exception exception) when (exception is InvalidOperationException or FlyteAdminException or RefusedException)
        {
            var failed = results.All.Skip(before).Where(result => result.Failure is not null).ToArray();
            var blamed = false;
            foreach (var plane in planes)
            {
                var own = Array.Find(failed, result => result.Cluster == plane.Name || (result.Cluster is null && result.Allowed.Contains(plane.Name)));
                if (own is null)
                    continue;
                blamed = true;
                Fail(stage, plane, $"Smoke run, {SmokeResult.Format(own.Label)}: {SmokeRunner.Describe(own).TrimEnd()}");
            }

            if (!blamed)
                throw new InvalidOperationException(exception.Words(), exception);
        }
    }

    private void Note(ClusterRun cluster, string failed) => context.Journal.Add($"{cluster.Name}, which this run did not upgrade: {failed}");

    private void Fail(string stage, DataPlaneRun plane, string why)
    {
        context.Journal.Add(new StageEntry(stage, plane.Name, StageStatus.Failed, TimeSpan.Zero, why));
        context.Fail(plane, stage, why);
    }

    private async Task<IReadOnlyList<CheckResult>> ResultsAsync(IReadOnlyList<DataPlaneRun> planes, CancellationToken cancellationToken) =>
        [
            .. (await VerifyRunner.RunAsync(context, tools, CheckCatalog.OfReleases, cancellationToken, planes)).Results.Where(result =>
                result.Status == CheckStatus.Failed
            ),
        ];

    private string? Describe(IEnumerable<CheckResult> failed)
    {
        string[] own =
        [
            .. failed
                .Where(result => !_state.FailedBefore.ContainsKey((result.Check, result.Cluster)))
                .Select(result => $"{result.Check}: {result.Found.TrimEnd('.')}. {result.Remedy}".TrimEnd()),
        ];
        return own.Length == 0 ? null : $"Verify fails: {string.Join(' ', own)}";
    }

    private static string Name(CheckResult result) => result.Cluster is null ? result.Check : $"{result.Check} of {result.Cluster}";
}
