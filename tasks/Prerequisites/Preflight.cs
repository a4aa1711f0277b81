using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>Turns what checks find before the first change into problems, which refuse the run, a failed cluster or a note.</summary>
/// <param name="journal">Gets the notes.</param>
/// <param name="problems">Gets the problems.</param>
internal sealed class Preflight(RunJournal journal, ProblemList problems)
{
    /// <summary>Takes a finding.</summary>
    /// <param name="place">What it is about, where the finding does not say.</param>
    /// <param name="finding">The finding.</param>
    /// <exception cref="InvalidOperationException">It fails the cluster.</exception>
    public void Take(string place, Finding finding)
    {
        switch (finding.Effect)
        {
            case CheckEffect.Refuses:
                problems.Add(Problem(place, finding));
                break;
            case CheckEffect.FailsCluster:
                throw new InvalidOperationException($"{finding.Found} {finding.Remedy}");
            case CheckEffect.Note:
                journal.Add(finding.Place is null ? $"{finding.Found} {finding.Remedy}" : finding.Text);
                break;
        }
    }

    /// <summary>A finding as a problem.</summary>
    /// <param name="place">What it is about, where the finding does not say.</param>
    /// <param name="finding">The finding.</param>
    public static Problem Problem(string place, Finding finding) => new(finding.Place ?? place, finding.Found, finding.Remedy ?? string.Empty);
}
