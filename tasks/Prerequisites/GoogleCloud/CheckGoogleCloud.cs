using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>Google Cloud can be worked on: the login, the project, the clusters, the service accounts. Before any write.</summary>
/// <param name="check">Checks and reads Google Cloud.</param>
[TaskName(nameof(CheckGoogleCloud))]
[TaskDescription("Check, on Google Cloud, the login, the project, the GKE clusters and the service accounts, before any write")]
[UsesFleet(Cloud = Clouds.GoogleCloud)]
public sealed class CheckGoogleCloud(GooglePreflight check) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.OnGoogleCloudAsync(check, nameof(CheckGoogleCloud), static (_, _) => Task.FromResult(StageResult.Done));
}
