using Flyte.MultiCluster.Tasks.Developers;

namespace Flyte.MultiCluster.Tests;

/// <summary>Cases of which every run takes a sample, and <c>./build.sh --target=Test --all</c> all.</summary>
internal static class Sampled
{
    /// <summary>Whether all are run.</summary>
    public static bool IsAll => Environment.GetEnvironmentVariable(Test.AllVariable) == "1";

    /// <summary>All cases, or the sample.</summary>
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> all, params IReadOnlyList<T> sample)
    {
        if (sample.Except(all).Any())
            throw new ArgumentException("The sample holds a case that is none.", nameof(sample));
        return IsAll ? all : sample;
    }
}
