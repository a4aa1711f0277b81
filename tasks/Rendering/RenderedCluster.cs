using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>What a cluster gets, without credentials.</summary>
/// <param name="Name">The cluster's name in the fleet.</param>
/// <param name="Release">The Helm release's name.</param>
/// <param name="Namespace">Flyte's namespace.</param>
/// <param name="Files">Its values files in Helm's order, by the names that they get.</param>
/// <param name="Values">The same merged.</param>
/// <param name="LeftOut">The paths of the values that look like credentials and are in none of these.</param>
/// <param name="Objects">The objects that the chart renders with these values, without Secrets that hold something.</param>
/// <param name="Secrets">The Secrets that are not among them.</param>
internal sealed record RenderedCluster(
    string Name,
    string Release,
    string Namespace,
    IReadOnlyList<(string Name, JsonObject Values)> Files,
    JsonObject Values,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<JsonObject> Objects,
    IReadOnlyList<SecretKeys> Secrets
)
{
    /// <summary>The objects in which values that look like credentials are masked.</summary>
    public IReadOnlyList<string> Masked { get; init; } = [];

    /// <summary>The folder of its files, below the output folder.</summary>
    public string Folder => $"clusters/{Name}";

    /// <summary>Its name as Kubernetes takes it.</summary>
    public string ObjectName => $"flyte-{Name.Replace('_', '-').ToLowerInvariant()}";

    /// <summary>Says nothing of its content.</summary>
    public override string ToString() => Name;
}

/// <summary>A Secret's keys, without its values.</summary>
/// <param name="Name">The Secret's name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Keys">Its keys, sorted.</param>
/// <param name="IsOfChart">Whether the chart renders it.</param>
internal sealed record SecretKeys(string Name, string Namespace, IReadOnlyList<string> Keys, bool IsOfChart = true);
