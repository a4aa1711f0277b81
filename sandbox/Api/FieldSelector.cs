using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A field selector, <c>metadata.name=x,status.phase!=Running</c>, on the fields that the API server knows for a kind.</summary>
internal sealed class FieldSelector
{
    private const string ByName = "metadata.name";
    private const string ByNamespace = "metadata.namespace";

    // What AddFieldLabelConversionFunc is called with (pkg/apis/*/v1/conversion.go); other kinds have the default's two fields.
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["secrets"] = [ByName, ByNamespace, "type"],
        ["pods"] =
        [
            ByName,
            ByNamespace,
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
        ["namespaces"] = [ByName, "status.phase"],
        ["nodes"] = [ByName, "spec.unschedulable"],
        ["replicasets.apps"] = [ByName, ByNamespace, "status.replicas"],
        ["replicationcontrollers"] = [ByName, ByNamespace, "status.replicas"],
        ["jobs.batch"] = [ByName, ByNamespace, "status.successful"],
        ["services"] = [ByName, ByNamespace, "spec.clusterIP", "spec.type"],
        ["events"] =
        [
            ByName,
            ByNamespace,
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ["events.events.k8s.io"] =
        [
            ByName,
            ByNamespace,
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion",
            "regarding.fieldPath",
            "reason",
            "reportingController",
            "type",
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
            if (Refusal(field, r) is { } refusal)
                throw Errors.BadRequest(refusal);
            selector._terms.Add((field, term[(at + 1)..].TrimStart('='), !unequal));
        }
        return selector;
    }

    // kubectl puts "Unable to find …" before it.
    private static string? Refusal(string field, ResourceInfo r)
    {
        if (Known.TryGetValue(r.GroupResource, out string[]? known))
        {
            return known.Contains(field, StringComparer.Ordinal) ? null
                : r.GroupResource == "jobs.batch" ? $"field label \"{field}\" not supported for Job"
                : $"field label not supported: {field}";
        }
        if (r.IsCustom)
            return field == ByName || (field == ByNamespace && r.Namespaced) ? null : $"field label not supported: {field}";
        return field is ByName or ByNamespace ? null : $"\"{field}\" is not a known field selector: only \"{ByName}\", \"{ByNamespace}\"";
    }

    /// <summary>Whether an object matches.</summary>
    public bool Matches(JsonObject obj)
    {
        foreach ((string field, string value, bool equal) in _terms)
        {
            JsonNode? at = obj;
            foreach (string step in field.Split('.'))
                at = (at as JsonObject)?[step];
            string now = at is JsonValue v
                ? v.TryGetValue(out string? s)
                    ? s
                    : v.ToJsonString()
                : field is "spec.hostNetwork" or "spec.unschedulable"
                    ? "false"
                    : "";
            if (now == value != equal)
                return false;
        }
        return true;
    }
}
