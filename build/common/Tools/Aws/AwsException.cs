using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>The aws CLI failed: what AWS or the CLI said, and what to do about it.</summary>
public sealed partial class AwsException : Exception
{
    private static readonly (string Text, string Code)[] Local =
    [
        ("Unable to locate credentials", "NoCredentials"),
        ("Partial credentials", "NoCredentials"),
        ("Error loading SSO Token", "ExpiredToken"),
        ("Error when retrieving token from sso", "ExpiredToken"),
        ("session associated with this profile has expired", "ExpiredToken"),
        ("Could not connect to the endpoint URL", "Unreachable"),
        ("Connect timeout on endpoint URL", "Unreachable"),
        ("Read timeout on endpoint URL", "Unreachable"),
        ("doesn't match a supported format", "InvalidRegion"),
        ("You must specify a region", "InvalidRegion"),
        ("could not be found", "NoProfile"),
    ];

    private AwsException(string code, string message, bool isTransient)
        : base(message) => (Code, IsTransient) = (code, isTransient);

    /// <summary>AWS's error code (<c>NoSuchEntity</c>); for the CLI's own errors <c>NoCredentials</c>, <c>ExpiredToken</c>, <c>NoProfile</c>,
    /// <c>InvalidRegion</c>, <c>Unreachable</c> or <c>Unknown</c>.</summary>
    public string Code { get; }

    /// <summary>Whether AWS was busy, so that the same call may succeed later.</summary>
    public bool IsTransient { get; }

    /// <summary>Whether AWS says that what was asked for is not there.</summary>
    public bool IsNotFound => Code is "NoSuchEntity" or "ResourceNotFoundException";

    /// <summary>Reads the CLI's error.</summary>
    /// <param name="command">The command, <c>iam get-role</c>.</param>
    /// <param name="exitCode">The CLI's exit code.</param>
    /// <param name="errors">Its standard error.</param>
    public static AwsException From(string command, int exitCode, IReadOnlyList<string> errors)
    {
        var said = string.Join(' ', errors.Select(line => line.Trim()).Where(line => line.Length > 0));
        var match = ErrorLine().Match(said);
        var code = match.Success
            ? match.Groups["code"].Value
            : Local.FirstOrDefault(one => said.Contains(one.Text, StringComparison.OrdinalIgnoreCase)).Code ?? "Unknown";
        var text =
            match.Success ? $"{match.Groups["text"].Value} ({code})"
            : said.Length > 0 ? said
            : "it printed nothing.";
        return new AwsException(
            code,
            $"aws {command} failed (exit code {exitCode}): {text.TrimEnd('.')}. {Remedy(code, match.Groups["operation"].Value, said)}",
            IsBusy(code)
        );
    }

    private static bool IsBusy(string code) =>
        code
            is "Throttling"
                or "ThrottlingException"
                or "ThrottledException"
                or "RequestLimitExceeded"
                or "TooManyRequestsException"
                or "ServiceUnavailable"
                or "ServiceFailure"
                or "InternalFailure"
                or "ConcurrentModification";

    private static string Remedy(string code, string operation, string said) =>
        code switch
        {
            "NoCredentials" => "Log in ('aws configure', 'aws sso login'), or set AWS_PROFILE.",
            "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" =>
                "The login has expired: log in again ('aws sso login', or new AWS_SESSION_TOKEN), and run again.",
            "NoProfile" => "Set AWS_PROFILE to a profile of ~/.aws/config ('aws configure list-profiles' lists them).",
            "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch" =>
                "AWS does not know this login: check AWS_PROFILE and AWS_ACCESS_KEY_ID, or log in again.",
            "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" =>
                $"Have {Action(operation, said)} granted to this login, or use one that has it (docs/operations.md, \"Permissions\").",
            "Unreachable" => "Check the network, a proxy, and the region in the fleet (cloud.region, region).",
            "InvalidRegion" => "Correct the region in the fleet (cloud.region, or the cluster's own region).",
            "LimitExceeded" => "A quota of the account is exhausted: clean up, or have it raised ('aws service-quotas').",
            "MalformedPolicyDocument" => "AWS rejects the document; does a provider or an account that it names no longer exist?",
            _ when IsBusy(code) => "AWS is busy: run again later; what is done is kept.",
            _ => "Fix this and run again; what is done is kept.",
        };

    private static string Action(string operation, string said) =>
        Performing().Match(said) is { Success: true } match ? match.Groups["action"].Value
        : operation.Length > 0 ? operation
        : "the action";

    [GeneratedRegex(
        @"An error occurred \((?<code>[^)]+)\) when calling the (?<operation>\S+) operation(?: \([^)]*\))?: ?(?<text>.*)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"not authorized to perform: (?<action>[A-Za-z0-9-]+:[A-Za-z0-9*]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Performing();
}
