using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Kubernetes.Rollouts;

/// <summary>How far a Deployment's rollout is, by the rules of <c>kubectl rollout status</c>.</summary>
/// <param name="Name">The Deployment's name.</param>
/// <param name="IsAvailable">All replicas are of the newest template and available, and none is left of an older one.</param>
/// <param name="Summary">Where it stands: <c>1 of 2 updated replicas are available</c>.</param>
public sealed record DeploymentState(string Name, bool IsAvailable, string Summary)
{
    /// <summary>Whether its rollout has made no progress for as long as the Deployment's <c>progressDeadlineSeconds</c>.</summary>
    public static bool IsLate(JsonObject deployment) => Condition(deployment, "Progressing") is { } progressing && (string?)progressing["reason"] == "ProgressDeadlineExceeded";

    /// <summary>Whether as many replicas are available as its strategy asks for, of whatever template.</summary>
    public static bool IsServing(JsonObject deployment) => (string?)Condition(deployment, "Available")?["status"] == "True";

    /// <summary>Reads a Deployment's state.</summary>
    public static DeploymentState Of(JsonObject deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        var name = (string?)deployment["metadata"]?["name"] ?? string.Empty;
        var status = deployment["status"] as JsonObject ?? [];
        var wanted = Number(deployment["spec"], "replicas", 1);
        var updated = Number(status, "updatedReplicas", 0);
        var refused = Condition(deployment, "ReplicaFailure") is { } failure && (string?)failure["status"] == "True" ? $", {(string?)failure["message"]}" : string.Empty;
        var (available, summary) = (Number(deployment["metadata"], "generation", 0) > Number(status, "observedGeneration", 0)) switch
        {
            true => (false, "its new template is not seen yet"),
            _ when updated < wanted => (false, $"{updated} of {wanted} replicas are updated"),
            _ when Number(status, "replicas", 0) > updated => (false, $"{Number(status, "replicas", 0) - updated} old replicas are left"),
            _ when Number(status, "availableReplicas", 0) < updated => (false, $"{Number(status, "availableReplicas", 0)} of {updated} updated replicas are available"),
            _ => (true, "available"),
        };
        return new DeploymentState(name, available, available ? summary : $"{summary}{refused}{(IsLate(deployment) ? ", its progress deadline is exceeded" : string.Empty)}");
    }

    private static JsonNode? Condition(JsonObject deployment, string type)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        return (deployment["status"]?["conditions"] as JsonArray ?? []).FirstOrDefault(condition => (string?)condition?["type"] == type);
    }

    private static int Number(JsonNode? node, string name, int otherwise) => (int?)(node as JsonObject)?[name] ?? otherwise;
}
