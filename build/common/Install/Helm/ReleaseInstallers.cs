using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Helm;

/// <summary>Makes the installer of a release.</summary>
/// <param name="helm">The helm commands.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="gate">The gate that the changes pass.</param>
/// <param name="source">The Git tree that the fleet file is in.</param>
/// <param name="options">The options.</param>
/// <param name="log">Receives what is reported.</param>
public sealed class ReleaseInstallers(
    HelmTools helm,
    IHelmValues values,
    RenderedManifests manifests,
    IChangeGate gate,
    FleetSource source,
    RunOptions options,
    ICakeLog log
)
{
    /// <summary>The installer of a cluster's release.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="release">The release's name.</param>
    public ReleaseInstaller Of(FleetRun run, ClusterRun cluster, string release) =>
        new(run, cluster, release, helm, values, manifests, gate, source, options, log);
}
