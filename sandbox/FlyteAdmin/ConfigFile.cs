using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>Reads Flyte's configuration files as Viper does: field names in any case, what is missing is empty.</summary>
internal static class ConfigFile
{
    /// <summary>The first document; null for an empty file.</summary>
    /// <exception cref="YamlException">It is no YAML.</exception>
    public static YamlNode? Root(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count > 0 ? stream.Documents[0].RootNode : null;
    }

    public static YamlNode? Child(YamlNode? node, string name) =>
        (node as YamlMappingNode)?.Children.FirstOrDefault(c => string.Equals(Text(c.Key), name, StringComparison.OrdinalIgnoreCase)).Value;

    public static IEnumerable<YamlNode> Items(YamlNode? node) => node is YamlSequenceNode list ? list.Children : [];

    public static string Text(YamlNode? node) => (node as YamlScalarNode)?.Value ?? "";

    public static string Text(YamlNode? node, string name) => Text(Child(node, name));
}
