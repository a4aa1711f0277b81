using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Build;

/// <summary>How a refused run is reported: one line per problem, on standard error.</summary>
internal static class Refusal
{
    /// <summary>Writes the problems.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="problems">Everything that is wrong; at least one.</param>
    public static void Write(TextWriter writer, IReadOnlyList<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine(new RefusedException(problems).Message);
        foreach (var problem in problems)
            writer.WriteLine($"  {problem}");
    }
}
