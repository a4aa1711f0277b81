using Cake.Core;
using Cake.Core.Diagnostics;

namespace Flyte.MultiCluster.Build;

/// <summary>Replaces Cake's step headings and its duration table at the end: the program tells its stages itself.</summary>
public sealed class SilentReportPrinter : ICakeReportPrinter
{
    /// <inheritdoc/>
    public void Write(CakeReport report)
    {
    }

    /// <inheritdoc/>
    public void WriteStep(string name, Verbosity verbosity)
    {
    }

    /// <inheritdoc/>
    public void WriteLifeCycleStep(string name, Verbosity verbosity)
    {
    }

    /// <inheritdoc/>
    public void WriteSkippedStep(string name, Verbosity verbosity)
    {
    }
}
