using System.Reflection;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks;

namespace Flyte.MultiCluster.Build;

/// <summary>A target as the command line and the overview know it.</summary>
/// <param name="Name">What <c>--target</c> takes.</param>
/// <param name="Description">What it is for; empty where its class does not say.</param>
/// <param name="Stage">Its stage; null for one outside of the runbook's stages.</param>
internal sealed record Target(string Name, string Description, string? Stage);

/// <summary>The targets there are: those of the runbook, in its order, and then this program's own.</summary>
internal static class Targets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [.. Runbook.Stages.SelectMany(static stage => stage.Tasks.Select(task => Describe(task, stage.Name))), Describe(typeof(DefaultTask), null)];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static target => target.Name)];

    /// <summary>The task classes, in the same order.</summary>
    public static IReadOnlyList<Type> Tasks { get; } = [.. Runbook.Stages.SelectMany(static stage => stage.Tasks), typeof(DefaultTask)];

    /// <summary>The assemblies that the host looks for task classes in.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [typeof(Runbook).Assembly, typeof(Targets).Assembly];

    /// <summary>The names of the targets that work on a fleet (<see cref="UsesFleetAttribute"/>).</summary>
    public static IReadOnlySet<string> UsingFleet => Using(static _ => true);

    /// <summary>The names of the targets that cannot do without helm.</summary>
    public static IReadOnlySet<string> UsingHelm => Using(static uses => uses.Helm);

    /// <summary>The names of the targets that take the data planes of <c>--cluster</c> out of service.</summary>
    public static IReadOnlySet<string> Draining => Using(static uses => uses.Drains);

    /// <summary>The names of the targets that upgrade a fleet at work to another version of the chart.</summary>
    public static IReadOnlySet<string> Upgrading => Using(static uses => uses.Upgrades);

    /// <summary>The names of the targets that roll releases back.</summary>
    public static IReadOnlySet<string> RollingBack => Using(static uses => uses.RollsBack);

    /// <summary>The names of those that remove them.</summary>
    public static IReadOnlySet<string> Removing => Using(static uses => uses.Removes);

    /// <summary>A task's name.</summary>
    public static string NameOf(Type task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;
    }

    /// <summary>What has to be checked before a task that runs alone.</summary>
    public static AloneChecks AloneChecks(string name) =>
        Tasks.First(task => string.Equals(NameOf(task), name, StringComparison.OrdinalIgnoreCase)).GetCustomAttribute<UsesFleetAttribute>()?.Alone
        ?? Common.Run.AloneChecks.None;

    private static HashSet<string> Using(Func<UsesFleetAttribute, bool> fits) =>
        Tasks.Where(task => task.GetCustomAttribute<UsesFleetAttribute>() is { } uses && fits(uses)).Select(NameOf).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static Target Describe(Type task, string? stage) =>
        new(NameOf(task), task.GetCustomAttribute<TaskDescriptionAttribute>()?.Description ?? string.Empty, stage);
}
