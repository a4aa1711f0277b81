using System.Globalization;
using System.Net;
using System.Text;

namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>The picture as an SVG file without a script, whose colours follow the reader's light or dark theme.</summary>
internal static class SvgPicture
{
    private const int CardWidth = 270;
    private const int ColumnGap = 130;
    private const int Margin = 24;
    private const int Top = 96;
    private const int RowGap = 10;
    private const int CardHeight = 42;
    private const int LineHeight = 15;

    // What fits a card in a sans serif of 13 and of 11 pixels.
    private const int NameLength = 30;
    private const int LineLength = 44;

    private const string Scope = "scope";

    private static readonly string[] Heads = ["Projects, domains and workflows", "Control plane and labels", "Clusters"];

    private const string Style = """
        svg{font-family:system-ui,-apple-system,"Segoe UI",sans-serif;--back:#fff;--card:#f6f8fa;--text:#1f2328;--soft:#57606a;--line:#d0d7de;--edge:#8c959f;--enabled:#1a7f37;--disabled:#6e7781;--drained:#9a6700;--unreachable:#cf222e;--new:#0969da;--unknown:#6e7781}
        @media (prefers-color-scheme:dark){svg{--back:#0d1117;--card:#161b22;--text:#e6edf3;--soft:#9198a1;--line:#3d444d;--edge:#656c76;--enabled:#3fb950;--disabled:#9198a1;--drained:#d29922;--unreachable:#f85149;--new:#4493f8;--unknown:#9198a1}}
        .back{fill:var(--back)}.card{fill:var(--card);stroke:var(--line)}text{fill:var(--text);font-size:11px}.name{font-size:13px;font-weight:600}.title{font-size:17px;font-weight:600}.soft{fill:var(--soft)}
        .edge{fill:none;stroke:var(--edge);opacity:.7}.dashed{stroke-dasharray:5 4}
        .bar.enabled,.bar.control{fill:var(--enabled)}.bar.disabled{fill:var(--disabled)}.bar.drained{fill:var(--drained)}.bar.unreachable{fill:var(--unreachable)}.bar.new{fill:var(--new)}.bar.unknown{fill:var(--unknown)}
        text.enabled{fill:var(--enabled)}text.disabled{fill:var(--disabled)}text.drained{fill:var(--drained)}text.unreachable{fill:var(--unreachable);font-weight:600}text.new{fill:var(--new)}
        """;

    /// <summary>The file.</summary>
    /// <param name="picture">The fleet.</param>
    public static string Of(FleetPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var control = new Card(CardOf(picture.ControlPlane, "control plane"), []);
        var clusters = picture.Clusters.Select(cluster => new Card(CardOf(cluster, cluster.Word), Weights(picture, cluster.Name))).ToList();
        var labels = picture
            .Labels.Select(label => new Card(
                new Face(label.Name, label.Size, label.IsDefault ? "default label" : string.Empty, string.Empty, Details(label)),
                []
            ))
            .ToList();
        var scopes = picture
            .Scopes.Select(scope => new Card(
                new Face(
                    scope.Scope.Workflow ?? scope.Scope.ToString(),
                    scope.Scope.Workflow is null ? scope.Runs?.ToString() : $"{scope.Scope.Project}/{scope.Scope.Domain}",
                    string.Empty,
                    Scope,
                    [scope.Scope.ToString(), .. scope.RanIn.Select(ran => $"{ran.Count} in {ran.Cluster}")]
                ),
                []
            ))
            .ToList();
        var floor = Place(clusters, 2, Top);
        floor = Math.Max(floor, Height(labels, Place([control], 1, Top) + RowGap));
        floor = Math.Max(floor, Height(scopes, Top));
        var lines = new List<Line>();
        var (labelPlaces, clusterPlaces) = (picture.LabelPlaces, picture.ClusterPlaces);
        foreach (var label in picture.Labels)
        {
            foreach (var member in label.Members)
                lines.Add(new Line(labels[labelPlaces[label.Name]], clusters[clusterPlaces[member.Cluster]], label.Name, member.Weight, member.IsPlanned));
        }

        Place(labels, 1, Top + CardHeight + (2 * RowGap), floor, card => lines.Where(line => line.From == card).Select(line => line.EndY));
        foreach (var (index, scope) in picture.Scopes.Index())
        {
            if (scope.Label is { } label)
                lines.Add(new Line(scopes[index], labels[labelPlaces[label]], null, 0, scope.IsInherited));
        }

        Place(scopes, 0, Top, floor, card => lines.Where(line => line.From == card).Select(line => line.EndY));
        return Write(picture, lines, [.. scopes, control, .. labels, .. clusters], floor);
    }

