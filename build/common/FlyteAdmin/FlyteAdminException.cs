using System.Net;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>FlyteAdmin refused a call, or did not answer. The message names the call, the code and FlyteAdmin's own words, and no secret.</summary>
public sealed class FlyteAdminException : Exception
{
    /// <summary>Makes the exception of a call.</summary>
    /// <param name="call">The call, <c>PUT /api/v1/project_domain_attributes/team1/development</c>.</param>
    /// <param name="status">The HTTP status; null when there was no answer.</param>
    /// <param name="code">The gRPC code in words, <c>NotFound</c>; <c>Unauthenticated</c> for a login that failed before the call; empty when there is
    /// none.</param>
    /// <param name="adminMessage">FlyteAdmin's message, or why there was no answer.</param>
    public FlyteAdminException(string call, HttpStatusCode? status, string code, string adminMessage)
        : base($"FlyteAdmin: {call}: {(status is { } s ? $"{(int)s}{(code.Length > 0 ? $" {code}" : string.Empty)}: " : string.Empty)}{adminMessage}") =>
        (Status, Code, AdminMessage) = (status, code, adminMessage);

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The gRPC code in words; empty when there is none.</summary>
    public string Code { get; }

    /// <summary>FlyteAdmin's message, or why there was no answer.</summary>
    public string AdminMessage { get; }

    /// <summary>Whether the login failed: FlyteAdmin wants one, or the token endpoint, or what gets the token, refused it.</summary>
    public bool IsLogin =>
        Status == HttpStatusCode.Unauthorized
        || Code is GrpcCodes.Unauthenticated or "invalid_client" or "invalid_grant" or "unauthorized_client" or "invalid_scope";

    /// <summary>Whether nobody answered, or only something in front of FlyteAdmin (502, 503, 504).</summary>
    public bool IsUnreachable =>
        (Status is null && Code.Length == 0) || Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
