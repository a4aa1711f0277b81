using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>Reads and validates fleet files.</summary>
internal interface IFleetReader
{
    /// <summary>Reads a fleet file and reports everything that is wrong with it at once. Touches nothing else.</summary>
    /// <param name="path">The file's path as the user wrote it; places in problems begin with it.</param>
    /// <returns>The fleet, or the problems; never both, never neither.</returns>
    FleetReadResult Read(string path);
}

/// <summary>What came of reading a fleet file.</summary>
/// <param name="Fleet">The fleet; null when there are problems.</param>
/// <param name="Problems">Everything that is wrong, in the file's order.</param>
public sealed record FleetReadResult(Fleet? Fleet, IReadOnlyList<Problem> Problems);
