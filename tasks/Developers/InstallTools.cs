using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;

namespace Flyte.MultiCluster.Tasks.Developers;

/// <summary>Installs pinned helm and kubectl for Linux x64.</summary>
/// <param name="values">The command line: <c>--with-helm3</c>.</param>
/// <param name="options">The run's options: <c>--plan</c>.</param>
[TaskName(nameof(InstallTools))]
[TaskDescription("Install pinned helm and kubectl into tools/ (Linux x64)")]
public sealed class InstallTools(OptionValues values, RunOptions options) : FrostingTask
{
    /// <summary><c>--with-helm3</c>.</summary>
    public static Option<bool> WithHelm3 { get; } =
        new("with-helm3", ValueKinds.Flag, "Also Helm 3 and its kubectl, in tools/helm3, for the tests.", false)
        {
            Group = OptionGroup.Tools,
            Targets = [typeof(InstallTools)],
        };

    /// <inheritdoc/>
    public override void Run(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ToolSet[] sets = values.Get(WithHelm3) ? [ToolSet.Current, ToolSet.Helm3] : [ToolSet.Current];
        var tools = new PinnedTools(ProjectRoot.Path, context.ProcessRunner, context.Log);
        if (!options.Plan)
            tools.Install(sets);
        foreach (var set in sets.Where(set => options.Plan && !tools.IsInstalled(set)))
            context.Log.Information("Would install helm and kubectl in {0}.", System.IO.Path.Combine("tools", set.Folder));
    }
}
