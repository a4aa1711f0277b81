using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flyte.MultiCluster.Sandbox.Faults;

/// <summary>What a fault does.</summary>
public enum FaultKind
{
    /// <summary>Closes the connection before any answer.</summary>
    Refuse,

    /// <summary>Answers later.</summary>
    Delay,

    /// <summary>Answers once all faults are removed.</summary>
    Hold,

    /// <summary>Answers a Status of an error code.</summary>
    Status,

    /// <summary>Sends half an answer and cuts the connection.</summary>
    Drop,

    /// <summary>Stops the token controller.</summary>
    TokenNeverFilled,

    /// <summary>New pods run and never become ready.</summary>
    PodsNeverReady,

    /// <summary>New pods crash.</summary>
    PodsCrash,

    /// <summary>New pods cannot pull their image.</summary>
    ImagePull,

    /// <summary>New pods fit on no node.</summary>
    Unschedulable,

    /// <summary>Pods that are deleted go on for the delay.</summary>
    PodsLinger,
}

/// <summary>One fault as posted to the control interface.</summary>
public sealed record Fault
{
    private static readonly string[] Fields = ["cluster", "path", "method", "kind", "status", "delayMs", "count", "name", "after"];

    /// <summary>What it does.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>The cluster; null for every one.</summary>
    public string? Cluster { get; init; }

    /// <summary>Matches a request's path and query; null for all.</summary>
    public Regex? Path { get; init; }

    /// <summary>The HTTP method; null for all.</summary>
    public string? Method { get; init; }

    /// <summary>The code of <see cref="FaultKind.Status"/>.</summary>
    public int Status { get; init; }

    /// <summary>How long <see cref="FaultKind.Delay"/> waits, and <see cref="FaultKind.PodsLinger"/> goes on.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How many requests it meets; null for all.</summary>
    public int? Count { get; init; }

    /// <summary>Matches the name of the Deployment, for the pod kinds; null for all.</summary>
    public Regex? Name { get; init; }

    /// <summary>Matches the request, <c>dataplane1 POST /path?query</c>, after which it begins, of whatever cluster; null for at once.</summary>
    public Regex? After { get; init; }

    /// <summary>Whether it meets requests, and not the controllers.</summary>
    public bool IsOfRequests => Kind <= FaultKind.Drop;

    /// <summary>What it does to pods; null for the other kinds.</summary>
    public PodFault? OfPods =>
        Kind switch
        {
            FaultKind.PodsNeverReady => PodFault.NeverReady,
            FaultKind.PodsCrash => PodFault.Crash,
            FaultKind.ImagePull => PodFault.ImagePull,
            FaultKind.Unschedulable => PodFault.Unschedulable,
            _ => null,
        };

    /// <summary>Reads a fault.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static Fault Read(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Select(field => field.Key).FirstOrDefault(key => !Fields.Contains(key, StringComparer.Ordinal)) is { } unknown)
        {
            throw new FormatException($"a fault has no field \"{unknown}\"; it has {string.Join(", ", Fields)}");
        }

        var kinds = Enum.GetNames<FaultKind>().Select(JsonNamingPolicy.CamelCase.ConvertName).ToList();
        var kind =
            Text(json, "kind") is { } name && kinds.IndexOf(name) is >= 0 and var index
                ? (FaultKind)index
                : throw new FormatException($"\"kind\" must be one of {string.Join(", ", kinds)}");
        var fault = new Fault
        {
            Kind = kind,
            Cluster = Text(json, "cluster"),
            Path = Expression(json, "path"),
            Method = Text(json, "method")?.ToUpperInvariant(),
            Status = Number(json, "status") ?? 429,
            Delay = TimeSpan.FromMilliseconds(Number(json, "delayMs") ?? 1000),
            Count = Number(json, "count"),
            Name = Expression(json, "name"),
            After = Expression(json, "after"),
        };
        return fault switch
        {
            { Kind: FaultKind.Status, Status: < 400 or > 599 } => throw new FormatException("\"status\" must be from 400 to 599"),
            { Delay.Ticks: < 0 } => throw new FormatException("\"delayMs\" must not be negative"),
            { Count: <= 0 } => throw new FormatException("\"count\" must be positive"),
            { Count: not null, IsOfRequests: false } => throw new FormatException($"\"count\" counts requests, of which {Text(json, "kind")} meets none"),
            _ => fault,
        };
    }

    /// <summary>Whether it meets a cluster.</summary>
    public bool Meets(string cluster) => Cluster is null || Cluster == cluster;

    /// <summary>Whether it meets a request.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path and query.</param>
    public bool Meets(string cluster, string method, string path) =>
        IsOfRequests && Meets(cluster) && (Method is null || Method == method) && (Path?.IsMatch(path) ?? true);

    private static string? Text(JsonObject json, string name) =>
        json[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => throw new FormatException($"\"{name}\" must be a string"),
        };

    private static int? Number(JsonObject json, string name) =>
        json[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<int>(out var number) => number,
            _ => throw new FormatException($"\"{name}\" must be a whole number"),
        };

    private static Regex? Expression(JsonObject json, string name)
    {
        try
        {
            return Text(json, name) is { } text ? new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking) : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"\"{name}\" is no regular expression without look-around and back-references: {e.Message}", e);
        }
    }
}
