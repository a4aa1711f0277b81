using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Flytectl;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>flytectl's attribute files of the fleet's execution cluster labels.</summary>
internal static class LabelFiles
{
    /// <summary>The files' folder.</summary>
    public const string Folder = "execution-labels";

    /// <summary>The files by their paths.</summary>
    /// <param name="labels">The labels.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(IEnumerable<ExecutionLabel> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels.Select(label => KeyValuePair.Create(Path(label.Scope), AttributeFile.Text(label.Scope, label.Label)));
    }

    private static string Path(LabelScope scope) =>
        $"{string.Join('/', new[] { Folder, scope.Project, scope.Domain, scope.Workflow }.OfType<string>().Select(Escaped))}.yaml";

    // '.' and '..' are no names of folders.
    private static string Escaped(string name) =>
        name.All(letter => letter == '.') ? name.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(name);
}
