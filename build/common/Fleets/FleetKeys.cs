namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>
/// The keys a fleet file may hold, by section: the one list that the reader goes by. <c>values/fleet.schema.json</c> documents the
/// same keys; a test holds the two together.
/// </summary>
internal static class FleetKeys
{
    /// <summary>What a top-level key begins with that the reader leaves alone: a home for anchors.</summary>
    public const string ExtensionPrefix = "x-";

    /// <summary>Keys of the file itself.</summary>
    public static IReadOnlyList<string> Root { get; } =
    [
        "flyte",
        "controlPlane",
        "dataPlanes",
        "labels",
        "defaultLabel",
        "cloud",
        "flyteAdmin",
        "executionLabels",
        "executionLabelFiles",
        "smoke",
        "pyflyte",
        "credentials",
        "sandbox",
    ];

    /// <summary>Keys of <c>flyte</c>.</summary>
    public static IReadOnlyList<string> Flyte { get; } =
    ["install", "managedBy", "chart", "overlays", "namespace", "endpoint", "insecure", "catalog", "values"];

    /// <summary>Keys of <c>flyte.chart</c>.</summary>
    public static IReadOnlyList<string> Chart { get; } = ["repository", "name", "version", "path"];

    /// <summary>Keys of <c>flyte.overlays</c>.</summary>
    public static IReadOnlyList<string> Overlays { get; } = ["dataPlane", "controlPlane"];

    /// <summary>Keys of <c>flyte.catalog</c>.</summary>
    public static IReadOnlyList<string> Catalog { get; } = ["endpoint", "insecure"];

    /// <summary>Keys of <c>controlPlane</c>.</summary>
    public static IReadOnlyList<string> ControlPlane { get; } = ["name", "context", "release", "values", "runsWorkflows", "cluster", "region", "location"];

    /// <summary>Keys of an item of <c>dataPlanes</c>.</summary>
    public static IReadOnlyList<string> DataPlane { get; } =
    ["name", "context", "enabled", "endpoint", "release", "overlay", "values", "cluster", "region", "location", "create"];

    /// <summary>Keys of an item of a label.</summary>
    public static IReadOnlyList<string> WeightedCluster { get; } = ["id", "weight"];

    /// <summary>Keys of <c>flyteAdmin</c>.</summary>
    public static IReadOnlyList<string> FlyteAdmin { get; } = ["endpoint", "caFile", "auth", "flytectl", "config"];

    /// <summary>Keys of <c>flyteAdmin.auth</c>.</summary>
    public static IReadOnlyList<string> Auth { get; } = ["tokenVariable", "tokenCommand", "clientId", "clientSecretVariable"];

    /// <summary>Keys of <c>credentials</c>.</summary>
    public static IReadOnlyList<string> Credentials { get; } = ["maxAge"];

    /// <summary>Keys of an item of <c>executionLabels</c>.</summary>
    public static IReadOnlyList<string> ExecutionLabel { get; } = ["project", "domain", "workflow", "label"];

    /// <summary>Keys of a file of <c>executionLabelFiles</c>, flytectl's own.</summary>
    public static IReadOnlyList<string> AttributeFile { get; } = ["project", "domain", "workflow", "value"];

    /// <summary>Keys of an item of <c>smoke</c>.</summary>
    public static IReadOnlyList<string> Smoke { get; } = ["project", "domain", "launchPlan", "version", "inputs", "label", "cluster", "timeout"];

    /// <summary>Keys of <c>smoke</c> where it is one pattern for every label.</summary>
    public static IReadOnlyList<string> SmokePattern { get; } = ["project", "domain", "launchPlan", "version", "inputs", "timeout"];

    /// <summary>Keys of <c>pyflyte</c>.</summary>
    public static IReadOnlyList<string> Pyflyte { get; } = ["script", "workflow", "project", "domain", "inputs", "cluster", "timeout"];

    /// <summary>Keys of <c>cloud</c> without a provider.</summary>
    public static IReadOnlyList<string> NoCloud { get; } = ["provider"];

    /// <summary>Keys of <c>cloud</c> on AWS.</summary>
    public static IReadOnlyList<string> Aws { get; } = ["provider", "region", "accountId", "buckets", "roleLayout", "policyName", "roles"];

    /// <summary>Keys of <c>cloud</c> on Google Cloud.</summary>
    public static IReadOnlyList<string> Gcp { get; } = ["provider", "project", "serviceAccounts"];

    /// <summary>All keys of <c>cloud</c>.</summary>
    public static IReadOnlyList<string> Cloud { get; } = [.. Aws.Union(Gcp, StringComparer.Ordinal)];

    /// <summary>Keys of <c>cloud.roles</c> and <c>cloud.serviceAccounts</c>.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["controlPlane", "dataPlane", "workers"];

    /// <summary>Keys of a plane that speak of its cluster in the cloud.</summary>
    public static IReadOnlyList<string> CloudCluster { get; } = ["cluster", "region", "location", "create"];

    /// <summary>Keys of a plane's <c>create</c>.</summary>
    public static IReadOnlyList<string> NewCluster { get; } = ["version", "privateSubnets", "nodeGroup"];

    /// <summary>Keys of <c>nodeGroup</c>.</summary>
    public static IReadOnlyList<string> NodeGroup { get; } = ["name", "instanceType", "nodes"];
}
