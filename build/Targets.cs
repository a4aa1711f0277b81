using System.Reflection;
using Cake.Frosting;
using Flyte.MultiCluster.Prerequisites;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.Build;

/// <summary>A target as the command line and the overview know it.</summary>
/// <param name="Name">What <c>--target</c> takes.</param>
/// <param name="Description">What it is for; empty where its class does not say.</param>
/// <param name="Stage">Its stage; null for one outside of the stages.</param>
/// <param name="Order">Its place in the overview.</param>
public sealed record Target(string Name, string Description, string? Stage, int Order);

/// <summary>The targets there are.</summary>
public static class Targets
{
    /// <summary>The names of this program's targets.</summary>
    public static IReadOnlyList<string> Names => [.. In(typeof(Targets).Assembly).Select(static target => target.Name)];

    /// <summary>The targets of an assembly: its exported, non-abstract task classes, as the host finds them, in the overview's order.</summary>
    /// <param name="assembly">The assembly.</param>
    public static IReadOnlyList<Target> In(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return
        [
            .. TasksIn(assembly)
                .Select(Describe)
                .OrderBy(static target => target.Order).ThenBy(static target => target.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The task classes of an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    public static IEnumerable<Type> TasksIn(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return assembly.GetExportedTypes().Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IFrostingTask)));
    }

    /// <summary>A task's name.</summary>
    /// <param name="task">Its class.</param>
    public static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;

    /// <summary>A task's place in the overview.</summary>
    /// <param name="task">Its class.</param>
    public static int OrderOf(Type task) => task.GetCustomAttribute<StageAttribute>()?.Order ?? int.MaxValue;

    /// <summary>The names of the targets that work on a fleet (<see cref="UsesFleetAttribute"/>).</summary>
    /// <param name="assembly">The assembly.</param>
    public static IReadOnlySet<string> UsingFleet(Assembly assembly) => UsingFleet(assembly, static _ => true);

    /// <summary>The names of the targets that cannot do without helm.</summary>
    /// <param name="assembly">The assembly.</param>
    public static IReadOnlySet<string> UsingHelm(Assembly assembly) => UsingFleet(assembly, static uses => uses.Helm);

    private static HashSet<string> UsingFleet(Assembly assembly, Func<UsesFleetAttribute, bool> fits)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return assembly.GetExportedTypes()
            .Where(type => type.GetCustomAttribute<UsesFleetAttribute>() is { } uses && fits(uses))
            .Select(NameOf)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private static Target Describe(Type task)
    {
        var stage = task.GetCustomAttribute<StageAttribute>();
        return new Target(
            NameOf(task),
            task.GetCustomAttribute<TaskDescriptionAttribute>()?.Description ?? string.Empty,
            stage?.Name,
            OrderOf(task));
    }
}
