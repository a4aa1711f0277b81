using Cake.Core;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Build;

/// <summary>Prints each task's name when it begins; Cake's banners and its duration table are left out, the summary says it shorter.</summary>
/// <param name="log">Where to.</param>
/// <param name="journal">Knows the tasks that have nothing to do.</param>
internal sealed class StageReportPrinter(ICakeLog log, RunJournal journal) : ICakeReportPrinter
{
    /// <inheritdoc/>
    public void Write(CakeReport report) { }

    /// <inheritdoc/>
    public void WriteStep(string name, Verbosity verbosity)
    {
        if (name != DefaultTask.Name && !journal.Idle.Contains(name))
            log.Write(verbosity, LogLevel.Information, "{0}", $"== {name}");
    }

    /// <inheritdoc/>
    public void WriteLifeCycleStep(string name, Verbosity verbosity) { }

    /// <inheritdoc/>
    public void WriteSkippedStep(string name, Verbosity verbosity) { }
}
