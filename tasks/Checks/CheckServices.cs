using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>What the checks of the preflight and of Verify look with.</summary>
/// <param name="Helm">The helm commands.</param>
/// <param name="Kubectl">The kubectl commands.</param>
/// <param name="Aws">The aws commands.</param>
/// <param name="Overlays">The rendered overlays.</param>
public sealed record CheckServices(HelmTools Helm, KubectlTools Kubectl, AwsTools Aws, RenderedOverlays Overlays);
