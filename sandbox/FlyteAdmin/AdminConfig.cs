using System.Globalization;
using System.Text;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using YamlDotNet.Core;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>What a container of flyteadmin read when it started.</summary>
internal sealed record AdminConfig
{
    private const string TemplateFolder = "/etc/flyte/clusterresource/templates";

    private static readonly Named[] Usual = [new("development", "development"), new("staging", "staging"), new("production", "production")];

    /// <summary>clusters.yaml.</summary>
    public required ClustersConfig Clusters { get; init; }

    /// <summary>domain.yaml.</summary>
    public IReadOnlyList<Named> Domains { get; init; } = Usual;

    /// <summary>namespace_mapping.template.</summary>
    public string NamespaceTemplate { get; init; } = "{{ project }}-{{ domain }}";

    /// <summary>cluster_resources.refreshInterval.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The cluster resource templates, with cluster_resources.customData; read once, where flyteadmin reads the folder at each round.</summary>
    public ResourceTemplates Templates { get; init; } = ResourceTemplates.None;

    /// <summary>The tag of the container's image.</summary>
    public string Version { get; init; } = "";

    /// <summary>The content of the token and CA files by cluster, of those that are not inCluster.</summary>
    public required IReadOnlyDictionary<string, (string Token, string Authority)> Credentials { get; init; }

    /// <summary>Reads the files of a container.</summary>
    /// <param name="folder">The folder of the configuration.</param>
    /// <param name="version">The tag of the image.</param>
    /// <param name="read">Reads a file; null for a missing one.</param>
    /// <param name="list">The names of a folder's files; null for none.</param>
    /// <returns>The configuration; null without clusters.yaml.</returns>
    /// <exception cref="AdminPanic">It cannot be used.</exception>
    public static AdminConfig? Read(string folder, string version, Func<string, byte[]?> read, Func<string, IEnumerable<string>>? list = null)
    {
        string? Text(string name) => File(read, $"{folder}/{name}");
        if (Text("clusters.yaml") is not { } clusters)
            return null;
        try
        {
            var config = ClustersConfig.Parse(clusters);
            var domains = ConfigFile
                .Items(ConfigFile.Child(ConfigFile.Root(Text("domain.yaml") ?? ""), "domains"))
                .Select(d => new Named(ConfigFile.Text(d, "id"), ConfigFile.Text(d, "name")))
                .ToList();
            var template = ConfigFile.Text(ConfigFile.Child(ConfigFile.Root(Text("namespace_config.yaml") ?? ""), "namespace_mapping"), "template");
            var resources = ConfigFile.Child(ConfigFile.Root(Text("cluster_resources.yaml") ?? ""), "cluster_resources");
            var refresh = ConfigFile.Text(resources, "refreshInterval");
            var templates = ConfigFile.Text(resources, "templatePath") is { Length: > 0 } path ? path.TrimEnd('/') : TemplateFolder;
            var files = (list?.Invoke(templates) ?? []).Where(file => file.EndsWith(".yaml", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);
            var made = new AdminConfig
            {
                Clusters = config,
                Credentials = Load(config, read),
                Version = version,
            };
            return made with
            {
                Domains = domains.Count > 0 ? domains : made.Domains,
                NamespaceTemplate = template.Length > 0 ? template : made.NamespaceTemplate,
                Refresh = Interval(refresh) ?? made.Refresh,
                Templates = new ResourceTemplates(
                    files.ToDictionary(file => file, file => File(read, $"{templates}/{file}") ?? "", StringComparer.Ordinal),
                    ResourceTemplates.Data(ConfigFile.Child(resources, "customData"))
                ),
            };
        }
        catch (Exception e) when (e is YamlException or FormatException)
        {
            throw new AdminPanic("error reading clusters.yaml: " + e.Message);
        }
    }

    private static string? File(Func<string, byte[]?> read, string path) => read(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The namespace of a project and domain.</summary>
    public string Namespace(string project, string domain) =>
        NamespaceTemplate.Replace("{{ project }}", project, StringComparison.Ordinal).Replace("{{ domain }}", domain, StringComparison.Ordinal);

    /// <summary>Loads every cluster's credential, the disabled ones' too.</summary>
    private static Dictionary<string, (string Token, string Authority)> Load(ClustersConfig config, Func<string, byte[]?> read)
    {
        if (config.Clusters.GroupBy(c => c.Name, StringComparer.Ordinal).Any(g => g.Count() > 1))
            throw new AdminPanic("Duplicate cluster names in runtime config");
        var credentials = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var cluster in config.Clusters.Where(c => !c.InCluster))
        {
            if (read(cluster.TokenPath) is not { } token)
                throw new AdminPanic(
                    $"Failed to get auth token: open {cluster.TokenPath}: no such file or directory\nfailed to read k8s bearer token from configured path"
                );
            if (read(cluster.CertPath) is not { } certificate)
                throw new AdminPanic(
                    $"Failed to get auth CA: open {cluster.CertPath}: no such file or directory\nfailed to read k8s CA cert from configured path"
                );
            var authority = Encoding.UTF8.GetString(certificate);
            if (authority.Length > 0 && !IsPem(authority))
                throw new AdminPanic("unable to load root certificates: unable to parse bytes as PEM block");
            credentials[cluster.Name] = (Encoding.UTF8.GetString(token), authority);
        }

        return credentials;
    }

    /// <summary>Whether Go's pem.Decode finds a certificate: unlike others it wants the end line to begin a line.</summary>
    private static bool IsPem(string text)
    {
        var begin = text.IndexOf("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
        return begin >= 0 && text.IndexOf("\n-----END CERTIFICATE-----", begin, StringComparison.Ordinal) > begin;
    }

    // Whole seconds, minutes or hours, as values files write it.
    private static TimeSpan? Interval(string text)
    {
        var unit =
            text.Length > 1
                ? text[^1] switch
                {
                    's' => 1,
                    'm' => 60,
                    'h' => 3600,
                    _ => 0,
                }
                : 0;
        return unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? TimeSpan.FromSeconds((long)number * unit)
            : null;
    }
}

/// <summary>flyteadmin ends at once.</summary>
/// <param name="message">The last it says.</param>
internal sealed class AdminPanic(string message) : Exception(message);
