using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>The gRPC codes in words, as grpc-gateway numbers them in its answers.</summary>
internal static class GrpcCodes
{
    public const string AlreadyExists = nameof(AlreadyExists);
    public const string FailedPrecondition = nameof(FailedPrecondition);
    public const string NotFound = nameof(NotFound);
    public const string Unauthenticated = nameof(Unauthenticated);
    public const string Unimplemented = nameof(Unimplemented);

    private static readonly string[] Names =
    [
        "OK",
        "Canceled",
        "Unknown",
        "InvalidArgument",
        "DeadlineExceeded",
        NotFound,
        AlreadyExists,
        "PermissionDenied",
        "ResourceExhausted",
        FailedPrecondition,
        "Aborted",
        "OutOfRange",
        Unimplemented,
        "Internal",
        "Unavailable",
        "DataLoss",
        Unauthenticated,
    ];

    /// <summary>The word of an answer's <c>code</c>; empty when it is none.</summary>
    public static string Word(JsonNode? code) =>
        code is JsonValue value && value.TryGetValue<int>(out var number) && number >= 0 && number < Names.Length ? Names[number] : string.Empty;
}
