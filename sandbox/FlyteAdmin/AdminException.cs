using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin;

/// <summary>The codes of gRPC that flyteadmin answers.</summary>
internal enum AdminCode
{
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>A call that flyteadmin refuses.</summary>
/// <param name="code">Why, as gRPC says it.</param>
/// <param name="message">Why, in flyteadmin's words.</param>
internal sealed class AdminException(AdminCode code, string message) : Exception(message)
{
    public AdminCode Code => code;

    /// <summary>Whether an event was refused because it came from another cluster than the execution's.</summary>
    public bool IsOfAnotherCluster { get; init; }

    /// <summary>What the answer says in <c>details</c>; null for nothing.</summary>
    public JsonObject? Detail { get; init; }

    public static AdminException Invalid(string message) => new(AdminCode.InvalidArgument, message);

    public static AdminException Missing(string field) => Invalid($"missing {field}");

    public static AdminException NotFound(string message) => new(AdminCode.NotFound, message);

    /// <summary>The HTTP status that grpc-gateway gives a code.</summary>
    public static int HttpStatus(AdminCode code) =>
        code switch
        {
            AdminCode.InvalidArgument or AdminCode.FailedPrecondition => StatusCodes.Status400BadRequest,
            AdminCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            AdminCode.PermissionDenied => StatusCodes.Status403Forbidden,
            AdminCode.NotFound => StatusCodes.Status404NotFound,
            AdminCode.AlreadyExists => StatusCodes.Status409Conflict,
            AdminCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
            AdminCode.Unimplemented => StatusCodes.Status501NotImplemented,
            AdminCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            AdminCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
            _ => StatusCodes.Status500InternalServerError,
        };

    /// <summary>The code that fits an HTTP status.</summary>
    public static AdminCode OfHttpStatus(int status) =>
        Enum.GetValues<AdminCode>()
            .Where(c => c is not (AdminCode.FailedPrecondition or AdminCode.Unknown or AdminCode.Internal))
            .FirstOrDefault(c => HttpStatus(c) == status, status == StatusCodes.Status500InternalServerError ? AdminCode.Internal : AdminCode.Unknown);
}
