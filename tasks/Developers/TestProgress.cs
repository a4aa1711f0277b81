using System.Xml.Linq;

namespace Flyte.MultiCluster.Tasks.Developers;

/// <summary>How many tests ended how.</summary>
/// <param name="Passed">Passed.</param>
/// <param name="Failed">Failed.</param>
/// <param name="Skipped">Not run.</param>
internal sealed record TestCounts(int Passed, int Failed, int Skipped)
{
    /// <summary>Adds the counts of a results file of <c>dotnet test</c>'s trx logger.</summary>
    public TestCounts Plus(XDocument trx)
    {
        ArgumentNullException.ThrowIfNull(trx);
        var outcomes = trx.Descendants()
            .Where(static element => element.Name.LocalName == "UnitTestResult")
            .Select(static result => result.Attribute("outcome")?.Value)
            .ToArray();
        var passed = outcomes.Count(static outcome => outcome == "Passed");
        var skipped = outcomes.Count(static outcome => outcome == "NotExecuted");
        return new TestCounts(Passed + passed, Failed + outcomes.Length - passed - skipped, Skipped + skipped);
    }

    /// <summary>The last line of a test run: <c>N passed, N failed</c>, and <c>, N skipped</c> where there are any.</summary>
    public override string ToString() => $"{Passed} passed, {Failed} failed{(Skipped == 0 ? string.Empty : $", {Skipped} skipped")}";
}

/// <summary>Thins out the console of <c>dotnet test</c>: every line but those of passed tests, which become a count now and then.</summary>
/// <param name="clock">Tells the time.</param>
internal sealed class TestProgress(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private long _reported = clock.GetTimestamp();
    private int _passed;
    private int _failed;

    /// <summary>Takes a line.</summary>
    /// <param name="line">A line of <c>dotnet test</c>'s console logger, verbosity normal.</param>
    /// <returns>What to print; null for nothing.</returns>
    public string? Take(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.StartsWith("  Failed ", StringComparison.Ordinal))
            _failed++;
        if (!line.StartsWith("  Passed ", StringComparison.Ordinal))
            return line;

        _passed++;
        if (clock.GetElapsedTime(_reported) < Interval)
            return null;
        _reported = clock.GetTimestamp();
        return $"  ... {_passed} passed, {_failed} failed so far";
    }
}
