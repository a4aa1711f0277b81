using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>The shapes an answer can have.</summary>
internal enum AnswerShape
{
    /// <summary>The object itself.</summary>
    Object,

    /// <summary>A meta.k8s.io Table.</summary>
    Table,

    /// <summary>Metadata only.</summary>
    Metadata,

    /// <summary>An aggregated discovery document, v2.</summary>
    Discovery,

    /// <summary>An aggregated discovery document, v2beta1.</summary>
    DiscoveryBeta,
}

/// <summary>Picks the answer's shape from the Accept header. The encoding is always JSON: clients that prefer protobuf take it as well.</summary>
internal static class Negotiation
{
    /// <summary>The first shape in the header that is served.</summary>
    /// <exception cref="ApiException">406 when there is none.</exception>
    public static AnswerShape Shape(HttpRequest request)
    {
        string accept = request.Headers.Accept.ToString();
        if (accept.Length == 0)
            return AnswerShape.Object;
        foreach (string range in accept.Split(','))
        {
            string[] parts = [.. range.Split(';').Select(p => p.Trim())];
            if (parts[0] is not ("application/json" or "*/*" or "application/*"))
                continue;
            string? shape = parts.FirstOrDefault(p => p.StartsWith("as=", StringComparison.Ordinal))?[3..];
            switch (shape)
            {
                case null:
                    return AnswerShape.Object;
                case "Table":
                    return AnswerShape.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList":
                    return AnswerShape.Metadata;
                case "APIGroupDiscoveryList":
                    return parts.Contains("v=v2beta1", StringComparer.Ordinal) ? AnswerShape.DiscoveryBeta : AnswerShape.Discovery;
            }
        }
        throw new ApiException(406, "NotAcceptable", "only the following media types are accepted: application/json");
    }
}
