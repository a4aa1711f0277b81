using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A field selector, <c>metadata.name=x,status.phase!=Running</c>, on the fields that the API server knows for a kind.</summary>
internal sealed class FieldSelector
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["Secret"] = ["type"],
        ["Pod"] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP", "status.nominatedNodeName"],
        ["Namespace"] = ["status.phase"],
        ["Node"] = ["spec.unschedulable"],
        ["ReplicaSet"] = ["status.replicas"],
        ["ReplicationController"] = ["status.replicas"],
        ["Job"] = ["status.successful"],
        ["Service"] = ["spec.clusterIP", "spec.type"],
        ["Event"] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "regarding.kind", "regarding.name", "regarding.namespace", "reason", "reportingComponent", "source", "type",
        ],
    };

    private readonly List<(string Field, string Value, bool Equal)> _terms = [];

    /// <summary>Whether everything matches.</summary>
    public bool IsEmpty => _terms.Count == 0;

    /// <summary>The name that the selector asks for, if it does.</summary>
    public string? Name => _terms.Where(t => t is { Field: "metadata.name", Equal: true }).Select(t => t.Value).FirstOrDefault();

    /// <summary>Reads a selector; null and empty select everything.</summary>
    /// <exception cref="ApiException">400 for a field that cannot be selected on.</exception>
    public static FieldSelector Parse(string? text, ResourceInfo r)
    {
        FieldSelector selector = new();
        foreach (string term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int at = term.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
                throw Errors.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            bool unequal = term[at - 1] == '!';
            string field = term[..(unequal ? at - 1 : at)];
            if (field is not ("metadata.name" or "metadata.namespace") && !(Known.TryGetValue(r.Kind, out string[]? known) && known.Contains(field, StringComparer.Ordinal)))
                throw Errors.BadRequest($"Unable to find \"{r.Group}/{r.Version}, Resource={r.Plural}\" that match label selector \"\", field selector \"{text}\": field label not supported: {field}");
            selector._terms.Add((field, term[(at + 1)..].TrimStart('='), !unequal));
        }
        return selector;
    }

    /// <summary>Whether an object matches.</summary>
    public bool Matches(JsonObject obj)
    {
        foreach ((string field, string value, bool equal) in _terms)
        {
            JsonNode? at = obj;
            foreach (string step in field.Split('.'))
                at = (at as JsonObject)?[step];
            string now = at is JsonValue v ? v.TryGetValue(out string? s) ? s : v.ToJsonString() : "";
            if (now == value != equal)
                return false;
        }
        return true;
    }
}
