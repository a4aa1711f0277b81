using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.DataPlanes;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>Before the first write: what helm would refuse for what is in the clusters, of every release that will be installed or upgraded.</summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="installers">Makes the installers of releases.</param>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
internal sealed class ConflictCheck(
    FlyteContext context,
    IHelmValues values,
    ReleaseInstallers installers,
    RenderedManifests manifests,
    CloudIdentityReader identities
)
{
    private readonly ProblemList _problems = context.Run.NewProblemList();

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Problem> Problems => _problems.InOrder;

    /// <summary>Looks at the control plane.</summary>
    /// <param name="control">The control plane.</param>
    /// <param name="live">Its release; null for none.</param>
    /// <param name="files">Its values files before the override.</param>
    /// <param name="composed">The override.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="HelmException">The chart cannot be rendered with these values.</exception>
    public Task ControlPlaneAsync(
        ControlPlaneRun control,
        HelmRelease? live,
        IReadOnlyList<string> files,
        JsonObject composed,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        return LookAsync(control, control.Spec.Release, live, files, composed, composed, cancellationToken);
    }

    /// <summary>Looks at a data plane.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="HelmException">The chart cannot be rendered with these values.</exception>
    public async Task<StageResult> DataPlaneAsync(DataPlaneRun plane, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plane);
        CloudIdentities? foreseen;
        try
        {
            foreseen = await identities.ForeseenAsync(context.Run, cancellationToken);
        }
        catch (RefusedException)
        {
            // It refuses the run at the control plane.
            return StageResult.Done;
        }

        // Their manifests hold the same objects: it takes one rendering to know which these are.
        var first = context.Run.DataPlanes.First(other =>
            other.Spec.Release == plane.Spec.Release && other.Spec.Values.SequenceEqual(plane.Spec.Values, StringComparer.Ordinal)
        );
        var live = plane.Planned.Found.IsKnown
            ? plane.Planned.Found.Release
            : await HelmReleases.FindAsync(plane.Api, context.Run.Namespace, plane.Spec.Release, cancellationToken);
        var files = DataPlaneValues.UserFiles(context.Run, plane);
        await LookAsync(plane, plane.Spec.Release, live, files, Own(plane.Propeller?.Name), Own(first.Name), cancellationToken);
        return StageResult.Done;

        JsonObject Own(string? name) => DataPlaneValues.Of(context.Run.Fleet.Flyte, name, foreseen);
    }

    private async Task LookAsync(
        ClusterRun cluster,
        string release,
        HelmRelease? live,
        IReadOnlyList<string> files,
        JsonObject own,
        JsonObject similar,
        CancellationToken cancellationToken
    )
    {
        var wanted = values.MergeFiles(files, own);
        var installer = installers.Of(context.Run, cluster, release);
        if (live is not null && installer.Difference(live, wanted) is null)
            return;
        var conflicts = installer.Conflicts;
        var existing = await ExistingAsync(live is null ? similar : own);
        if (live is null && existing.Count > 0 && own != similar)
            existing = await ExistingAsync(own);
        var found = await conflicts.FindAsync(live, existing, cancellationToken);

        // Another run may have begun to install it since.
        if (
            live is null
            && found.Problems.Count > 0
            && await HelmReleases.FindAsync(cluster.Api, context.Run.Namespace, release, cancellationToken) is not null
        )
            return;
        cluster.Planned.Taken = found.Fields;
        foreach (var problem in found.Problems)
            _problems.Add(problem);

        async Task<IReadOnlyList<(JsonObject Rendered, JsonObject Live)>> ExistingAsync(JsonObject last)
        {
            var rendered = await manifests.OfAsync(context.Run, release, files, last, cancellationToken);
            cluster.Planned.Rendered = rendered;
            return await conflicts.ExistingAsync(rendered, cancellationToken);
        }
    }
}
