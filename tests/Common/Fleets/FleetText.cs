using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

/// <summary>Writes fleet files for tests and reads them.</summary>
internal static class FleetText
{
    /// <summary>A valid fleet, with every key that tests replace on a line of its own.</summary>
    public const string Valid = """
        flyte:
          chart: {repository: https://flyteorg.github.io/flyte, version: v1.16.8}
          endpoint: dns:///flyte.example.com:443
        controlPlane:
          context: controlplane
        dataPlanes:
          - {name: dataplane_1, context: dataplane1}
          - {name: dataplane_2, context: dataplane2}
        labels:
          label1: [{id: dataplane_1, weight: 1}]
          label2: [{id: dataplane_2, weight: 1}]
        defaultLabel: null

        """;

    public const string Endpoint = "  endpoint: dns:///flyte.example.com:443";
    public const string Chart = "  chart: {repository: https://flyteorg.github.io/flyte, version: v1.16.8}";
    public const string Control = "  context: controlplane\n";
    public const string First = "  - {name: dataplane_1, context: dataplane1}";
    public const string Second = "  - {name: dataplane_2, context: dataplane2}";
    public const string Label1 = "  label1: [{id: dataplane_1, weight: 1}]";
    public const string Label2 = "  label2: [{id: dataplane_2, weight: 1}]";
    public const string Default = "defaultLabel: null";

    /// <summary>The valid fleet with one part replaced.</summary>
    public static string With(string part, string replacement)
    {
        var text = Valid.Replace(part, replacement, StringComparison.Ordinal);
        Assert.That(text, Is.Not.EqualTo(Valid), "the test replaces what is not there");
        return text;
    }

    /// <summary>Reads a text as fleet.yaml in a folder of its own.</summary>
    public static FleetReadResult Read(string text, params (string Name, string Content)[] beside)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, content) in beside)
        {
            folder.Write(name, content);
        }

        return new FleetReader().Read(folder.Write("fleet.yaml", text));
    }

    /// <summary>Reads a text, and gives its problems as <c>line:column what remedy</c>.</summary>
    public static IReadOnlyList<string> ProblemsOf(string text, params (string Name, string Content)[] beside)
    {
        var result = Read(text, beside);
        Assert.That(result.Fleet is null, Is.EqualTo(result.Problems.Count > 0), "a fleet or problems, never both");
        return [.. result.Problems.Select(problem => $"{problem.Place.Split("fleet.yaml:")[^1]} {problem.What} {problem.Remedy}")];
    }

    /// <summary>Asserts that a text has one problem alone, there and saying that.</summary>
    public static void HasOne(string text, string place, params IEnumerable<string> words)
    {
        var problems = ProblemsOf(text);
        Assert.That(problems, Has.Count.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.StartWith(place + " "));
        foreach (var word in words)
        {
            Assert.That(problems[0], Does.Contain(word));
        }
    }
}
