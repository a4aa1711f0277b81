using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Tasks.Drain;

/// <summary>An execution of a data plane that has not ended, by FlyteAdmin's list, by the cluster's FlyteWorkflow, or by both.</summary>
/// <param name="Name">Its project, domain and name; the FlyteWorkflow's namespace and name where FlyteAdmin does not have it.</param>
/// <param name="Execution">The execution; null where FlyteAdmin has it as ended, or not at all.</param>
/// <param name="CreatedAt">When it, or its FlyteWorkflow, was made; null where that is not known.</param>
/// <param name="HasWorkflow">Whether the cluster has an unfinished FlyteWorkflow of it; null where the cluster does not answer.</param>
internal sealed record UnfinishedExecution(string Name, Execution? Execution, DateTimeOffset? CreatedAt, bool? HasWorkflow)
{
    /// <summary>It in words: its phase, age and owner.</summary>
    /// <param name="now">The time.</param>
    public string Describe(DateTimeOffset now)
    {
        var phase = Execution is null
            ? "a FlyteWorkflow whose execution FlyteAdmin does not list as unfinished"
            : Execution.Phase.ToString().ToUpperInvariant();
        var owner = Execution?.Principal is { } principal ? $", {principal}" : string.Empty;
        return $"{Name} ({phase}, {Ages.Format(now - CreatedAt)}{owner}{(HasWorkflow == false ? ", no FlyteWorkflow" : string.Empty)})";
    }
}
