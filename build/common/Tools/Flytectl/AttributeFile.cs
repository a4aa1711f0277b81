using System.Text;
using System.Text.Json;
using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Common.Tools.Flytectl;

/// <summary>
/// flytectl's attribute file of an execution cluster label (<c>ecl.yaml</c>; flytectl's <c>executionclusterlabel.FileConfig</c>): project, domain,
/// workflow, value and nothing else, since flytectl reads it strictly.
/// </summary>
public static class AttributeFile
{
    /// <summary>The file's text.</summary>
    /// <param name="scope">What the label is for.</param>
    /// <param name="label">The label.</param>
    public static string Text(LabelScope scope, string label)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var text = new StringBuilder();
        Append(text, "project", scope.Project);
        Append(text, "domain", scope.Domain);
        Append(text, "workflow", scope.Workflow);
        Append(text, "value", label);
        return text.ToString();
    }

    /// <summary>Writes the file; its folder is made where it is missing.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="scope">What the label is for.</param>
    /// <param name="label">The label.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task WriteAsync(string path, LabelScope scope, string label, CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(path, Text(scope, label), cancellationToken);
    }

    // A JSON string is a double-quoted YAML scalar: `on` and `1e3` stay text.
    private static void Append(StringBuilder text, string key, string? value)
    {
        if (value is not null)
            text.Append(key).Append(": \"").Append(JsonEncodedText.Encode(value)).Append("\"\n");
    }
}
