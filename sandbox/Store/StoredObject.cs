using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.Store;

/// <summary>One stored version of an object: never changed, so that answers share its bytes.</summary>
internal sealed class StoredObject
{
    /// <summary>Takes the object over; it must not be changed afterwards.</summary>
    public StoredObject(JsonObject obj, long resourceVersion)
    {
        View = obj;
        ResourceVersion = resourceVersion;
        Json = JsonSerializer.SerializeToUtf8Bytes(obj, JsonReading.Compact);
        Name = obj.Metadata("name") ?? "";
        Namespace = obj.Metadata("namespace") ?? "";
        ApiVersion = obj.Text("apiVersion") ?? "";
    }

    /// <summary>The object, to be read only.</summary>
    public JsonObject View { get; }

    /// <summary>The object as compact JSON, UTF-8; kind and apiVersion come first.</summary>
    public byte[] Json { get; }

    /// <summary>The store's counter when this version was written.</summary>
    public long ResourceVersion { get; }

    /// <summary>The object's name.</summary>
    public string Name { get; }

    /// <summary>The object's namespace, empty when cluster-scoped.</summary>
    public string Namespace { get; }

    /// <summary>The version it was written in.</summary>
    public string ApiVersion { get; }

    /// <summary>A copy that may be changed.</summary>
    public JsonObject Copy() => (JsonObject)JsonNode.Parse(Json)!;
}
