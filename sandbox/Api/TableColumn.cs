using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>One column of a Table.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Type">string, integer, …</param>
/// <param name="Priority">0 always shown, 1 with <c>-o wide</c>.</param>
/// <param name="Cell">The cell of an object, now.</param>
internal sealed record TableColumn(string Name, string Type, int Priority, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    /// <summary>The format, <c>name</c>.</summary>
    public string Format { get; init; } = "";

    /// <summary>What it says.</summary>
    public string Description { get; init; } = "";

    /// <summary>The name column.</summary>
    public static TableColumn NameColumn { get; } =
        new("Name", "string", 0, (o, _) => o.Metadata("name")) { Format = "name", Description = "Name must be unique within a namespace." };

    /// <summary>The age column.</summary>
    public static TableColumn Age { get; } =
        new("Age", "string", 0, (o, now) => Since(o.Metadata("creationTimestamp"), now)) { Description = "The time since the object was created." };

    /// <summary>The columnDefinitions entry.</summary>
    public JsonObject Definition() =>
        new()
        {
            ["name"] = Name,
            ["type"] = Type,
            ["format"] = Format,
            ["description"] = Description.Length > 0 ? Description : Name,
            ["priority"] = Priority,
        };

    /// <summary>The time since a timestamp as kubectl writes it; <c>&lt;unknown&gt;</c> without one.</summary>
    public static string Since(string? timestamp, DateTimeOffset now) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, out DateTimeOffset at) ? Human(now - at) : "<unknown>";

    /// <summary>A duration as apimachinery's duration.HumanDuration writes it.</summary>
    public static string Human(TimeSpan d)
    {
        long s = (long)d.TotalSeconds;
        return s switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 120 => $"{s}s",
            < 600 => Pair(s / 60, "m", s % 60, "s"),
            < 3 * 3600 => $"{s / 60}m",
            < 8 * 3600 => Pair(s / 3600, "h", s / 60 % 60, "m"),
            < 48 * 3600 => $"{s / 3600}h",
            < 8 * 86400 => Pair(s / 86400, "d", s / 3600 % 24, "h"),
            < 2L * 365 * 86400 => $"{s / 86400}d",
            < 8L * 365 * 86400 => Pair(s / 86400 / 365, "y", s / 86400 % 365, "d"),
            _ => $"{s / 86400 / 365}y",
        };
    }

    private static string Pair(long a, string unitA, long b, string unitB) => b == 0 ? $"{a}{unitA}" : $"{a}{unitA}{b}{unitB}";
}
