using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Gcloud;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>Runbook N, prerequisites on GCP: the Kubernetes service accounts act as the Google service accounts.</summary>
/// <param name="check">Checks and reads Google Cloud.</param>
/// <param name="gcloud">The gcloud commands.</param>
[TaskName(nameof(BindWorkloadIdentity))]
[TaskDescription("Let Flyte's service accounts and each project-domain namespace's default act as the Google service accounts")]
[IsDependentOn(typeof(CheckGoogleCloud))]
[UsesFleet(Cloud = Clouds.GoogleCloud)]
public sealed class BindWorkloadIdentity(GooglePreflight check, GcloudTools gcloud) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context) =>
        context.OnGoogleCloudAsync(
            check,
            nameof(BindWorkloadIdentity),
            async (snapshot, cancellationToken) =>
            {
                var result = await new WorkloadBinding(context, snapshot, gcloud).RunAsync(cancellationToken);
                WorkloadNotes.AddNodePools(context, snapshot);
                if (!(snapshot.Namespaces.MayGrow && context.WillRun(nameof(BindProjectNamespaces))))
                    WorkloadNotes.AddNamespaces(context, snapshot);
                return result;
            }
        );
}
