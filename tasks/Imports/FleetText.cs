using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>The text of an imported fleet file, with comments where something was guessed or corrected.</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="findings">What is broken in it.</param>
/// <param name="cloud">The cloud identities.</param>
/// <param name="values">Writes YAML.</param>
internal sealed class FleetText(ImportedFleet fleet, ImportFindings findings, ImportedCloud cloud, IHelmValues values)
{
    private const string Repository = "https://flyteorg.github.io/flyte";

    private readonly StringBuilder _text = new();
    private readonly CloudText _cloud = new(cloud, text => Scalar(values, text));

    /// <summary>Writes it.</summary>
    /// <param name="files">The values files, relative to the fleet, by the cluster's name; none for clusters without values of their own.</param>
    /// <param name="leftOut">The paths of the values that look like credentials, by the cluster's name.</param>
    public string Write(IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, IReadOnlyList<string>> leftOut)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(leftOut);
        _text.Clear();
        Comment(0, $"Read from context {fleet.Request.ControlPlane}. GUESS: look at it. corrected: it differs from what is live.");
        Flyte();
        ControlPlane(files, leftOut);
        Line(0, "dataPlanes:");
        foreach (var plane in fleet.DataPlanes)
            DataPlane(plane, files, leftOut);
        foreach (var plane in fleet.Unnamed)
            Comment(2, $"'{plane.Entry.Name}' of clusterConfigs is not imported: a fleet cannot name it, or it is there twice.");
        Labels();
        Rows();
        foreach (var line in _cloud.Section())
            Line(0, Plain(line));
        return _text.ToString();
    }

    private void Flyte()
    {
        var (flyte, release) = (fleet.Flyte, fleet.Control.Release);
        Line(0, "flyte:");
        if (release is not null)
        {
            Chart(release);
        }
        else
        {
            var overlays = fleet.Request.Overlays!;
            Field(2, "install", "kustomize");
            Line(2, "overlays:");
            Field(4, "controlPlane", Folder(overlays.ControlPlane));
            Field(4, "dataPlane", Folder(overlays.DataPlane));
        }

        Field(2, "namespace", flyte.Namespace);
        Field(2, "endpoint", flyte.Endpoint, fleet.EndpointDoubt is { } doubt ? $"GUESS: {doubt}" : null);
        Line(2, $"insecure: {(flyte.Insecure ? "true" : "false")}");
        if (flyte.Catalog is not { } catalog)
        {
            Comment(2, "catalog: no data plane says where the data planes reach datacatalog; the chart's default works in the control plane only");
            return;
        }

        Line(2, "catalog:");
        Field(4, "endpoint", catalog.Endpoint);
        Line(4, $"insecure: {(catalog.Insecure ? "true" : "false")}");
    }

    private void Chart(HelmRelease release)
    {
        Line(2, "chart:");
        if (fleet.Request.Chart is { } path)
        {
            Field(4, "path", Relative(path));
            return;
        }

        Field(4, "repository", Repository, "GUESS: a release does not say where its chart came from");
        Field(4, "name", release.ChartName);
        Field(4, "version", release.ChartVersion);
    }

    private void ControlPlane(IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, IReadOnlyList<string>> leftOut)
    {
        var name = fleet.ControlPlaneName;
        Line(0, "controlPlane:");
        Field(2, "name", name);
        Field(2, "context", fleet.Request.ControlPlane);
        if (fleet.Control.Release is { } release)
            Field(2, "release", release.Name);
        Cluster(2, name);
        Files(2, name, files, leftOut);
        Line(2, $"runsWorkflows: {(fleet.InCluster is null ? "false" : "true")}");
    }

    private void DataPlane(ImportedDataPlane plane, IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, IReadOnlyList<string>> leftOut)
    {
        var name = plane.Entry.Name;
        _text.Append("  - ");
        Field(0, "name", name);
        Field(
            4,
            "context",
            fleet.ContextOf(plane),
            plane.Found is null ? "GUESS: no context of the kubeconfig is this cluster; write its context"
                : plane.Found.IsGuess ? $"GUESS: found by {plane.Found.Why}"
                : null
        );
        var moved = fleet.IsEnabledUnderAuth(plane.Entry) ? "   # corrected: it was under auth" : string.Empty;
        Line(4, $"enabled: {(fleet.IsEnabled(plane.Entry) ? "true" : "false")}{moved}");
        var endpoint = fleet.EndpointOf(plane);
        if (endpoint is not null)
            Field(4, "endpoint", endpoint, endpoint == plane.Entry.Endpoint ? null : $"corrected: it was {plane.Entry.Endpoint ?? "not set"}");
        else
            Comment(4, $"endpoint: {plane.Entry.Endpoint ?? "none"} is no address of an API server; the kubeconfig's is taken");
        if (plane.Release is { } release)
            Field(4, "release", release.Name, plane.Doubt is { } several ? $"GUESS: {several}" : null);
        else if (plane.Doubt is { } doubt)
            Comment(4, $"release: {doubt}");
        Cluster(4, name);
        Files(4, name, files, leftOut);
    }

    private void Cluster(int indent, string name)
    {
        foreach (var line in _cloud.Plane(name))
            Line(indent, line);
    }

    private void Files(int indent, string name, IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, IReadOnlyList<string>> leftOut)
    {
        if (files.TryGetValue(name, out var file))
            Line(indent, $"values: [{Scalar(file)}]");
        if (leftOut.TryGetValue(name, out var paths) && paths.Count > 0)
            Comment(indent, $"Left out, as they look like credentials; give them in a file of their own under values: {string.Join(", ", paths)}");
    }

    private void Labels()
    {
        var labels = fleet.Labels;
        Line(0, "labels:");
        foreach (var label in labels.Labels)
        {
            Line(2, $"{Scalar(label.Name)}:{(labels.Doubts.TryGetValue(label.Name, out var doubt) ? $"   # corrected: {Plain(doubt)}" : string.Empty)}");
            foreach (var member in label.Clusters)
                Line(4, $"- {{id: {Scalar(member.Id)}, weight: {ImportedLabels.Weight(member.Weight)}}}");
        }

        foreach (var (label, why) in labels.LeftOut)
            Comment(2, $"{label} is not imported: {why}");
        if (labels.Default is { } set)
            Field(0, "defaultLabel", set);
        else if (labels.DefaultLeftOut is { } missing)
            Comment(0, $"defaultLabel: {missing} is no label with an enabled cluster");
    }

    private void Rows()
    {
        if (fleet.Request.FlyteAdmin is not { } admin)
        {
            Comment(0, "flyteAdmin: {endpoint: https://flyte.example.com}   for execution labels and smoke runs; --flyteadmin=URL imports the labels");
            return;
        }

        Line(0, "flyteAdmin:");
        Field(2, "endpoint", admin.Endpoint.ToString().TrimEnd('/'));
        if (admin.CaFile is { } file)
            Field(2, "caFile", Relative(file));
        if (admin.Login is { } login)
        {
            Line(2, "auth:");
            foreach (
                var (key, value) in new[]
                {
                    ("clientId", login.ClientId),
                    ("clientSecretVariable", login.ClientSecretVariable),
                    ("tokenVariable", login.TokenVariable),
                }
            )
            {
                if (value is not null)
                    Field(4, key, value);
            }
        }

        if (fleet.Control.RowsFailure is { } failure)
            Comment(0, $"executionLabels could not be read: {failure}");
        if (findings.MappedRows().Any())
            Line(0, "executionLabels:");
        foreach (var (scope, label) in findings.MappedRows())
        {
            var fields = new[] { ("project", scope.Project), ("domain", scope.Domain), ("workflow", scope.Workflow), ("label", label) };
            Line(2, $"- {{{string.Join(", ", fields.Where(field => field.Item2 is not null).Select(field => $"{field.Item1}: {Scalar(field.Item2!)}"))}}}");
        }

        foreach (var (scope, label) in findings.UnmappedRows())
            Comment(2, $"{scope} has the label {label}, which no cluster has");
    }

    private string Relative(string path) => Path.GetRelativePath(Path.GetDirectoryName(fleet.Request.Fleet)!, path);

    private string Folder(string path) =>
        Relative(path) is var relative && (relative.StartsWith('.') || Path.IsPathRooted(relative)) ? relative : $"./{relative}";

    private void Field(int indent, string key, string value, string? comment = null) =>
        Line(indent, $"{key}: {Scalar(value)}{(comment is null ? string.Empty : $"   # {Plain(comment)}")}");

    private void Comment(int indent, string text) => Line(indent, Plain(text), isComment: true);

    private void Line(int indent, string text, bool isComment = false) =>
        _text.Append(' ', indent).Append(isComment ? "# " : string.Empty).Append(text).Append('\n');

    private string Scalar(string value) => Scalar(values, value);

    private static string Scalar(IHelmValues values, string value) => values.Write(new JsonObject { ["k"] = value })[2..].Trim();

    private static string Plain(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
