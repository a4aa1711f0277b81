using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Core;

/// <summary>Writes Events; the same one again raises the count of the first.</summary>
internal sealed class EventRecorder(Cluster cluster, string component, string? host = null)
{
    private const int Remembered = 2000;
    private readonly Dictionary<(string Uid, string Reason, string Message, string? FieldPath), ObjectKey> written = [];

    public void Normal(JsonObject about, string reason, string message, string? fieldPath = null) => Record(about, "Normal", reason, message, fieldPath);

    public void Warning(JsonObject about, string reason, string message, string? fieldPath = null) => Record(about, "Warning", reason, message, fieldPath);

    private void Record(JsonObject about, string type, string reason, string message, string? fieldPath)
    {
        var identity = (about.Metadata("uid") ?? "", reason, message, fieldPath);
        try
        {
            if (written.TryGetValue(identity, out var key) && cluster.Modify(key, Again, component) is not null)
                return;
            if (written.Count >= Remembered)
                written.Clear();
            written[identity] = Create(about, type, reason, message, fieldPath);
        }
        catch (ApiException e) when (e.Code is 403 or 404 or 409)
        {
            // The namespace is going, or went: so do its events.
        }
    }

    private void Again(JsonObject e)
    {
        e["count"] = (e.Number("count") ?? 1) + 1;
        e["lastTimestamp"] = cluster.Timestamp;
    }

    private ObjectKey Create(JsonObject about, string type, string reason, string message, string? fieldPath)
    {
        var ns = about.Metadata("namespace") ?? "default";
        var name = $"{about.Metadata("name")}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var involved = new JsonObject
        {
            ["kind"] = about.Text("kind"),
            ["namespace"] = about.Metadata("namespace"),
            ["name"] = about.Metadata("name"),
            ["uid"] = about.Metadata("uid"),
            ["apiVersion"] = about.Text("apiVersion"),
            ["resourceVersion"] = about.Metadata("resourceVersion"),
        };
        if (fieldPath is not null)
            involved["fieldPath"] = fieldPath;
        var source = new JsonObject { ["component"] = component };
        if (host is not null)
            source["host"] = host;
        cluster.Create(
            "",
            "events",
            ns,
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Event",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
                ["involvedObject"] = involved,
                ["reason"] = reason,
                ["message"] = message,
                ["source"] = source,
                ["firstTimestamp"] = cluster.Timestamp,
                ["lastTimestamp"] = cluster.Timestamp,
                ["count"] = 1,
                ["type"] = type,
                ["eventTime"] = null,
                ["reportingComponent"] = component,
                ["reportingInstance"] = host ?? "",
            },
            component
        );
        return new ObjectKey("", "events", ns, name);
    }
}
