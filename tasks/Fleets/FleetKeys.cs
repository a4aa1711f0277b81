namespace Flyte.MultiCluster.Fleets;

/// <summary>
/// The keys a fleet file may hold, by section: the one list that the reader goes by. <c>values/fleet.schema.json</c> documents the
/// same keys; a test holds the two together.
/// </summary>
public static class FleetKeys
{
    /// <summary>What a top-level key begins with that the reader leaves alone: a home for anchors.</summary>
    public const string ExtensionPrefix = "x-";

    /// <summary>Keys of the file itself.</summary>
    public static IReadOnlyList<string> Root { get; } =
        ["flyte", "controlPlane", "dataPlanes", "labels", "defaultLabel", "cloud", "executionLabels", "sandbox"];

    /// <summary>Keys of <c>flyte</c>.</summary>
    public static IReadOnlyList<string> Flyte { get; } = ["chart", "namespace", "endpoint", "insecure", "catalog", "values"];

    /// <summary>Keys of <c>flyte.chart</c>.</summary>
    public static IReadOnlyList<string> Chart { get; } = ["repository", "name", "version", "path"];

    /// <summary>Keys of <c>flyte.catalog</c>.</summary>
    public static IReadOnlyList<string> Catalog { get; } = ["endpoint", "insecure"];

    /// <summary>Keys of <c>controlPlane</c>.</summary>
    public static IReadOnlyList<string> ControlPlane { get; } = ["name", "context", "release", "values", "runsWorkflows"];

    /// <summary>Keys of an item of <c>dataPlanes</c>.</summary>
    public static IReadOnlyList<string> DataPlane { get; } = ["name", "context", "enabled", "endpoint", "release", "values"];

    /// <summary>Keys of an item of a label.</summary>
    public static IReadOnlyList<string> WeightedCluster { get; } = ["id", "weight"];

    /// <summary>Keys of <c>cloud</c>.</summary>
    public static IReadOnlyList<string> Cloud { get; } = ["provider"];
}
