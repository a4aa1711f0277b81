using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Deployments;

/// <summary>Tells pod templates apart and gives them the short name that ends up in names and labels.</summary>
internal static class PodTemplateHash
{
    /// <summary>The label that tells a ReplicaSet's pods from those of its siblings.</summary>
    public const string Label = "pod-template-hash";

    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>The hash, in the letters that Kubernetes uses so that no words come out.</summary>
    public static string Of(JsonObject template, long collisions)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(template.ToJsonString() + (collisions > 0 ? collisions.ToString() : "")))
            hash = (hash ^ b) * 16777619u;
        return string.Concat(hash.ToString().Select(digit => Alphabet[digit % Alphabet.Length]));
    }

    /// <summary>Whether two templates are the same but for the hash label.</summary>
    public static bool Same(JsonObject? one, JsonObject? other) => JsonNode.DeepEquals(Plain(one), Plain(other));

    private static JsonObject? Plain(JsonObject? template)
    {
        var copy = template?.Copy();
        copy?.Child("metadata", "labels")?.Remove(Label);
        return copy;
    }
}
