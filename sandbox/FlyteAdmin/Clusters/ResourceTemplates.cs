using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Api;
using Flyte.MultiCluster.Sandbox.Store;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;

/// <summary>A service account that a template makes of one namespace.</summary>
/// <param name="File">The template's file.</param>
/// <param name="Account">The service account; null where the text is none that the API server takes.</param>
/// <param name="Error">Why it is none.</param>
internal sealed record TemplatedAccount(string File, JsonObject? Account, string? Error);

/// <summary>flyteadmin's cluster resource templates, as far as they make service accounts, with their variables (pkg/clusterresource/controller.go).</summary>
/// <param name="Files">The templates' texts by file, in the order of their names.</param>
/// <param name="CustomData">The values of variables by domain.</param>
internal sealed record ResourceTemplates(IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> CustomData)
{
    public static ResourceTemplates None { get; } = new(new Dictionary<string, string>(), new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Reads customData: a list of maps, or a map, of both levels; of several values the last one.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Data(YamlNode? customData)
    {
        var domains = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (domain, data) in Entries(customData))
        {
            var variables = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, source) in Entries(data))
                variables[name] = ConfigFile.Text(source, "value");
            domains[domain] = variables;
        }

        return domains;
    }

    /// <summary>The service accounts of a project's and domain's namespace.</summary>
    public IEnumerable<TemplatedAccount> Accounts(string project, string domain, string ns)
    {
        foreach (
            var (file, text) in Files
                .Where(file => file.Value.Contains("ServiceAccount", StringComparison.Ordinal))
                .OrderBy(file => file.Key, StringComparer.Ordinal)
        )
        {
            var rendered = text;
            foreach (var (name, value) in CustomData.GetValueOrDefault(domain) ?? new Dictionary<string, string>())
                rendered = Replace(rendered, name, value);
            rendered = Replace(Replace(Replace(rendered, "namespace", ns), "project", project), "domain", domain);
            if (Parse(file, rendered) is { } account)
                yield return account;
        }
    }

    private static TemplatedAccount? Parse(string file, string text)
    {
        try
        {
            if (YamlJson.Parse(text) is not JsonObject account || account.Text("kind") != "ServiceAccount")
                return null;
            return
                (account["metadata"]?["annotations"] as JsonObject)?.Any(entry => entry.Value?.GetValueKind() != System.Text.Json.JsonValueKind.String) == true
                ? new TemplatedAccount(file, null, "json: cannot unmarshal object into Go struct field ObjectMeta.metadata.annotations of type string")
                : new TemplatedAccount(file, account, null);
        }
        catch (Exception exception) when (exception is ApiException or YamlException or InvalidCastException)
        {
            // A variable without a value is left as it is, and is no YAML of a string.
            return new TemplatedAccount(file, null, "error converting YAML to JSON: yaml: invalid map key");
        }
    }

    private static string Replace(string text, string name, string value) => text.Replace($"{{{{ {name} }}}}", value, StringComparison.Ordinal);

    private static IEnumerable<(string Key, YamlNode Value)> Entries(YamlNode? node) =>
        node switch
        {
            YamlMappingNode map => map.Children.Select(child => (ConfigFile.Text(child.Key), child.Value)),
            YamlSequenceNode list => list.Children.SelectMany(Entries),
            _ => [],
        };
}
