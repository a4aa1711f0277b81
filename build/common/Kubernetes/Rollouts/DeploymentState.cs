using k8s.Models;

namespace Flyte.MultiCluster.Common.Kubernetes.Rollouts;

/// <summary>How far a Deployment's rollout is, by the rules of <c>kubectl rollout status</c>.</summary>
/// <param name="Name">The Deployment's name.</param>
/// <param name="IsAvailable">All replicas are of the newest template and available, and none is left of an older one.</param>
/// <param name="Summary">Where it stands: <c>1 of 2 updated replicas are available</c>.</param>
public sealed record DeploymentState(string Name, bool IsAvailable, string Summary)
{
    /// <summary>Whether its rollout has made no progress for as long as the Deployment's <c>progressDeadlineSeconds</c>.</summary>
    public static bool IsLate(V1Deployment deployment) => Condition(deployment, "Progressing")?.Reason == "ProgressDeadlineExceeded";

    /// <summary>Whether as many replicas are available as its strategy asks for, of whatever template.</summary>
    public static bool IsServing(V1Deployment deployment) => Condition(deployment, "Available")?.Status == "True";

    /// <summary>Reads a Deployment's state.</summary>
    public static DeploymentState Of(V1Deployment deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        var status = deployment.Status ?? new V1DeploymentStatus();
        var wanted = deployment.Spec?.Replicas ?? 1;
        var (updated, replicas, ready) = (status.UpdatedReplicas ?? 0, status.Replicas ?? 0, status.AvailableReplicas ?? 0);
        var refused = Condition(deployment, "ReplicaFailure") is { Status: "True" } failure ? $", {failure.Message}" : string.Empty;
        var (available, summary) = ((deployment.Metadata?.Generation ?? 0) > (status.ObservedGeneration ?? 0)) switch
        {
            true => (false, "its new template is not observed yet"),
            _ when updated < wanted => (false, $"{updated} of {wanted} replicas are updated"),
            _ when replicas > updated => (false, $"{replicas - updated} old replicas are left"),
            _ when ready < updated => (false, $"{ready} of {updated} updated replicas are available"),
            _ => (true, "available"),
        };
        var late = IsLate(deployment) ? ", its progress deadline is exceeded" : string.Empty;
        return new DeploymentState(deployment.Metadata?.Name ?? string.Empty, available, available ? summary : $"{summary}{refused}{late}");
    }

    private static V1DeploymentCondition? Condition(V1Deployment deployment, string type)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        return deployment.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);
    }
}
