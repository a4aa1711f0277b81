using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Reads one YAML document as JSON, plain scalars by the rules of sigs.k8s.io/yaml.</summary>
internal static class YamlJson
{
    /// <summary>Reads a document; null for an empty one.</summary>
    /// <exception cref="ApiException">400 when it is no YAML.</exception>
    public static JsonNode? Parse(string text)
    {
        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 0 ? null : Node(stream.Documents[0].RootNode);
        }
        catch (YamlException e)
        {
            throw Errors.BadRequest("error decoding YAML: " + e.Message);
        }
    }

    private static JsonNode? Node(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                JsonObject obj = [];
                foreach ((YamlNode key, YamlNode value) in map.Children)
                    obj[((YamlScalarNode)key).Value ?? ""] = Node(value);
                return obj;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select(Node)]);
            default:
                YamlScalarNode scalar = (YamlScalarNode)node;
                return scalar.Style == ScalarStyle.Plain && scalar.Tag != "tag:yaml.org,2002:str" ? Plain(scalar.Value ?? "") : JsonValue.Create(scalar.Value);
        }
    }

    private static JsonNode? Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return false;
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return whole;
        bool number = text[0] is '-' or '+' or '.' || char.IsAsciiDigit(text[0]);
        if (number && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
            return real;
        return text;
    }
}
