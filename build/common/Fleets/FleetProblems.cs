using System.Globalization;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The problems of one fleet file, each with its line and column, and the bound on what its aliases may expand to.</summary>
/// <param name="path">The file as the user wrote it.</param>
internal sealed class FleetProblems(string path)
{
    private const int MaximumVisits = 200_000;

    private readonly List<(int Line, int Column, Problem Problem)> _problems = [];
    private readonly List<FleetProblems> _beside = [];
    private int _visits;

    /// <summary>The file as the user wrote it.</summary>
    public string File => path;

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool None => _problems.Count == 0 && _beside.TrueForAll(other => other.None);

    /// <summary>The problems of a file that this one names; they are reported after this one's.</summary>
    public FleetProblems Of(string file)
    {
        var problems = new FleetProblems(file);
        _beside.Add(problems);
        return problems;
    }

    /// <summary>Notes a problem at a node.</summary>
    public void Add(SourceNode at, string what, string remedy) => Add(at.Line, at.Column, what, remedy);

    /// <summary>Notes a problem at a line and column, both from 1.</summary>
    public void Add(int line, int column, string what, string remedy) =>
        _problems.Add((line, column, new Problem(string.Create(CultureInfo.InvariantCulture, $"{path}:{line}:{column}"), what, remedy)));

    /// <summary>Counts a visit to a node.</summary>
    /// <exception cref="YamlFailureException">The file's aliases expand to more than any fleet holds.</exception>
    public void Visit(SourceNode node)
    {
        if (++_visits > MaximumVisits)
        {
            throw YamlFailureException.At(node, "The aliases in this file expand to too many nodes.");
        }
    }

    /// <summary>All problems in the file's order; what is reached twice over an alias is reported once.</summary>
    public IReadOnlyList<Problem> InOrder() =>
        [
            .. _problems.OrderBy(entry => entry.Line).ThenBy(entry => entry.Column).Select(entry => entry.Problem).Distinct(),
            .. _beside.SelectMany(other => other.InOrder()),
        ];
}
