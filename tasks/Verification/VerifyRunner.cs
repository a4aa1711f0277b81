using System.Diagnostics;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>Runs checks, all at once.</summary>
internal static class VerifyRunner
{
    private static readonly string[] OfReleases =
    [
        CheckNames.Configuration,
        CheckNames.Labels,
        CheckNames.Weights,
        CheckNames.CredentialMounts,
        "deployments-available",
        "crd",
        "webhook",
        "cluster-name",
        "admin-endpoint",
        "catalog",
    ];

    /// <summary>Runs the checks.</summary>
    /// <param name="context">The run.</param>
    /// <param name="tools">What the checks look with.</param>
    /// <param name="checks">The checks; their results come in this order, each one's in the fleet's.</param>
    /// <param name="cancellationToken">Cancels them.</param>
    /// <param name="dataPlanes">The data planes that are looked at, beside the control plane; null for the run's.</param>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public static async Task<VerifyResults> RunAsync(
        FlyteContext context,
        VerifyTools tools,
        IReadOnlyList<ICheck<VerifyContext>> checks,
        CancellationToken cancellationToken,
        IReadOnlyList<DataPlaneRun>? dataPlanes = null
    )
    {
        ArgumentNullException.ThrowIfNull(checks);
        var watch = Stopwatch.StartNew();
        var shared = new VerifyContext(context, tools, cancellationToken, dataPlanes);
        foreach (var check in checks)
            shared.Register(check);
        var results = await Task.WhenAll(checks.Select(check => shared.ResultsOfAsync(check.Name)));
        var isGitOps = context.Run.Fleet.Flyte.IsGitOps;
        return new VerifyResults([.. results.SelectMany(result => result).Select(result => isGitOps ? OfGit(result) : result)], watch.Elapsed);
    }

    // What is in releases AddDataPlane leaves alone there.
    private static CheckResult OfGit(CheckResult result) =>
        OfReleases.Contains(result.Check, StringComparer.Ordinal) && result.Remedy?.Contains(nameof(AddDataPlane), StringComparison.Ordinal) == true
            ? result with
            {
                Remedy = GitDifference.Remedy,
            }
            : result;
}
