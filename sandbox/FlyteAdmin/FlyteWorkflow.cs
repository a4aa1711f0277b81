using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>The object by which flyteadmin tells a cluster's propeller of an execution.</summary>
internal static class FlyteWorkflow
{
    /// <summary>The object of an execution.</summary>
    public static JsonObject Of(Execution execution)
    {
        var (key, plan) = (execution.Key, execution.Plan);
        return new JsonObject
        {
            ["apiVersion"] = $"{TargetCluster.Group}/v1alpha1",
            ["kind"] = "FlyteWorkflow",
            ["metadata"] = new JsonObject
            {
                ["name"] = key.Name,
                ["namespace"] = execution.Namespace,
                ["labels"] = new JsonObject
                {
                    ["domain"] = key.Domain,
                    ["execution-id"] = key.Name,
                    ["project"] = key.Project,
                    ["workflow-name"] = LabelValue(plan.Key.Name),
                },
                ["annotations"] = new JsonObject { [Executions.BehaviourAnnotation] = Enum.GetName(plan.Behaviour)!.ToLowerInvariant() },
            },
            ["spec"] = new JsonObject { ["id"] = $"{plan.Key.Project}:{plan.Key.Domain}:{plan.Key.Name}" },
            ["executionId"] = new JsonObject
            {
                ["project"] = key.Project,
                ["domain"] = key.Domain,
                ["name"] = key.Name,
            },
            ["acceptedAt"] = execution.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
    }

    private static string LabelValue(string name)
    {
        var value = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        return value[..Math.Min(value.Length, 63)].Trim('-');
    }
}
