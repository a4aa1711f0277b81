using System.Reflection;
using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>The clouds that a fleet may be on (<c>cloud.provider</c>).</summary>
public static class Clouds
{
    /// <summary>Amazon Web Services.</summary>
    public const string Aws = "aws";

    /// <summary>Google Cloud.</summary>
    public const string GoogleCloud = "gcp";

    /// <summary>Which of some tasks have nothing to do, as the fleet is not on their cloud.</summary>
    /// <param name="tasks">Task classes of the run.</param>
    /// <param name="fleet">The fleet.</param>
    /// <returns>Their names, and why; null where all have something to do.</returns>
    public static (IReadOnlyList<string> Tasks, string Reason)? Idle(IEnumerable<Type> tasks, Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        var idle = tasks
            .Select(task => (Name: Name(task), Cloud: task.GetCustomAttribute<UsesFleetAttribute>()?.Cloud))
            .Where(task => (task.Cloud == Aws && fleet.Aws is null) || (task.Cloud == GoogleCloud && fleet.Gcp is null))
            .ToArray();
        return idle.Length == 0 ? null : ([.. idle.Select(task => task.Name)], string.Join(" and ", idle.Select(task => task.Cloud).Distinct(StringComparer.Ordinal).Select(cloud => cloud == Aws ? "not on AWS" : "not on Google Cloud")));
    }

    private static string Name(Type task) => task.GetCustomAttribute<Cake.Frosting.TaskNameAttribute>()?.Name ?? task.Name;
}
