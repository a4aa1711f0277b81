using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Reads what Flyte's service accounts are in the cloud and, where aws and a login are there, the roles.</summary>
/// <param name="values">Reads YAML.</param>
/// <param name="clusters">The kubeconfig's clusters.</param>
/// <param name="aws">The aws commands.</param>
[TaskName(nameof(ReadCloud))]
[TaskDescription("Read the cloud identities of Flyte's service accounts and, where aws is logged in, the roles and their trust policies")]
[IsDependentOn(typeof(FindDataPlanes))]
public sealed class ReadCloud(IHelmValues values, KubeconfigClusters clusters, AwsTools aws) : AsyncFrostingTask<FlyteContext>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var state = ImportState.Of(context);
        var fleet = ImportedFleet.Of(state);
        var turns = new CloudTurns(context.Options.Parallelism);
        var live = new LiveIdentities(
            fleet,
            (name, plural, item) =>
                turns.RunAsync(() => ReadAsync(context, name, KubernetesPaths.Core(state.Request.Namespace, plural, item)), context.Cancellation),
            values
        );
        var identities = await live.ReadAsync();
        state.Cloud = new ImportedCloud { Identities = identities };
        if (!identities.Any(one => one.Annotation == CloudIdentities.AwsAnnotation))
            return;
        var (workers, buckets) = (live.WorkersAsync(), live.BucketsAsync());
        var section = new AwsSection(fleet, state.Contexts).Compose(identities, await workers, await buckets);
        var cloud = state.Cloud = await new ImportedRoles(fleet, aws, turns, context.Cancellation).ReadAsync(section);
        context.Report(
            "aws",
            cloud.NotAsked
                ?? (cloud.IsManaged ? "the fleet manages the roles and policies that it has now" : "the roles stay managed by hand, see the fleet file")
        );
    }

    private async Task<JsonObject?> ReadAsync(FlyteContext context, string name, string path)
    {
        try
        {
            return await clusters.Open(name, context.Options.Timeout).ProbeAsync(path, Patience, context.Cancellation);
        }
        catch (KubernetesApiException exception)
        {
            context.Log.Verbose("[{0}] {1}", name, exception.Message);
            return null;
        }
    }
}
