using System.Globalization;
using System.Text;

namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>The picture as a Mermaid flowchart, within what GitHub renders in a README: at most 500 edges and 50,000 characters.</summary>
internal static class MermaidPicture
{
    private const int MostEdges = 500;
    private const int MostCharacters = 50_000;

    // Strokes alone: fills would be wrong in either of GitHub's two themes.
    private static readonly (string State, string Style)[] Classes =
    [
        ("enabled", "stroke:#2da44e,stroke-width:2px"),
        ("disabled", "stroke:#8c959f,stroke-width:2px,stroke-dasharray:4 3"),
        ("drained", "stroke:#bf8700,stroke-width:2px,stroke-dasharray:4 3"),
        ("unreachable", "stroke:#cf222e,stroke-width:3px"),
        ("new", "stroke:#0969da,stroke-width:2px,stroke-dasharray:4 3"),
        ("unknown", "stroke:#8c959f,stroke-width:1px"),
    ];

    /// <summary>The chart.</summary>
    /// <param name="picture">The fleet.</param>
    public static string Of(FleetPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var chart = Chart(picture, ScopesOf(picture));
        return Fits(picture, ScopesOf(picture).Count, chart) ? chart : Smaller(picture);
    }

    private static string Smaller(FleetPicture picture)
    {
        // One box for everything on a label; then no boxes; then as many weights as there is room for.
        var grouped = Grouped(picture);
        var chart = Chart(picture, grouped);
        if (Fits(picture, grouped.Count, chart))
            return chart;
        for (var most = MostEdges; most > 0; most /= 2)
        {
            chart = Chart(picture, [], most);
            if (chart.Length <= MostCharacters)
                return chart;
        }

        return Counts(picture);
    }

    private static string Counts(FleetPicture picture)
    {
        var text = new StringBuilder("flowchart LR\n");
        text.Append(CultureInfo.InvariantCulture, $"  control[\"{Lines("control plane " + picture.ControlPlane.Name)}<br/>{picture.Labels.Count} labels\"]\n");
        foreach (var (word, count) in picture.Clusters.CountBy(cluster => cluster.Word).OrderBy(count => count.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"  control --> {word}[\"{count} {word}\"]\n");
        return text.ToString();
    }

    private static bool Fits(FleetPicture picture, int scopes, string chart) =>
        picture.Labels.Sum(label => label.Members.Count) + scopes <= MostEdges && chart.Length <= MostCharacters;

    private static string Chart(FleetPicture picture, IReadOnlyList<(string Text, string? Label, bool IsInherited)> scopes, int most = int.MaxValue)
    {
        var (labels, clusters) = (picture.LabelPlaces, picture.ClusterPlaces);
        var text = new StringBuilder("flowchart LR\n");
        foreach (var (index, scope) in scopes.Index())
            Line($"s{index}[\"{scope.Text}\"]");

        // Mermaid draws a title's second line, and the end of a long one, over what is below and beside it.
        Line("subgraph plane[\"control plane\"]");
        Line($"  control[\"{Lines(picture.ControlPlane.Name, Stated(picture.ControlPlane), picture.ControlPlane.Versions)}\"]");
        foreach (var (index, label) in picture.Labels.Index())
            Line($"  l{index}([\"{Lines(label.Name, label.IsDefault ? "default label" : null, label.Members.Count == 0 ? "no cluster" : null)}\"])");
        Line("end");
        foreach (var (index, cluster) in picture.Clusters.Index())
            Line($"c{index}[\"{Lines(cluster.Name, cluster.Word, cluster.Versions, cluster.Runs?.ToString())}\"]:::{cluster.Word}");
        foreach (var (index, scope) in scopes.Index())
        {
            if (scope.Label is not null)
                Line($"s{index} {(scope.IsInherited ? "-.->" : "-->")} l{labels[scope.Label]}");
        }

        var edges =
            from label in picture.Labels.Index()
            from member in label.Item.Members
            select $"l{label.Index} {(member.IsPlanned ? "-.->" : "-->")}|\"{member.WeightText}\"| c{clusters[member.Cluster]}";
        string[] all = [.. edges];
        foreach (var edge in all.Take(most))
            Line(edge);
        if (all.Length > most)
            Line(string.Create(CultureInfo.InvariantCulture, $"more[\"{all.Length - most} more weights are left out, as GitHub would not render them\"]"));
        var used = picture.Clusters.Select(cluster => cluster.Word).ToHashSet(StringComparer.Ordinal);
        foreach (var (state, style) in Classes.Where(one => used.Contains(one.State)))
            Line($"classDef {state} {style}");
        return text.ToString();

        void Line(string line) => text.Append("  ").Append(line).Append('\n');
    }

    private static List<(string Text, string? Label, bool IsInherited)> ScopesOf(FleetPicture picture) =>
        [.. picture.Scopes.Select(scope => (Lines(scope.Scope.ToString(), scope.Runs?.ToString()), scope.Label, scope.IsInherited))];

    private static List<(string Text, string? Label, bool IsInherited)> Grouped(FleetPicture picture) =>
        [
            .. picture
                .Scopes.GroupBy(scope => (scope.Label, scope.IsInherited))
                .Select(group =>
                    (
                        Lines(string.Create(CultureInfo.InvariantCulture, $"{group.Count()} projects, domains or workflows")),
                        group.Key.Label,
                        group.Key.IsInherited
                    )
                ),
        ];

    private static string? Stated(PictureCluster control) => control.State == ClusterState.Unreachable ? control.Word : null;

    private static string Lines(params IEnumerable<string?> lines) => string.Join("<br/>", lines.Where(line => !string.IsNullOrEmpty(line)).Select(Escaped));

    // In quotes Mermaid reads entities alone, by their names or numbers and with a # for the &.
    private static string Escaped(string? text)
    {
        var escaped = new StringBuilder();
        foreach (var character in text!)
        {
            if (char.IsControl(character))
                escaped.Append(' ');
            else if (character is '#' or '"' or '<' or '>' or '&' or '`' or ';' or '\\' or '*' or '[' or ']' or '{' or '}' or '|')
                escaped.Append(CultureInfo.InvariantCulture, $"#{(int)character};");
            else
                escaped.Append(character);
        }

        return escaped.ToString();
    }
}
