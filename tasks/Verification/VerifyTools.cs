using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>What the checks look with.</summary>
/// <param name="Shared">What the preflight's checks look with too.</param>
/// <param name="Pyflyte">Runs pyflyte.</param>
/// <param name="FlyteAdmin">Runs the checks of FlyteAdmin.</param>
/// <param name="Values">Reads YAML as Helm does.</param>
/// <param name="Charts">The cached charts.</param>
public sealed record VerifyTools(CheckServices Shared, PyflyteRunRunner Pyflyte, FlyteAdminPreflight FlyteAdmin, IHelmValues Values, ChartCache Charts);
