using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>
/// The worker Pods' identity in <c>cluster_resource_manager</c>'s values: what syncresources makes in each project's namespaces. Both lists are written
/// whole, as Helm replaces lists; where the values files set none, the chart's own are taken.
/// </summary>
/// <param name="identities">The identities.</param>
/// <param name="merged">The values files over the chart's defaults.</param>
public sealed partial class ClusterResourceValues(CloudIdentities identities, JsonObject merged)
{
    private const string Key = "aab_default_service_account";

    private static readonly string[] UsualDomains = ["development", "staging", "production"];

    private readonly List<string> _notes = [];

    /// <summary>What somebody should know, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    private JsonNode? Section => merged["cluster_resource_manager"];

    /// <summary>The template for the service account <c>default</c> of a project's namespace (the chart's values-eks.yaml).</summary>
    public string Template =>
        $$$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: default
              namespace: {{ namespace }}
              annotations:
                {{{identities.Annotation}}}: {{ {{{identities.Variable}}} }}

            """.ReplaceLineEndings("\n");

    /// <summary>The values of <c>cluster_resource_manager</c>; null where the chart's part is off.</summary>
    public JsonObject? Compose()
    {
        if (Section?["enabled"]?.ToJsonString() != "true")
        {
            _notes.Add(
                $"cluster_resource_manager is off in the values files, so nothing annotates the worker Pods' service accounts with {identities.Annotation}."
            );
            return null;
        }

        var values = new JsonObject { ["config"] = new JsonObject { ["cluster_resources"] = new JsonObject { ["customData"] = CustomData() } } };
        if (Templates() is { } templates)
            values["templates"] = templates;
        return values;
    }

    /// <summary>
    /// What a live release has in the two lists and the wanted values have not, as paths. To Helm a list is one leaf; here an entry of either list is one.
    /// A list that the values files set belongs to them, and its entries may change; where they set none, an entry that the live release has otherwise was set
    /// by
    /// somebody, and would fall back to the chart's. What the live release has from its own chart is nobody's.
    /// </summary>
    /// <param name="live">The live release's values.</param>
    /// <param name="chart">The defaults of the chart that the live release was rendered from.</param>
    /// <param name="wanted">The values that it would get.</param>
    /// <param name="files">What the values files set of them.</param>
    public IReadOnlyList<string> Lost(JsonObject live, JsonObject chart, JsonObject wanted, JsonObject files)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(chart);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(files);
        var lost = new List<string>();
        if (DataOf(wanted) is JsonArray data)
        {
            lost.AddRange(
                Missing(Variables(DataOf(live)), Variables(DataOf(chart)), Variables(data), DataOf(files) is not null)
                    .Where(path => !path.EndsWith($".{identities.Variable}", StringComparison.Ordinal))
                    .Select(path => $"cluster_resource_manager.config.cluster_resources.customData.{path}")
            );
        }

        if (TemplatesOf(wanted) is JsonArray templates)
        {
            lost.AddRange(
                Missing(
                        Keyed(TemplatesOf(live)).Where(template => template.Value?.ToString() != Template),
                        Keyed(TemplatesOf(chart)),
                        Keyed(templates),
                        TemplatesOf(files) is not null
                    )
                    .Select(key => $"cluster_resource_manager.templates.{key}")
            );
        }

        return lost;
    }

    private static IEnumerable<string> Missing(
        IEnumerable<KeyValuePair<string, JsonNode?>> live,
        IEnumerable<KeyValuePair<string, JsonNode?>> chart,
        IEnumerable<KeyValuePair<string, JsonNode?>> wanted,
        bool byNameAlone
    )
    {
        var (defaults, has) = (
            chart.ToLookup(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
            wanted.ToLookup(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal)
        );
        return live.Where(entry => !(byNameAlone ? has.Contains(entry.Key) : has[entry.Key].Any(value => ValuesComparison.Same(value, entry.Value))))
            .Where(entry => !defaults[entry.Key].Any(value => ValuesComparison.Same(value, entry.Value)))
            .Select(entry => entry.Key)
            .Distinct(StringComparer.Ordinal);
    }

    // The variable is set in each domain that has data, and in flyteadmin's domains that have none: a template whose variable is not known fails the sync,
    // and with it flyteadmin's start.
    private JsonArray CustomData()
    {
        // flyteadmin takes a map too.
        var list = DataOf(merged) switch
        {
            JsonArray found => (JsonArray)found.DeepClone(),
            JsonObject map => new JsonArray([.. map.Select(entry => new JsonObject { [entry.Key] = entry.Value?.DeepClone() })]),
            _ => [],
        };
        string[] named = [.. Workers(list, identities.Variable).Distinct(StringComparer.Ordinal)];
        if (named.Length > 1)
            _notes.Add(
                $"The values files' customData names several {identities.Variable}, one per domain; the fleet has one for all domains, "
                    + $"{identities.Workers}, which is used instead."
            );
        else if (named is [var one] && CloudIdentities.IsKnown(identities.Workers) && one != identities.Workers)
            _notes.Add($"The values files' customData names {identities.Variable} {one}; the fleet's {identities.Workers} is used instead.");
        foreach (var entry in list.OfType<JsonObject>())
        {
            foreach (var (domain, data) in entry.ToArray())
                entry[domain] = WithVariable(data?.DeepClone());
        }

        var there = list.OfType<JsonObject>().SelectMany(entry => entry).Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var domain in Domains().Where(there.Add))
            list.Add(new JsonObject { [domain] = WithVariable(null) });
        return list;
    }

    private JsonNode WithVariable(JsonNode? data)
    {
        if (data is JsonObject map)
        {
            map[identities.Variable] = Value();
            return map;
        }

        var list = data as JsonArray ?? [];
        var isSet = false;
        foreach (var entry in list.OfType<JsonObject>().Where(entry => entry.ContainsKey(identities.Variable)))
            (entry[identities.Variable], isSet) = (Value(), true);
        if (!isSet)
            list.Add(new JsonObject { [identities.Variable] = Value() });
        return list;
    }

    /// <summary>The workers' identities in customData, one per domain that names one.</summary>
    /// <param name="customData">customData, as values or flyteadmin's <c>cluster_resources.yaml</c> hold it.</param>
    /// <param name="variable">The variable, <c>defaultIamRole</c>.</param>
    public static IEnumerable<string> Workers(JsonNode? customData, string variable) =>
        Entries(customData)
            .SelectMany(domain => Entries(domain.Value))
            .Where(one => one.Key == variable)
            .Select(one => (one.Value as JsonObject)?["value"]?.ToString())
            .OfType<string>();

    private JsonObject Value() => new() { ["value"] = identities.Workers };

    private string[] Domains()
    {
        string[] named = [.. Objects(merged["configmap"]?["domain"]?["domains"]).Select(domain => (string?)domain["id"]).OfType<string>()];
        return named.Length > 0 ? named : UsualDomains;
    }

    // Null: they stay as they are.
    private JsonArray? Templates()
    {
        JsonObject[] found = [.. Objects(TemplatesOf(merged))];
        if (found.Any(template => Text(template).Contains($"{{{{ {identities.Variable} }}}}", StringComparison.Ordinal)))
            return null;
        if (found.FirstOrDefault(IsByHand) is { } byHand)
        {
            _notes.Add(
                $"Template {byHand["key"]} of cluster_resource_manager annotates service account default itself; it is kept, and the fleet's "
                    + $"{identities.Workers} is not used. Write {{{{ {identities.Variable} }}}} there to use it."
            );
            return null;
        }

        // Files are applied in the order of their names, and the namespace has to come first.
        var first = Array.FindIndex(found, template => NamespaceKind().IsMatch(Text(template)));
        var name = first < 0 ? null : (string?)found[first]["key"];
        var key = name is null || string.CompareOrdinal(name, Key) < 0 ? Key : $"{name}_default_service_account";

        // Somebody's own template of that name stays; flyteadmin applies both to the one account.
        while (found.Any(template => (string?)template["key"] == key))
            key += "_identity";
        var list = new JsonArray([.. found.Select(template => template.DeepClone())]);
        list.Insert(Math.Min(first + 1, list.Count), new JsonObject { ["key"] = key, ["value"] = Template });
        return list;
    }

    private bool IsByHand(JsonObject template) =>
        Text(template) is var text
        && text.Contains(identities.Annotation, StringComparison.Ordinal)
        && AccountKind().IsMatch(text)
        && DefaultName().IsMatch(text);

    /// <summary>The entries of customData, or of one of its domains: a map, or a list of maps.</summary>
    internal static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(JsonNode? data) =>
        data switch
        {
            JsonArray list => list.OfType<JsonObject>().SelectMany(entry => entry),
            JsonObject map => map,
            _ => [],
        };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Variables(JsonNode? customData) =>
        Entries(customData).SelectMany(domain => Entries(domain.Value).Select(variable => KeyValuePair.Create($"{domain.Key}.{variable.Key}", variable.Value)));

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Keyed(JsonNode? templates) =>
        Objects(templates).Select(template => KeyValuePair.Create((string?)template["key"] ?? string.Empty, template["value"]));

    internal static JsonNode? DataOf(JsonObject values) => values["cluster_resource_manager"]?["config"]?["cluster_resources"]?["customData"];

    private static JsonNode? TemplatesOf(JsonObject values) => values["cluster_resource_manager"]?["templates"];

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    private static string Text(JsonObject template) => template["value"]?.ToString() ?? string.Empty;

    [GeneratedRegex(@"^kind:\s*[""']?Namespace[""']?\s*$", RegexOptions.Multiline, 1000)]
    private static partial Regex NamespaceKind();

    [GeneratedRegex(@"^kind:\s*[""']?ServiceAccount[""']?\s*$", RegexOptions.Multiline, 1000)]
    private static partial Regex AccountKind();

    [GeneratedRegex(@"^\s+name:\s*[""']?default[""']?\s*$", RegexOptions.Multiline, 1000)]
    private static partial Regex DefaultName();
}
