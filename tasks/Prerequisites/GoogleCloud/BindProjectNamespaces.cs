using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Tasks.ControlPlanes;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>At the first join FlyteAdmin comes up only after <see cref="BindWorkloadIdentity"/>: here the namespaces of its projects are bound.</summary>
/// <param name="check">Checks and reads Google Cloud.</param>
/// <param name="gcloud">The gcloud commands.</param>
[TaskName(nameof(BindProjectNamespaces))]
[TaskDescription("Bind the namespaces of Flyte's projects on Google Cloud, if FlyteAdmin was not up yet for BindWorkloadIdentity")]
[IsDependentOn(typeof(CheckGoogleCloud))]
[UsesFleet(Cloud = Clouds.GoogleCloud)]
public sealed class BindProjectNamespaces(GooglePreflight check, GcloudTools gcloud) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.OnGoogleCloudAsync(
            check,
            nameof(BindProjectNamespaces),
            async (snapshot, cancellationToken) =>
            {
                if (context.WillRun(nameof(BindWorkloadIdentity)))
                {
                    if (!snapshot.Namespaces.MayGrow)
                        return StageResult.Skipped($"{nameof(BindWorkloadIdentity)} has already read all namespaces");
                    if (!context.Gate.IsOpen && context.WillRun(nameof(UpgradeControlPlane)))
                        return StageResult.Unknown("the namespaces of Flyte's projects");
                    snapshot = await check.AgainAsync(context, snapshot, cancellationToken);
                }

                var result = await new WorkloadBinding(context, snapshot, gcloud).RunAsync(cancellationToken);
                WorkloadNotes.AddNamespaces(context, snapshot);
                return result;
            }
        );
}
