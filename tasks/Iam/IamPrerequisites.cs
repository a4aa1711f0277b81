using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.GoogleCloud;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.Iam;

/// <summary>The runbook's section "Prerequisites", as far as it is IAM: all of it.</summary>
[TaskName(Target)]
[TaskDescription("All stages of IAM: policy, OIDC providers, roles, trust policies; workload identity")]
[IsDependentOn(typeof(UpdateTrustPolicies))]
[IsDependentOn(typeof(BindWorkloadIdentity))]
[Stage("Prerequisites", 190)]
[UsesFleet]
public sealed class IamPrerequisites : FrostingTask<FlyteContext>
{
    /// <summary>The target's name.</summary>
    public const string Target = "Prerequisites";
}
