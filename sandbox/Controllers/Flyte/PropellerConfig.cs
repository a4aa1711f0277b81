using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyte.MultiCluster.Sandbox.FlyteAdmin;
using Flyte.MultiCluster.Sandbox.Store;
using YamlDotNet.Core;

namespace Flyte.MultiCluster.Sandbox.Controllers.Flyte;

/// <summary>What a flytepropeller read when it started.</summary>
/// <param name="ClusterId">How it calls itself towards FlyteAdmin.</param>
/// <param name="AdminEndpoint">FlyteAdmin's address.</param>
/// <param name="Login">The client that it logs in as, and its secret; empty where it has none.</param>
internal sealed partial record PropellerConfig(string ClusterId, string AdminEndpoint, (string Id, string Secret) Login)
{
    private const string Flag = "--propeller.cluster-id";

    /// <summary>Reads a container's arguments and files.</summary>
    /// <param name="container">The container.</param>
    /// <param name="read">Reads a file; null for a missing one.</param>
    /// <exception cref="AdminPanic">It cannot be used.</exception>
    public static PropellerConfig Read(JsonObject container, Func<string, byte[]?> read)
    {
        string[] words = [.. container.Texts("command"), .. container.Texts("args")];
        try
        {
            var admin = ConfigFile.Child(ConfigFile.Root(File("admin.yaml")), "admin");
            var endpoint = ConfigFile.Text(admin, "endpoint");
            var secret =
                ConfigFile.Text(admin, "clientSecretLocation") is { Length: > 0 } path && read(path) is { } content
                    ? Encoding.UTF8.GetString(content).Trim()
                    : "";
            var first = endpoint.Split('/')[0];
            if (first.Contains(':', StringComparison.Ordinal) && !Scheme().IsMatch(first))
                throw new AdminPanic($"error decoding 'endpoint': parse \"{endpoint}\": first path segment in URL cannot contain colon");
            var id =
                words.Select(w => w.Split('=', 2)).FirstOrDefault(w => w.Length == 2 && w[0] == Flag)?[1]
                ?? words.SkipWhile(w => w != Flag).Skip(1).FirstOrDefault()
                ?? ConfigFile.Text(ConfigFile.Child(ConfigFile.Root(File("core.yaml")), "propeller"), "cluster-id");
            return new PropellerConfig(id.Length > 0 ? id : "propeller", endpoint, (ConfigFile.Text(admin, "clientId"), secret));
        }
        catch (YamlException e)
        {
            throw new AdminPanic($"error reading the configuration: {e.Message}");
        }

        string File(string name) => read("/etc/flyte/config/" + name) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
    }

    /// <summary>Whether its events arrive: the address must be that of the sandbox's FlyteAdmin.</summary>
    /// <param name="isControlPlane">Whether it runs beside flyteadmin, where shorter names are known.</param>
    /// <param name="ns">flyteadmin's namespace.</param>
    public bool ReachesAdmin(bool isControlPlane, string ns)
    {
        var address = AdminEndpoint.StartsWith("dns:///", StringComparison.Ordinal) ? AdminEndpoint["dns:///".Length..] : AdminEndpoint;
        return address == $"flyteadmin.{ns}.svc:81"
            || address == $"flyteadmin.{ns}.svc.cluster.local:81"
            || (isControlPlane && (address == "flyteadmin:81" || address == $"flyteadmin.{ns}:81"));
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Scheme();
}
