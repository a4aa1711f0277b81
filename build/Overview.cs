using System.Text;

namespace Flyte.MultiCluster.Build;

/// <summary>What <c>./build.sh</c> prints without a target: the fleet in use, the targets by stage, the next command.</summary>
internal static class Overview
{
    /// <summary>Writes the overview.</summary>
    /// <param name="targets">The targets, in order.</param>
    /// <param name="fleet">The fleet in use.</param>
    public static string For(IReadOnlyList<Target> targets, FleetChoice fleet)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(fleet);
        var text = new StringBuilder($"Fleet: {fleet}\n");
        var width = targets.Max(static target => target.Name.Length) + 2;
        foreach (var stage in targets.Where(static target => target.Name != DefaultTask.Name).GroupBy(static target => target.Stage ?? "Others"))
        {
            text.Append('\n').Append(stage.Key).Append('\n');
            foreach (var target in stage)
                text.Append("  ").Append($"{target.Name.PadRight(width)}{target.Description}".TrimEnd()).Append('\n');
        }

        var given = fleet.IsSandbox ? string.Empty : $" --fleet={fleet.Path}";
        text.Append(
            fleet.IsSandbox
                ? "\nNext: ./build.sh --target=AddDataPlane          joins two data planes to a control plane on the sandbox\n"
                : $"\nNext: ./build.sh --target=AddDataPlane{given} --plan          shows what would change\n"
        );
        return text.Append("Options: ./build.sh --help\n").ToString();
    }
}
