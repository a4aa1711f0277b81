using System.Reflection;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Build;

/// <summary>Tasks that have nothing to do for a fleet.</summary>
internal static class IdleTasks
{
    /// <summary>Which of some tasks have nothing to do, as the fleet is not on their cloud.</summary>
    /// <param name="tasks">Task classes of the run.</param>
    /// <param name="fleet">The fleet.</param>
    /// <returns>Their names, and why; null where all have something to do.</returns>
    public static (IReadOnlyList<string> Tasks, string Reason)? Of(IEnumerable<Type> tasks, Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        var idle = tasks
            .Select(task => (Name: Targets.NameOf(task), task.GetCustomAttribute<UsesFleetAttribute>()?.Cloud))
            .Where(task => (task.Cloud == Clouds.Aws && fleet.Aws is null) || (task.Cloud == Clouds.GoogleCloud && fleet.Gcp is null))
            .ToArray();
        if (idle.Length == 0)
            return null;
        var reasons = idle.Select(task => task.Cloud)
            .Distinct(StringComparer.Ordinal)
            .Select(cloud => cloud == Clouds.Aws ? "not on AWS" : "not on Google Cloud");
        return ([.. idle.Select(task => task.Name)], string.Join(" and ", reasons));
    }
}
