using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A request's body as JSON, with what the decoder has to say about it.</summary>
/// <param name="Json">The document; null for an empty body.</param>
/// <param name="Duplicates">Paths of fields given twice.</param>
internal sealed record RequestBody(JsonNode? Json, IReadOnlyList<string> Duplicates);

/// <summary>Reads request bodies: JSON, YAML and protobuf.</summary>
internal static class Bodies
{
    /// <summary>The largest body that is taken, as etcd and the API server limit it.</summary>
    public const int Limit = 3 * 1024 * 1024;

    /// <summary>Reads an object by its content type.</summary>
    /// <exception cref="ApiException">400, 413 or 415.</exception>
    public static async Task<RequestBody> Object(HttpContext context)
    {
        byte[] bytes = await Bytes(context);
        string type = MediaType(context);
        if (bytes.Length == 0)
            return new(null, []);
        return type switch
        {
            Protobuf.ContentType => new(Protobuf.Decode(bytes), []),
            "application/json" or "" or "*/*" => Json(bytes),
            "application/yaml" => Yaml(bytes),
            _ => throw Errors.UnsupportedMediaType(
                $"the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, {Protobuf.ContentType}"
            ),
        };
    }

    /// <summary>Reads a JSON document.</summary>
    public static RequestBody Json(ReadOnlySpan<byte> bytes)
    {
        List<string> duplicates = [];
        try
        {
            return new(JsonBody.Parse(bytes, duplicates), duplicates);
        }
        catch (JsonException e)
        {
            throw Errors.BadRequest("error decoding the body: " + e.Message);
        }
    }

    /// <summary>Reads YAML, of which JSON is a part.</summary>
    public static RequestBody Yaml(byte[] bytes)
    {
        int first = bytes.AsSpan().IndexOfAnyExcept(" \r\n\t"u8);
        if (first >= 0 && bytes[first] == (byte)'{')
        {
            try
            {
                List<string> duplicates = [];
                return new(JsonBody.Parse(bytes, duplicates), duplicates);
            }
            catch (JsonException)
            {
                // A YAML flow mapping starts alike.
            }
        }
        return new(YamlJson.Parse(Encoding.UTF8.GetString(bytes)), []);
    }

    /// <summary>The body's bytes.</summary>
    /// <exception cref="ApiException">413 for a body over the limit.</exception>
    public static async Task<byte[]> Bytes(HttpContext context)
    {
        if (context.Request.ContentLength > Limit)
            throw TooLarge();
        using MemoryStream all = new((int)(context.Request.ContentLength ?? 0));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16384);
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                all.Write(buffer, 0, read);
                if (all.Length > Limit)
                    throw TooLarge();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return all.ToArray();
    }

    /// <summary>The content type without parameters.</summary>
    public static string MediaType(HttpContext context)
    {
        string type = context.Request.ContentType ?? "";
        int semicolon = type.IndexOf(';', StringComparison.Ordinal);
        return (semicolon < 0 ? type : type[..semicolon]).Trim();
    }

    private static ApiException TooLarge() => new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {Limit}");
}