    private static string Write(FleetPicture picture, IReadOnlyList<Line> lines, IReadOnlyList<Card> cards, double floor)
    {
        const int Width = (3 * CardWidth) + (2 * ColumnGap) + (2 * Margin);
        string[] below = [.. picture.Notes, picture.Legend];
        var height = floor + (below.Length * 17) + 30;
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height:0}\" width=\"{Width}\" height=\"{height:0}\" role=\"img\">\n"
        );
        text.Append($"<title>{Text(picture.Title)}</title>\n<desc>{Text(picture.Summary)}</desc>\n<style>\n{Style.ReplaceLineEndings("\n")}\n</style>\n");
        text.Append("<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n");
        Say(text, Margin, 34, "title", picture.Title, 90);
        Say(text, Margin, 54, "soft", picture.Summary, 160);
        foreach (var (column, head) in Heads.Index())
            Say(text, Left(column), Top - 12, "soft", head, LineLength);
        foreach (var line in lines)
            line.Write(text);
        foreach (var card in cards)
            card.Write(text);
        foreach (var (index, line) in below.Index())
            Say(text, Margin, floor + 28 + (index * 17), "soft", line, 170);
        return text.Append("</svg>\n").ToString();
    }

    // From the top, each as near to what it belongs to as the others leave room for.
    private static double Place(List<Card> cards, int column, double top, double floor = 0, Func<Card, IEnumerable<double>>? wanted = null)
    {
        var left = cards.Sum(card => card.Height + RowGap);
        foreach (var card in cards)
        {
            left -= card.Height + RowGap;
            double[] middles = [.. wanted?.Invoke(card) ?? []];
            if (middles.Length > 0)
                top = Math.Max(top, Math.Min(middles.Average() - (card.Height / 2), floor - left - card.Height - RowGap));
            (card.X, card.Y) = (Left(column), top);
            top += card.Height + RowGap;
        }

        return top;
    }

    private static double Height(List<Card> cards, double top) => top + cards.Sum(card => card.Height + RowGap);

    private static int Left(int column) => Margin + (column * (CardWidth + ColumnGap));

    private static Face CardOf(PictureCluster cluster, string badge) =>
        new(
            cluster.Name,
            cluster.Runs is { Count: > 0 } runs ? runs.ToString() : cluster.Versions,
            cluster.State == ClusterState.Unreachable ? cluster.Word : badge,
            badge == "control plane" && cluster.State != ClusterState.Unreachable ? "control" : cluster.Word,
            [.. cluster.Details.Select(detail => $"{detail.Name}: {detail.Value}")]
        );

    private static List<(string Label, string Weight)> Weights(FleetPicture picture, string cluster) =>
        [.. from label in picture.Labels from member in label.Members where member.Cluster == cluster select (label.Name, member.WeightText)];

    private static IReadOnlyList<string> Details(PictureLabel label) => [.. label.Members.Select(member => $"{member.Cluster} {member.WeightText}")];

    private static void Say(StringBuilder text, double x, double y, string kind, string words, int longest, string anchor = "start") =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Text(Short(words, longest))}</text>\n"
        );

    private static string Short(string text, int longest) => text.Length <= longest ? text : $"{text[..(longest - 1)]}…";

    // XML knows no control characters.
    private static string Text(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)));

    private sealed record Face(string Name, string? Below, string Badge, string Kind, IReadOnlyList<string> Details);

    private sealed class Card(Face face, List<(string Label, string Weight)> weights)
    {
        public double X { get; set; }

        public double Y { get; set; }

        public double Height => CardHeight + (weights.Count * LineHeight) + (weights.Count > 0 ? 3 : 0);

        public double Middle => Y + (Height / 2);

        public double WeightY(string label) => Y + CardHeight + (weights.FindIndex(weight => weight.Label == label) * LineHeight) + 7;

        public void Write(StringBuilder text)
        {
            text.Append(CultureInfo.InvariantCulture, $"<g><title>{Text(string.Join(" · ", face.Details.Prepend(face.Name)))}</title>");
            var round = face.Kind.Length == 0 ? 14 : 5;
            text.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"card\" x=\"{X:0.#}\" y=\"{Y:0.#}\" width=\"{CardWidth}\" height=\"{Height:0.#}\" rx=\"{round}\"/>"
            );
            if (face.Kind is not ("" or Scope))
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect class=\"bar {face.Kind}\" x=\"{X:0.#}\" y=\"{Y:0.#}\" width=\"4\" height=\"{Height:0.#}\" rx=\"2\"/>"
                );
            text.Append('\n');
            var room = face.Badge.Length == 0 ? NameLength : NameLength - 2 - face.Badge.Length;
            Say(text, X + 13, Y + 18, "name", face.Name, room);
            if (face.Badge.Length > 0)
                Say(text, X + CardWidth - 12, Y + 18, face.Kind is "" or "control" ? "soft" : face.Kind, face.Badge, NameLength, "end");
            if (!string.IsNullOrEmpty(face.Below))
                Say(text, X + 13, Y + 34, "soft", face.Below, LineLength);
            foreach (var (label, weight) in weights)
                Say(text, X + 13, WeightY(label) + 4, string.Empty, $"{Short(label, LineLength - 8)}  {weight}", LineLength);
            text.Append("</g>\n");
        }
    }

    private sealed record Line(Card From, Card To, string? Label, double Weight, bool IsDashed)
    {
        public double EndY => Label is null ? To.Middle : To.WeightY(Label);

        public void Write(StringBuilder text)
        {
            var (x1, y1, x2) = (From.X + CardWidth, From.Middle, To.X);
            var bend = (x2 - x1) / 2;
            text.Append(CultureInfo.InvariantCulture, $"<path class=\"edge{(IsDashed ? " dashed" : string.Empty)}\" stroke-width=\"{1 + (2 * Weight):0.##}\"")
                .Append(CultureInfo.InvariantCulture, $" d=\"M{x1:0.#} {y1:0.#}C{x1 + bend:0.#} {y1:0.#} {x2 - bend:0.#} {EndY:0.#} {x2:0.#} {EndY:0.#}\"/>\n");
        }
    }
}
