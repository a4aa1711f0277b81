using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>What names an object in a cluster.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; null for a cluster's own objects.</param>
/// <param name="Name">Its name.</param>
public sealed record ObjectId(string ApiVersion, string Kind, string? Namespace, string Name)
{
    /// <summary>Whether nothing ever deletes it here: everything in it would go too.</summary>
    public bool IsKept => Kind is "Namespace" or "CustomResourceDefinition";

    /// <summary>Its API group; empty for core.</summary>
    public string Group => ApiVersion.LastIndexOf('/') is var slash and > 0 ? ApiVersion[..slash] : string.Empty;

    /// <summary>The id of an object.</summary>
    /// <param name="manifest">The object.</param>
    /// <returns>Its id, as it is written.</returns>
    public static ObjectId Of(JsonObject manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var metadata = manifest["metadata"];
        return new ObjectId(
            (string?)manifest["apiVersion"] ?? "v1",
            (string?)manifest["kind"] ?? string.Empty,
            (string?)metadata?["namespace"],
            (string?)metadata?["name"] ?? string.Empty
        );
    }

    /// <summary>Reads a line of the inventory.</summary>
    /// <param name="line">The line, <c>apps/v1 Deployment flyte/flyteadmin</c>.</param>
    /// <returns>The id; null for a line that is none.</returns>
    public static ObjectId? Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Split(' ') is not [var version, var kind, var place])
            return null;
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new ObjectId(version, kind, null, place) : new ObjectId(version, kind, place[..slash], place[(slash + 1)..]);
    }

    /// <summary>Whether both name one object, whatever the version is that they speak of it in.</summary>
    /// <param name="other">The other.</param>
    public bool IsSame(ObjectId other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Group, Kind, Namespace, Name) == (other.Group, other.Kind, other.Namespace, other.Name);
    }

    /// <summary>An object with nothing but this id.</summary>
    public JsonObject Bare()
    {
        var metadata = new JsonObject { ["name"] = Name };
        if (Namespace is not null)
            metadata["namespace"] = Namespace;
        return new JsonObject
        {
            ["apiVersion"] = ApiVersion,
            ["kind"] = Kind,
            ["metadata"] = metadata,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ApiVersion} {Kind} {(Namespace is null ? string.Empty : $"{Namespace}/")}{Name}";
}
