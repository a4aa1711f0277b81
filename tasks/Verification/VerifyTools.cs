using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>What the checks look with.</summary>
/// <param name="Helm">The helm commands.</param>
/// <param name="Kubectl">The kubectl commands.</param>
/// <param name="Aws">The aws commands.</param>
/// <param name="Pyflyte">Runs pyflyte.</param>
/// <param name="Google">Reads Google Cloud.</param>
/// <param name="Values">Reads YAML as Helm does.</param>
/// <param name="Charts">The cached charts.</param>
/// <param name="Overlays">The rendered overlays.</param>
public sealed record VerifyTools(
    HelmTools Helm,
    KubectlTools Kubectl,
    AwsTools Aws,
    PyflyteRunRunner Pyflyte,
    GoogleCheck Google,
    IHelmValues Values,
    ChartCache Charts,
    RenderedOverlays Overlays);
