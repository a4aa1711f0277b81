using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>A request to flyteadmin.</summary>
/// <param name="Instance">The flyteadmin that answers.</param>
/// <param name="Http">The request.</param>
/// <param name="Body">Its body; null for none.</param>
/// <param name="Strict">Whether unknown fields are refused.</param>
/// <param name="Aborted">Ends with it.</param>
internal sealed record AdminCall(AdminInstance Instance, HttpRequest Http, JsonNode? Body, bool Strict, CancellationToken Aborted)
{
    /// <summary>The path after <c>/api/v1/</c>, part by part; empty for other paths.</summary>
    public string[] Path { get; } = Http.Path.StartsWithSegments("/api/v1", StringComparison.Ordinal, out var rest) ? [.. rest.Value!.Split('/').Skip(1)] : [];

    /// <summary>The body as a message; an empty one where there is none.</summary>
    /// <exception cref="AdminException">It is none of this type.</exception>
    public JsonObject Read(FieldType.Message type) =>
        Body is null
            ? []
            : type.ReadMessage(Body, Strict) ?? throw AdminException.Invalid($"proto: syntax error (line 1:1): unexpected token {Body.ToJsonString()}");

    /// <summary>The kind of attributes that the query asks for; the first without one.</summary>
    /// <exception cref="AdminException">There is no such kind.</exception>
    public string Kind()
    {
        var asked = Http.Query["resource_type"].ToString();
        return Requests.Kind.Find(asked.Length > 0 ? asked : "0")
            ?? throw AdminException.Invalid($"type mismatch, parameter: resource_type, error: {asked} is not valid");
    }
}
