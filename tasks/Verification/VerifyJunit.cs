using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Tasks.Checks;

namespace Flyte.MultiCluster.Tasks.Verification;

/// <summary>Results as a JUnit document: one suite per check, one case per cluster; warnings are output of a passed case.</summary>
public static class VerifyJunit
{
    private const string Program = "flyte-multicluster";

    /// <summary>The document.</summary>
    /// <param name="results">The results; none where the checks did not run.</param>
    /// <param name="problems">Why they did not: a case with an error each.</param>
    /// <param name="elapsed">How long the run took.</param>
    public static string Of(IReadOnlyList<CheckResult> results, IReadOnlyList<Problem> problems, TimeSpan elapsed)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(problems);
        var suites = results.GroupBy(result => result.Check, StringComparer.Ordinal).Select(Suite).ToList();
        if (problems.Count > 0)
            suites.Add(Suite("run", TimeSpan.Zero, [.. problems.Select(Case)]));
        var root = new XElement("testsuites", new XAttribute("name", Program), Counts(suites), Time(elapsed), suites);
        return $"{new XDeclaration("1.0", "utf-8", null)}\n{root}";
    }

    private static XElement Suite(IGrouping<string, CheckResult> check) => Suite(check.Key, check.Max(result => result.Duration), [.. check.Select(Case)]);

    private static XElement Suite(string name, TimeSpan elapsed, IReadOnlyList<XElement> cases) =>
        new("testsuite", new XAttribute("name", name), Counts(cases), Time(elapsed), cases);

    private static IEnumerable<XAttribute> Counts(IReadOnlyList<XElement> elements)
    {
        var cases = elements.DescendantsAndSelf("testcase").ToArray();
        yield return new XAttribute("tests", cases.Length);
        foreach (var (name, child) in new[] { ("failures", "failure"), ("errors", "error"), ("skipped", "skipped") })
            yield return new XAttribute(name, cases.Count(found => found.Element(child) is not null));
    }

    private static XElement Case(CheckResult result) =>
        new(
            "testcase",
            new XAttribute("classname", $"{Program}.{result.Check}"),
            new XAttribute("name", Valid(result.Cluster ?? result.Check)),
            Time(result.Duration),
            Content(result)
        );

    private static XElement Case(Problem problem) =>
        new(
            "testcase",
            new XAttribute("classname", $"{Program}.run"),
            new XAttribute("name", Valid(problem.Place)),
            Time(TimeSpan.Zero),
            Message("error", problem.What, problem.Remedy)
        );

    private static XElement Content(CheckResult result) =>
        result.Status switch
        {
            CheckStatus.Failed => Message("failure", result.Found, result.Remedy),
            CheckStatus.Skipped => Message("skipped", result.Found, null),
            CheckStatus.Warning => new XElement("system-out", Valid($"warning: {result.Found} {result.Remedy}".TrimEnd())),
            _ => new XElement("system-out", Valid(result.Found)),
        };

    private static XElement Message(string name, string message, string? remedy) =>
        new(name, new XAttribute("message", Valid(message)), remedy is null ? null : Valid(remedy));

    private static XAttribute Time(TimeSpan elapsed) => new("time", elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));

    // Messages come from servers; what XML does not allow would make the whole document unreadable.
    private static string Valid(string text)
    {
        var valid = new System.Text.StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (XmlConvert.IsXmlChar(text[at]))
            {
                valid.Append(text[at]);
            }
            else if (at + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[at + 1], text[at]))
            {
                valid.Append(text, at++, 2);
            }
            else
            {
                valid.Append('\uFFFD');
            }
        }

        return valid.ToString();
    }
}
