using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>The picture as one HTML file that needs nothing else, and may load nothing: its policy allows its own style and script by their digests.</summary>
internal static class HtmlPicture
{
    private static readonly Lazy<string> Style = new(() => Resource("picture.css"));
    private static readonly Lazy<string> Script = new(() => Resource("picture.js"));

    /// <summary>The page.</summary>
    /// <param name="picture">The fleet.</param>
    public static string Of(FleetPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{Digest(Style.Value)}'; script-src 'sha256-{Digest(
                Script.Value
            )}'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Text(picture.Title)}</title>
            <style>{Style.Value}</style>
            </head>
            <body>
            <header>
            <div><h1>{Text(picture.Title)}</h1><p>{Text(picture.Summary)}</p></div>
            <search><input id="search" type="search" placeholder="Search" aria-label="Search clusters, labels, projects and states" autocomplete="off" spellcheck="false"><output id="found" for="search"></output></search>
            <p class="keys"><kbd>/</kbd> search <kbd>Tab</kbd> <kbd>↑</kbd> <kbd>↓</kbd> <kbd>←</kbd> <kbd>→</kbd> move <kbd>Enter</kbd> keep only what belongs to it <kbd>Esc</kbd> all</p>
            </header>
            <main>
            <div class="picture">
            <svg id="edges" aria-hidden="true"></svg>
            <section aria-label="Projects, domains and workflows"><h2>Projects, domains and workflows</h2>{Joined(
                picture.Scopes.Index().Select(scope => Scope(scope.Index, scope.Item))
            )}{Empty(picture.Scopes.Count, "no label is set")}</section>
            <section aria-label="Control plane and labels"><h2>Control plane and labels</h2>{Control(picture.ControlPlane)}{Joined(
                picture.Labels.Index().Select(label => Label(label.Index, label.Item))
            )}</section>
            <section aria-label="Clusters"><h2>Clusters</h2>{Joined(
                picture.Clusters.Index().Select(cluster => Cluster(cluster.Index, cluster.Item, picture))
            )}{Empty(picture.Clusters.Count, "none")}</section>
            </div>
            <aside id="details" aria-live="polite"><h2>Details</h2><div id="shown"><p>Point at something, or move to it with the keyboard.</p></div></aside>
            </main>
            <footer>{Joined(picture.Notes.Select(note => $"<p class=\"note\">{Text(note)}</p>"))}<p>{Text(
                picture.Legend
            )}</p></footer>
            <script type="application/json" id="data">{Edges(picture)}</script>
            <script>{Script.Value}</script>
            </body>
            </html>

            """.ReplaceLineEndings(
            "\n"
        );
    }

    private static string Scope(int index, PictureScope scope)
    {
        var parts = new[] { ("Project", scope.Scope.Project), ("Domain", scope.Scope.Domain), ("Workflow", scope.Scope.Workflow) };
        var ran = scope.RanIn.Count == 0 ? null : string.Join(", ", scope.RanIn.Select(ran => $"{ran.Cluster} {ran.Count}"));
        return Card(
            $"s{index}",
            "scope",
            scope.Scope.Workflow ?? scope.Scope.ToString(),
            scope.Scope.Workflow is null ? scope.Runs?.ToString() : $"{scope.Scope.Project}/{scope.Scope.Domain}",
            null,
            string.Empty,
            [
                .. parts.Select(part => (part.Item1, part.Item2)),
                ("Label", scope.Label is null ? "none: any enabled cluster" : $"{scope.Label}{(scope.IsInherited ? " (inherited or default)" : string.Empty)}"),
                ("Executions in 24 h", Counted(scope.Runs)),
                ("Ran in", ran),
            ]
        );
    }

    private static string Label(int index, PictureLabel label) =>
        Card(
            $"l{index}",
            "label",
            label.Name,
            label.Size,
            label.IsDefault ? "default label" : null,
            string.Empty,
            [
                ("Default label", label.IsDefault ? "yes" : null),
                .. label.Members.Select(member => (member.Cluster, (string?)$"{member.WeightText}{(member.IsPlanned ? " (not loaded yet)" : string.Empty)}")),
            ]
        );

    private static string Control(PictureCluster control) =>
        Card(
            "control",
            $"cluster control {(control.State == ClusterState.Unreachable ? control.Word : string.Empty)}",
            control.Name,
            control.Versions,
            control.State == ClusterState.Unreachable ? control.Word : "control plane",
            string.Empty,
            [.. control.Details.Select(detail => (detail.Name, (string?)detail.Value))]
        );

    private static string Cluster(int index, PictureCluster cluster, FleetPicture picture)
    {
        var chips =
            from label in picture.Labels.Index()
            from member in label.Item.Members
            where member.Cluster == cluster.Name
            select $"<span class=\"chip{(member.IsPlanned ? " planned" : string.Empty)}\" data-from=\"l{label.Index}\">"
                + $"{Text(label.Item.Name)} <b>{Text(member.WeightText)}</b></span>";
        return Card(
            $"c{index}",
            $"cluster {cluster.Word}",
            cluster.Name,
            cluster.Runs?.ToString() ?? cluster.Versions,
            cluster.Word,
            Joined(chips),
            [("State", cluster.Word), .. cluster.Details.Select(detail => (detail.Name, (string?)detail.Value)), ("Executions in 24 h", Counted(cluster.Runs))]
        );
    }

    private static string Card(
        string id,
        string kind,
        string name,
        string? below,
        string? badge,
        string chips,
        IReadOnlyList<(string Name, string? Value)> details
    )
    {
        var list = Joined(details.Where(detail => detail.Value is not null).Select(detail => $"<dt>{Text(detail.Name)}</dt><dd>{Text(detail.Value)}</dd>"));
        return $"<article class=\"node {kind.TrimEnd()}\" id=\"{id}\" tabindex=\"0\">"
            + $"<h3 title=\"{Text(name)}\">{Text(name)}</h3>"
            + (string.IsNullOrEmpty(badge) ? string.Empty : $"<span class=\"badge\">{Text(badge)}</span>")
            + (string.IsNullOrEmpty(below) ? string.Empty : $"<p>{Text(below)}</p>")
            + (chips.Length == 0 ? string.Empty : $"<div class=\"chips\">{chips}</div>")
            + $"<dl hidden>{list}</dl></article>\n";
    }

    private static string Edges(FleetPicture picture)
    {
        var (labels, clusters) = (picture.LabelPlaces, picture.ClusterPlaces);
        object[][] edges =
        [
            .. picture
                .Scopes.Index()
                .Where(scope => scope.Item.Label is not null)
                .Select(scope => new object[] { $"s{scope.Index}", $"l{labels[scope.Item.Label!]}", 1.0, scope.Item.IsInherited }),
            .. picture
                .Labels.Index()
                .SelectMany(label =>
                    label.Item.Members.Select(member => new object[] { $"l{label.Index}", $"c{clusters[member.Cluster]}", member.Weight, member.IsPlanned })
                ),
        ];
        return JsonSerializer.Serialize(edges);
    }

    private static string? Counted(RunCount? runs) =>
        runs is null ? null : string.Create(CultureInfo.InvariantCulture, $"{runs.Count}{(runs.Failed == 0 ? string.Empty : $", {runs.Failed} failed")}");

    private static string Empty(int count, string text) => count == 0 ? $"<p class=\"empty\">{Text(text)}</p>" : string.Empty;

    private static string Joined(IEnumerable<string> parts) => string.Concat(parts);

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? string.Empty);

    private static string Digest(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlPicture).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no resource {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
