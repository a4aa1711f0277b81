using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Common.Tools.Gcloud;

/// <summary>gcloud failed: what Google Cloud or gcloud said, and what to do about it.</summary>
public sealed partial class GcloudException : Exception
{
    private const int LongestText = 500;

    // The first that is found counts: a refresh of the login that the network stopped is the network's.
    private static readonly (string Text, string Code)[] Local =
    [
        ("Max retries exceeded", "Unreachable"),
        ("Failed to resolve", "Unreachable"),
        ("Unable to find the server", "Unreachable"),
        ("gcloud crashed (ConnectionError)", "Unreachable"),
        ("gcloud crashed (TransportError)", "Unreachable"),
        ("gcloud crashed (TimeoutError)", "Unreachable"),
        ("does not currently have an active account", "NoAccount"),
        ("do not currently have an active account", "NoAccount"),
        ("does not have any valid credentials", "NoAccount"),
        ("problem refreshing", "UNAUTHENTICATED"),
        ("problem reauthenticating", "UNAUTHENTICATED"),
        ("Reauthentication", "UNAUTHENTICATED"),
        ("to complete reauthentication", "UNAUTHENTICATED"),
        ("does not have permission to access", "PERMISSION_DENIED"),
        ("Projects instance", "NOT_FOUND"),
        ("unrecognized arguments", "Usage"),
        ("Invalid choice", "Usage"),
        ("Must be specified", "Usage"),
    ];

    private GcloudException(string code, string message)
        : base(message) => Code = code;

    /// <summary>
    /// Google's error code (<c>PERMISSION_DENIED</c>), or the reason <c>SERVICE_DISABLED</c>; for gcloud's own errors <c>NoAccount</c>, <c>Unreachable</c>,
    /// <c>Usage</c> or <c>Unknown</c>.
    /// </summary>
    public string Code { get; }

    /// <summary>Whether Google Cloud was busy, so that the same call may succeed later.</summary>
    public bool IsTransient => IsBusy(Code);

    /// <summary>Whether a policy was written by somebody else between gcloud's read and its write: gcloud writes with the etag that it read, and does not try
    /// again itself.</summary>
    public bool IsConflict => Code == "ABORTED";

    /// <summary>Whether Google Cloud says that what was asked for is not there.</summary>
    public bool IsNotFound => Code == "NOT_FOUND";

    /// <summary>Whether there is no login, or one that is of no use: every other call will say the same.</summary>
    public bool IsLogin => Code is "NoAccount" or "UNAUTHENTICATED";

    /// <summary>Reads gcloud's error.</summary>
    /// <param name="command">The command, <c>container clusters describe</c>.</param>
    /// <param name="permission">The permission that it needs, where Google Cloud does not name one.</param>
    /// <param name="project">The project.</param>
    /// <param name="exitCode">gcloud's exit code.</param>
    /// <param name="errors">Its standard error.</param>
    public static GcloudException From(string command, string permission, string? project, int exitCode, IReadOnlyList<string> errors)
    {
        var said = string.Join(' ', errors.Select(line => line.Trim()).Where(line => line.Length > 0));
        var (code, text) = Read(errors, said);
        if (
            code == "PERMISSION_DENIED"
            && (said.Contains("SERVICE_DISABLED", StringComparison.Ordinal) || said.Contains("before or it is disabled", StringComparison.Ordinal))
        )
            code = "SERVICE_DISABLED";
        var shown =
            text.Length == 0 ? "it printed nothing."
            : text.Length > LongestText ? $"{text[..LongestText]}…"
            : text;
        var inBrackets = code is "Unknown" or "Usage" || text.StartsWith(code, StringComparison.Ordinal) ? string.Empty : $" ({code})";
        return new GcloudException(
            code,
            $"gcloud {command} failed (exit code {exitCode}): {shown.TrimEnd('.')}{inBrackets}. {Remedy(code, permission, project, said)}"
        );
    }

    private static (string Code, string Text) Read(IReadOnlyList<string> errors, string said)
    {
        // apitools' own form, when gcloud gave up on a busy server; its headers are of no use to anybody.
        if (Raw().Match(said) is { Success: true } raw)
            return (raw.Groups["status"].Value, raw.Groups["text"].Value);
        var described = Describe(errors);
        if (Grpc().Match(described) is { Success: true } grpc)
            return (grpc.Groups["code"].Value, grpc.Groups["text"].Value);
        if (Response().Match(described) is { Success: true } response)
            return (OfStatus(response.Groups["status"].Value), response.Groups["text"].Value);
        return (Local.FirstOrDefault(one => said.Contains(one.Text, StringComparison.OrdinalIgnoreCase)).Code ?? "Unknown", described);
    }

