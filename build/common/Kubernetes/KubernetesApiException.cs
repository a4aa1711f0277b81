using System.Net;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>An API server refused a request, or could not be reached.</summary>
public sealed class KubernetesApiException : Exception
{
    /// <summary>Names the request that failed and what the server said.</summary>
    /// <param name="request">Verb and path, <c>GET /api/v1/namespaces/flyte</c>.</param>
    /// <param name="status">The HTTP status; null when no answer came.</param>
    /// <param name="reason">The Status object's reason, or empty.</param>
    /// <param name="message">The Status object's message, or why no answer came.</param>
    public KubernetesApiException(string request, HttpStatusCode? status, string reason, string message)
        : base($"{request}: {(status is null ? "no answer" : $"{(int)status}{(reason.Length == 0 ? string.Empty : " " + reason)}")}: {message}") =>
        (Status, Reason, ServerMessage) = (status, reason, message);

    /// <summary>The HTTP status; null when no answer came.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The Status object's reason, <c>Forbidden</c>; empty when there was none.</summary>
    public string Reason { get; }

    /// <summary>What the server said.</summary>
    public string ServerMessage { get; }

    /// <summary>The fields of other managers that a server-side apply would have changed; empty for every other refusal.</summary>
    public IReadOnlyList<FieldConflict> Conflicts { get; init; } = [];

    /// <summary>Whether no API server answered at all: the network, the address, or credentials that kubectl could not get.</summary>
    public bool IsUnreachable => Status is null or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;
}
