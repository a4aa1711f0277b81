using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Stored objects as a version serves them.</summary>
internal static class Serving
{
    /// <summary>A copy in the resource's version.</summary>
    public static JsonObject In(ResourceInfo r, StoredObject stored)
    {
        JsonObject copy = stored.Copy();
        copy["apiVersion"] = r.ApiVersion;
        return copy;
    }

    /// <summary>The JSON bytes in the resource's version, shared when it is the stored one.</summary>
    public static ReadOnlyMemory<byte> Bytes(ResourceInfo r, StoredObject stored) =>
        stored.ApiVersion == r.ApiVersion ? stored.Json : JsonSerializer.SerializeToUtf8Bytes(In(r, stored), JsonReading.Compact);

    /// <summary>The object as meta.k8s.io/v1 PartialObjectMetadata.</summary>
    public static JsonObject Metadata(StoredObject stored) =>
        new()
        {
            ["kind"] = "PartialObjectMetadata",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = stored.View["metadata"]!.DeepClone(),
        };
}
