using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Build.Options;
using Flyte.MultiCluster.Stages;

namespace Flyte.MultiCluster.Tools;

/// <summary>Installs pinned helm and kubectl for Linux x64.</summary>
/// <param name="values">The command line: <c>--with-helm3</c>.</param>
[TaskName(nameof(InstallTools))]
[TaskDescription("Install pinned helm and kubectl into tools/ (Linux x64)")]
[Stage("Tools", 900)]
public sealed class InstallTools(OptionValues values) : FrostingTask
{
    /// <inheritdoc/>
    public override void Run(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ToolSet[] sets = values.Get(ProgramOptions.WithHelm3) ? [ToolSet.Current, ToolSet.Helm3] : [ToolSet.Current];
        var tools = new PinnedTools(ProjectRoot.Path, context.ProcessRunner, context.Log);
        if (!values.Get(ProgramOptions.Plan))
            tools.Install(sets);
        foreach (var set in sets.Where(set => values.Get(ProgramOptions.Plan) && !tools.IsInstalled(set)))
            context.Log.Information("Would install helm and kubectl in {0}.", System.IO.Path.Combine("tools", set.Folder));
    }
}