    // The error itself: without warnings before it, and without details and hints after it.
    private static string Describe(IReadOnlyList<string> errors)
    {
        string[] lines =
        [
            .. errors
                .SkipWhile(line => !line.StartsWith("ERROR:", StringComparison.Ordinal))
                .TakeWhile(line => !Hints().IsMatch(line))
                .Select(line => line.Trim())
                .Where(line => line.Length > 0),
        ];
        return Prefix()
            .Replace(
                string.Join(' ', lines.Length > 0 ? lines : [.. errors.Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(3)]),
                string.Empty
            );
    }

    private static string OfStatus(string status) =>
        status switch
        {
            "400" => "INVALID_ARGUMENT",
            "401" => "UNAUTHENTICATED",
            "403" => "PERMISSION_DENIED",
            "404" => "NOT_FOUND",
            "409" => "ABORTED",
            "429" => "RESOURCE_EXHAUSTED",
            ['5', ..] => "UNAVAILABLE",
            _ => "Unknown",
        };

    private const string OrNoSuchName = "; and check the name: Google Cloud reports the same error if it does not exist";

    private static bool IsBusy(string code) => code is "RESOURCE_EXHAUSTED" or "UNAVAILABLE" or "INTERNAL" or "DEADLINE_EXCEEDED";

    private static string Remedy(string code, string permission, string? project, string said) =>
        code switch
        {
            "NoAccount" => "Log in ('gcloud auth login'; in CI 'gcloud auth activate-service-account --key-file=FILE'), or choose an account ('gcloud config "
                + "set account ACCOUNT').",
            "UNAUTHENTICATED" => "The login has expired, or was revoked: log in again ('gcloud auth login'), and run again.",
            "PERMISSION_DENIED" => $"Have {Permission(said) ?? permission} granted to this login (docs/operations.md, \"Permissions\"), or use one that has it "
                + $"('gcloud auth list'){(said.Contains("may not exist", StringComparison.Ordinal) ? OrNoSuchName : string.Empty)}.",
            "SERVICE_DISABLED" => $"Enable it: gcloud services enable {(Service().Match(said) is { Success: true } match ? match.Value : "SERVICE")}"
                + (project is null ? string.Empty : $" --project {project}"),
            "NOT_FOUND" => "Check its name and the project.",
            "ABORTED" => "Somebody else is changing the same policy: run again; what is done is kept.",
            "INVALID_ARGUMENT" when said.Contains("Identity Pool does not exist", StringComparison.OrdinalIgnoreCase) =>
                "The pool is created with the project's first cluster that has workload identity: turn it on there (see CheckGoogleCloud).",
            "Unreachable" => "Check the network and a proxy ('gcloud info --run-diagnostics').",
            "Usage" => "This gcloud does not support the command: update it ('gcloud components update', or its package).",
            _ when IsBusy(code) => "Google Cloud is busy, or a quota is temporarily exhausted: run again later; what is done is kept.",
            _ => "Fix this and run again; what is done is kept.",
        };

    private static string? Permission(string said) => Permissions().Match(said) is { Success: true } match ? match.Groups["permission"].Value : null;

    [GeneratedRegex("\"message\": ?\"(?<text>[^\"]*)\".*\"status\": ?\"(?<status>[A-Z_]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Raw();

    [GeneratedRegex(@"^(?<code>[A-Z][A-Z_]{4,}): (?<text>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Grpc();

    [GeneratedRegex(@"ResponseError: code=(?<status>\d+), message=(?<text>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Response();

    [GeneratedRegex(
        @"^(- '?@type|- metadata|Usage:|Please run|For detailed information|To search the help|If you would like to report|To check gcloud|This may be due to)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Hints();

    [GeneratedRegex(@"^ERROR: (\(gcloud[^)]*\) )?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Prefix();

    [GeneratedRegex(
        @"(Permission '(?<permission>[A-Za-z.]+)' denied|Required ""(?<permission>[A-Za-z.]+)"" permission|permission: (?<permission>[A-Za-z]+\.[A-Za-z.]+))",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Permissions();

    [GeneratedRegex(@"[a-z-]+\.googleapis\.com(?=(/| |$))(?<!console\.developers\.googleapis\.com)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Service();
}
