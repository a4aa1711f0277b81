using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>What the checks of the preflight and of Verify look with.</summary>
/// <param name="Helm">The helm commands.</param>
/// <param name="Kubectl">The kubectl commands.</param>
/// <param name="Aws">The aws commands.</param>
/// <param name="Eksctl">The eksctl commands, of which none runs.</param>
/// <param name="Gcloud">The gcloud commands.</param>
/// <param name="Overlays">The rendered overlays.</param>
/// <param name="Values">Reads YAML as Helm does.</param>
public sealed record CheckServices(
    HelmTools Helm,
    KubectlTools Kubectl,
    AwsTools Aws,
    EksctlRunner Eksctl,
    GcloudTools Gcloud,
    RenderedOverlays Overlays,
    IHelmValues Values
);
