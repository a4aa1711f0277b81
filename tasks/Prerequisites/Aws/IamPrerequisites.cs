using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>The runbook's section "Prerequisites", as far as it is IAM: all of it.</summary>
[TaskName(Target)]
[TaskDescription("All stages of IAM: policy, OIDC providers, roles, trust policies; workload identity")]
[IsDependentOn(typeof(UpdateTrustPolicies))]
[IsDependentOn(typeof(BindWorkloadIdentity))]
[UsesFleet]
public sealed class IamPrerequisites : FrostingTask<FlyteContext>
{
    /// <summary>The target's name.</summary>
    public const string Target = "Prerequisites";
}
