namespace Flyte.MultiCluster.Common.Tools.Helm;

/// <summary>A helm command failed.</summary>
public sealed class HelmException : Exception
{
    // As the Go runtime and the API server put it.
    private static readonly string[] TransientReasons =
    [
        "connection reset",
        "connection refused",
        "unexpected EOF",
        ": EOF",
        "GOAWAY",
        "i/o timeout",
        "TLS handshake timeout",
        "error when reading response body",
        "Internal error occurred",
        "InternalError",
        "currently unable to handle the request",
        "too many requests",
        "etcdserver:",
    ];

    // helm 3 and 4: the release's newest revision is pending, or another helm stored that revision first.
    private static readonly string[] BusyReasons =
    [
        "another operation (install/upgrade/rollback) is in progress",
        "release: already exists",
        "cannot re-use a name that is still in use",
        "cannot reuse a name that is still in use",
    ];

    /// <summary>Names the command that failed and what helm said last.</summary>
    /// <param name="command">The subcommand, <c>upgrade</c>.</param>
    /// <param name="exitCode">helm's exit code.</param>
    /// <param name="errors">helm's standard error.</param>
    public HelmException(string command, int exitCode, IReadOnlyList<string> errors)
        : base($"helm {command} failed (exit code {exitCode}): {Last(errors)}") => Errors = string.Join('\n', errors);

    /// <summary>helm's whole standard error.</summary>
    public string Errors { get; }

    /// <summary>Whether a connection broke or the API server stumbled, so that the same command may succeed now.</summary>
    public bool IsTransient => TransientReasons.Any(reason => Errors.Contains(reason, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether another helm is at work on the release, so that this one has changed nothing.</summary>
    public bool IsBusy => BusyReasons.Any(reason => Errors.Contains(reason, StringComparison.Ordinal));

    /// <summary>
    /// Whether objects of the chart are there that are not the release's. Helm looked for them before it stored a revision, so that it has
    /// changed nothing.
    /// </summary>
    public bool IsForeign => Errors.Contains("cannot be imported into the current release", StringComparison.Ordinal);

    private static string Last(IReadOnlyList<string> errors)
    {
        var reported = errors.Where(line => line.Length > 0 && !line.StartsWith("level=", StringComparison.Ordinal)).ToArray();
        var from = Array.FindIndex(reported, line => line.StartsWith("Error:", StringComparison.Ordinal));
        return reported.Length == 0 ? "it printed nothing." : string.Join(' ', reported[Math.Max(from, 0)..].Take(12).Select(line => line.Trim()));
    }
}
