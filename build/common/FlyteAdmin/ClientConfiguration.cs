using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>The configuration file of flytectl and pyflyte, as far as it says which Flyte they talk to (<c>admin.endpoint</c>).</summary>
public static class ClientConfiguration
{
    /// <summary>The host that a file points to.</summary>
    /// <param name="values">Reads YAML.</param>
    /// <param name="path">The file.</param>
    /// <returns>The host in lower case; null where the file names none.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">It is not YAML.</exception>
    public static string? HostOf(IHelmValues values, string path)
    {
        ArgumentNullException.ThrowIfNull(values);
        var admin = values.Parse(File.ReadAllText(path), Path.GetFileName(path))["admin"] as JsonObject;
        return admin?["endpoint"] is JsonValue endpoint && endpoint.TryGetValue<string>(out var text) ? Host(text) : null;
    }

    /// <summary>The host of a gRPC or HTTP address: <c>dns:///flyte.example.com:443</c>, <c>flyte.example.com</c>.</summary>
    /// <param name="endpoint">The address.</param>
    /// <returns>The host in lower case; null where there is none.</returns>
    public static string? Host(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var scheme = endpoint.IndexOf("://", StringComparison.Ordinal);
        var rest = (scheme < 0 ? endpoint : endpoint[(scheme + 3)..]).TrimStart('/');
        return Uri.TryCreate($"tcp://{rest}", UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host.ToLowerInvariant() : null;
    }
}
