using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Tasks.Developers.Benchmarks;

/// <summary>One size and distance to measure.</summary>
/// <param name="DataPlanes">How many data planes join.</param>
/// <param name="RoundTripMs">The pretended round trip to every cluster, in milliseconds.</param>
public sealed record BenchmarkCase(int DataPlanes, int RoundTripMs)
{
    /// <summary>What is measured where nothing is chosen.</summary>
    public static IReadOnlyList<BenchmarkCase> All { get; } =
    [.. new[] { 1, 4, 16 }.SelectMany(count => new[] { 0, 80 }.Select(roundTrip => new BenchmarkCase(count, roundTrip)))];

    /// <summary>How cases are written in an option: <c>4x80,16x80</c>.</summary>
    public static ValueKind<IReadOnlyList<BenchmarkCase>> Kind { get; } =
        new("NxMS[,NxMS]", "data planes (1 to 64) and milliseconds (0 to 60000), such as 4x80,16x80", TryRead);

    /// <summary>At least how many times as fast as the runbook a join should be; null where nothing is aimed at.</summary>
    public double? TargetRatio =>
        (DataPlanes, RoundTripMs) switch
        {
            (4, 80) => 2.5,
            (16, 80) => 8,
            _ => null,
        };

    /// <summary>How many times the floor a join should take at most; null where nothing is aimed at.</summary>
    public double? TargetFloor => RoundTripMs == 80 ? 1.25 : null;

    /// <summary>What fraction of the join a run without changes should take at most; null where nothing is aimed at.</summary>
    public double? TargetNoChange => DataPlanes == 16 ? 0.2 : null;

    /// <summary>How many seconds <c>Verify</c> should take at most; null for no aim.</summary>
    public double? TargetVerify => DataPlanes == 16 && RoundTripMs == 80 ? 5 : null;

    /// <summary>How many seconds 200 labels should take at most; null for no aim.</summary>
    public double? TargetLabels => RoundTripMs == 80 ? 3 : null;

    /// <summary>How many child processes a data plane a join should start at most.</summary>
    public static double TargetChildProcesses => 6;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DataPlanes}x{RoundTripMs}");

    private static bool TryRead(string text, [MaybeNullWhen(false)] out IReadOnlyList<BenchmarkCase> cases)
    {
        var read = text.Split(',', StringSplitOptions.TrimEntries).Select(One).ToArray();
        cases = [.. read.OfType<BenchmarkCase>().Distinct()];
        return !read.Contains(null);
    }

    private static BenchmarkCase? One(string text) =>
        text.Split('x') is [var count, var roundTrip]
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var dataPlanes)
        && int.TryParse(roundTrip, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && dataPlanes is >= 1 and <= 64
        && milliseconds <= 60_000
            ? new BenchmarkCase(dataPlanes, milliseconds)
            : null;
}
