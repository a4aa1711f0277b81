using System.Globalization;
using System.Xml.Linq;

namespace Flyte.MultiCluster.Tasks.Developers;

/// <summary>How long tests took, from the results files of <c>dotnet test</c>'s trx logger.</summary>
internal static class TestDurations
{
    /// <summary>The slowest tests, a line each under a heading; none where nothing ran.</summary>
    /// <param name="documents">The results files' content.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<string> Slowest(IReadOnlyList<XDocument> documents, int count)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var slowest = documents.SelectMany(Tests).OrderByDescending(static test => test.Duration).Take(count).ToArray();
        return slowest.Length == 0
            ? []
            :
            [
                $"The {slowest.Length} slowest tests:",
                .. slowest.Select(static test => string.Create(CultureInfo.InvariantCulture, $"  {test.Duration.TotalSeconds, 6:0.0} s  {test.Name}")),
            ];
    }

    private static IEnumerable<(string Name, TimeSpan Duration)> Tests(XDocument document)
    {
        var classes = Elements(document, "UnitTest")
            .ToDictionary(
                static test => (string?)test.Attribute("id") ?? string.Empty,
                static test =>
                    (string?)test.Elements().FirstOrDefault(static element => element.Name.LocalName == "TestMethod")?.Attribute("className") ?? string.Empty,
                StringComparer.Ordinal
            );
        foreach (var result in Elements(document, "UnitTestResult"))
        {
            if (TimeSpan.TryParse((string?)result.Attribute("duration"), CultureInfo.InvariantCulture, out var duration))
            {
                var type = classes.GetValueOrDefault((string?)result.Attribute("testId") ?? string.Empty, string.Empty).Split('.')[^1];
                yield return ($"{type}.{(string?)result.Attribute("testName")}", duration);
            }
        }
    }

    private static IEnumerable<XElement> Elements(XDocument document, string name) => document.Descendants().Where(element => element.Name.LocalName == name);
}
