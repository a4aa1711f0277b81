using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>The values files a fleet names: there, and values. Their content is never quoted.</summary>
/// <param name="folder">The fleet file's folder.</param>
/// <param name="values">Reads them.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class ValuesFiles(string folder, IHelmValues values, FleetProblems problems)
{
    private readonly Dictionary<string, (string What, string Remedy)?> _checked = new(StringComparer.Ordinal);

    /// <summary>A path of the fleet's as an absolute one.</summary>
    public string Absolute(string path) => Path.GetFullPath(Path.Combine(folder, path));

    /// <summary>The absolute path of a file that must be there; null where the key is absent. <c>~/</c> is the user's home.</summary>
    /// <param name="map">The map.</param>
    /// <param name="key">The key of the path.</param>
    /// <param name="what">What the file is, for the remedy.</param>
    public string? Existing(FleetMap map, string key, string what)
    {
        if (map.Text(key) is not { } written)
        {
            return null;
        }

        var path = written.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(ProcessEnvironment.Current.Home, written[2..]) : Absolute(written);
        if (!File.Exists(path))
        {
            problems.Add(map.Get(key)!, $"The file '{FleetValue.Format(written)}' does not exist.", $"Name {what}; looked for {path}");
        }

        return path;
    }

    /// <summary>The absolute paths of a map's <c>values</c>.</summary>
    public IReadOnlyList<string> Read(FleetMap map)
    {
        var paths = new List<string>();
        foreach (var item in map.List("values"))
        {
            if (FleetValue.Text(item, "A values file", problems) is not { } written)
            {
                continue;
            }

            var path = Absolute(written);
            if (Check(path, written) is var (what, remedy))
            {
                problems.Add(item, what, remedy);
            }

            paths.Add(path);
        }

        return paths;
    }

    private (string What, string Remedy)? Check(string path, string written)
    {
        if (!_checked.TryGetValue(path, out var problem))
        {
            problem = Find(path, FleetValue.Format(written));
            _checked.Add(path, problem);
        }

        return problem;
    }

    private (string What, string Remedy)? Find(string path, string written)
    {
        var (text, wrong) = FleetFile.Load(path, FleetFile.MaximumValues);
        if (wrong is not null)
        {
            return ($"The values file '{written}' {wrong}.", $"Values files are YAML text, relative to the fleet file; looked for {path}");
        }

        try
        {
            values.Parse(text, written);
            return null;
        }
        catch (FormatException failure)
        {
            return ($"Helm cannot read a values file: {failure.Message}", "Correct it there.");
        }
    }
}
