using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Charts;

/// <summary>A chart in a folder, its dependencies built.</summary>
public sealed class UnpackedChart
{
    private readonly IHelmValues _values;
    private readonly Lazy<Dictionary<string, byte[]>> _templates;
    private readonly Lazy<JsonObject> _defaults;

    /// <summary>Reads the chart's metadata.</summary>
    /// <param name="folder">The folder that holds Chart.yaml.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <exception cref="FormatException">Chart.yaml is not valid.</exception>
    /// <exception cref="IOException">Chart.yaml cannot be read.</exception>
    public UnpackedChart(string folder, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        (Folder, _values) = (folder, values);
        (_templates, _defaults) = (new(ReadTemplates), new(ReadDefaults));
        var path = Path.Combine(folder, "Chart.yaml");
        var metadata = values.Parse(File.ReadAllText(path), path);
        Name = (string?)metadata["name"] ?? string.Empty;
        Version = metadata["version"]?.ToString() ?? string.Empty;
        Dependencies =
        [
            .. (metadata["dependencies"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Select(dependency => new ChartDependency((string?)dependency["name"] ?? string.Empty, (string?)dependency["repository"] ?? string.Empty)),
        ];
    }

    /// <summary>The folder that holds Chart.yaml, an absolute path.</summary>
    public string Folder { get; }

    /// <summary>The chart's name.</summary>
    public string Name { get; }

    /// <summary>The chart's version.</summary>
    public string Version { get; }

    /// <summary>The charts that it depends on.</summary>
    public IReadOnlyList<ChartDependency> Dependencies { get; }

    /// <summary>The chart's own default values.</summary>
    public JsonObject Defaults => _defaults.Value;

    /// <summary>The chart's values-dataplane.yaml.</summary>
    public string DataPlaneValues => Path.Combine(Folder, "values-dataplane.yaml");

    /// <summary>The chart's values-controlplane.yaml.</summary>
    public string ControlPlaneValues => Path.Combine(Folder, "values-controlplane.yaml");

    /// <summary>
    /// Why a release was not rendered from this very chart; null when it was. Same templates, defaults and version render the same manifest
    /// from the same values, so no rendering is needed to know.
    /// </summary>
    public string? DifferenceFrom(HelmRelease release)
    {
        ArgumentNullException.ThrowIfNull(release);
        if (release.ChartName != Name || release.ChartVersion != Version)
            return $"chart {release.ChartName} {release.ChartVersion} is installed, {Name} {Version} is wanted";
        var installed = release.Templates;
        var local = _templates.Value;
        foreach (var (name, content) in installed)
        {
            if (!local.TryGetValue(name, out var own) || !WithoutMark(own).SequenceEqual(WithoutMark(content)))
                return $"the chart's {name} changed";
        }

        // What .helmignore names is in the folder and in no release.
        if (!File.Exists(Path.Combine(Folder, ".helmignore")) && local.Keys.FirstOrDefault(name => !installed.ContainsKey(name)) is { } added)
            return $"the chart's {added} is new";
        return HasDefaultsOf(release) ? null : "the chart's values.yaml changed";
    }

    // Helm stores the defaults together with the dependencies' and the user's values: these must not change when ours are laid over them.
    /// <summary>Whether a part of the chart is on.</summary>
    /// <param name="values">The values that the release would get, over the chart's defaults.</param>
    /// <param name="section">The part, <c>flytepropeller</c>.</param>
    /// <param name="key">Its switch, <c>enabled</c>.</param>
    public bool IsOn(JsonObject values, string section, string key)
    {
        ArgumentNullException.ThrowIfNull(values);
        return (values[section]?[key] ?? Defaults[section]?[key])?.ToJsonString() == "true";
    }

    /// <summary>
    /// Whether a value can have an effect: the defaults have its section and key, a template names the key, or the section is handed on whole, to a
    /// dependency or into a file. What is deeper than a section's keys is taken to have one.
    /// </summary>
    /// <param name="path">The value's keys, the outermost first.</param>
    public bool Knows(IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var section = path[0];
        if (section == "global" || Dependencies.Any(dependency => dependency.Name == section))
            return true;
        if (!Defaults.TryGetPropertyValue(section, out var found))
            return Mentions($@"\.Values\.{Regex.Escape(section)}\b");
        if (path.Count == 1 || found is not JsonObject { Count: > 0 } map || map.ContainsKey(path[1]))
            return true;
        var values = $@"\.Values\.{Regex.Escape(section)}";
        return Mentions($@"\b{Regex.Escape(path[1])}\b")
            || Mentions($@"(toYaml|toJson|with|range\b[^}}]*?|include[^}}]*?)\s+\$?{values}(?![\w.])|{values}\s*\|");
    }

    private bool Mentions(string pattern) =>
        _templates.Value.Values.Any(template =>
            Regex.IsMatch(Encoding.UTF8.GetString(template), pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
        );

    private bool HasDefaultsOf(HelmRelease release)
    {
        if (Dependencies.Count == 0)
            return _values.Same(Defaults, release.ChartValues);
        return _values.Same(_values.Merge(release.ChartValues, release.Config), _values.Merge(release.ChartValues, Defaults, release.Config));
    }

    private JsonObject ReadDefaults()
    {
        var file = Path.Combine(Folder, "values.yaml");
        return File.Exists(file) ? _values.Parse(File.ReadAllText(file), file) : [];
    }

    private Dictionary<string, byte[]> ReadTemplates()
    {
        var root = Path.Combine(Folder, "templates");
        return !Directory.Exists(root)
            ? []
            : Directory
                .EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .ToDictionary(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'), File.ReadAllBytes, StringComparer.Ordinal);
    }

    private static ReadOnlySpan<byte> WithoutMark(byte[] content) => content is [0xEF, 0xBB, 0xBF, ..] ? content.AsSpan(3) : content;
}

/// <summary>A chart that another depends on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Repository">Where it comes from, <c>file://../flyteconnector</c>.</param>
public sealed record ChartDependency(string Name, string Repository);
