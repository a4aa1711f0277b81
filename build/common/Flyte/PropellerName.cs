using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>
/// The cluster's name that a flytepropeller gives in its events (<c>flytepropeller.clusterName</c>, <c>--propeller.cluster-id</c>). flyteadmin
/// refuses the events of another cluster than the one that it stored at the execution's start, and flytepropeller then ends the execution; an
/// empty name, and <c>propeller</c>, it takes from everywhere (flyteadmin's pkg/common/executions.go and execution_manager.go).
/// </summary>
public static class PropellerName
{
    /// <summary>flytepropeller's argument.</summary>
    public const string Argument = "--propeller.cluster-id";

    private const string Section = "flytepropeller";
    private const string Anonymous = "propeller";

    private static readonly string[] Lists = ["command", "args"];

    /// <summary>Whether it is not a name: events under it are taken from every cluster.</summary>
    /// <param name="name">The name; null for none.</param>
    public static bool IsFree(string? name) => string.IsNullOrEmpty(name) || name == Anonymous;

    /// <summary>Whether flyteadmin makes no difference between two names.</summary>
    /// <param name="one">A name; null for none.</param>
    /// <param name="other">The other one.</param>
    public static bool Same(string? one, string? other) => one == other || (IsFree(one) && IsFree(other));

    /// <summary>The name as Helm values have it.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The name, empty where they say that there is none; null where they say nothing.</returns>
    public static string? OfValues(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Given(values[Section]?["extraArgs"] as JsonArray)
            ?? Text(values[Section]?["clusterName"])
            ?? Text(values["configmap"]?["core"]?["propeller"]?["cluster-id"]);
    }

    /// <summary>The name that a Deployment's pods give.</summary>
    /// <param name="deployment">Deployment flytepropeller.</param>
    /// <returns>The name; null where its containers have no such argument.</returns>
    public static string? OfDeployment(JsonObject deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        var containers = (deployment["spec"]?["template"]?["spec"]?["containers"] as JsonArray ?? []).OfType<JsonObject>();
        return Given(containers.SelectMany(container => Lists.SelectMany(list => container[list] as JsonArray ?? [])));
    }

    /// <summary>The name to write over what the user's files say. What is live stays; a name that is another cluster's becomes the right one.</summary>
    /// <param name="cluster">The cluster's name in the fleet.</param>
    /// <param name="files">What the user's files say; null for nothing.</param>
    /// <param name="live">What is live; null for nothing.</param>
    /// <param name="isNew">Whether flytepropeller is installed now, where nothing runs yet, and is to get a name.</param>
    /// <returns>The name; null to leave it to the files.</returns>
    public static string? Choose(string cluster, string? files, string? live, bool isNew)
    {
        if (files is null && live is null)
            return isNew ? cluster : null;
        if (!IsFree(files ?? live))
            return cluster;
        return files is null && live!.Length > 0 ? live : null;
    }

    /// <summary>The name for a message.</summary>
    /// <param name="name">The name; null for none.</param>
    public static string Format(string? name) => string.IsNullOrEmpty(name) ? "no name" : $"'{name}'";

    // The last one counts, as it does to flytepropeller.
    private static string? Given(IEnumerable<JsonNode?>? list)
    {
        string[] words = [.. (list ?? []).Select(word => word?.ToString() ?? string.Empty)];
        var at = Array.FindLastIndex(words, word => word == Argument || word.StartsWith(Argument + "=", StringComparison.Ordinal));
        return at < 0 ? null
            : words[at].Length > Argument.Length ? words[at][(Argument.Length + 1)..]
            : words.ElementAtOrDefault(at + 1) ?? string.Empty;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value ? value.ToString() : null;
}
