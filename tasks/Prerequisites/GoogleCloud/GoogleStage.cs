using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>Runs a stage on Google Cloud.</summary>
public static class GoogleStage
{
    /// <summary>The name that changes of the project are reported under; it is no cluster's.</summary>
    public const string Place = "gcp";

    /// <summary>Why there is nothing to do outside of Google Cloud.</summary>
    public const string NoGoogleCloud = "the fleet is not on Google Cloud (cloud: {provider: gcp})";

    /// <summary>Runs a stage where the fleet is on Google Cloud; reads Google Cloud first where no stage has.</summary>
    /// <param name="context">The run.</param>
    /// <param name="check">Checks and reads Google Cloud.</param>
    /// <param name="stage">The task's name.</param>
    /// <param name="work">The stage's work.</param>
    internal static Task OnGoogleCloudAsync(
        this FlyteContext context,
        GooglePreflight check,
        string stage,
        Func<GoogleSnapshot, CancellationToken, Task<StageResult>> work
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(check);
        return context.OnceAsync(
            stage,
            async cancellationToken =>
                context.Run.Fleet.Gcp is null
                    ? StageResult.Skipped(NoGoogleCloud)
                    : await work(await check.EnsureAsync(context, cancellationToken), cancellationToken)
        );
    }
}
