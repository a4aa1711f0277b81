using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>
/// What this program has applied in a cluster, in a ConfigMap there. An object is noted before it is applied and struck out after it was
/// deleted, so that a run that was killed loses none.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The cluster.</param>
public sealed class Inventory(FleetRun run, ClusterRun cluster)
{
    /// <summary>The ConfigMap's name.</summary>
    public const string Name = $"{FieldManagers.Tool}-inventory";

    private const string Key = "objects";

    private string? _live;

    private string Path => KubernetesPaths.Core(run.Namespace, "configmaps", Name);

    /// <summary>Reads what is noted.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<ObjectId>> ReadAsync(CancellationToken cancellationToken)
    {
        _live = (string?)(await cluster.Api.GetAsync(Path, cancellationToken))?["data"]?[Key];
        return Parse(_live);
    }

    /// <summary>The objects of an inventory's text.</summary>
    /// <param name="text">The text; null for none.</param>
    public static IReadOnlyList<ObjectId> Parse(string? text) =>
        [.. (text ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ObjectId.Parse).OfType<ObjectId>()];

    /// <summary>The objects that a live inventory names.</summary>
    /// <param name="configMap">The ConfigMap; null for none.</param>
    public static IReadOnlyList<ObjectId> Of(JsonObject? configMap) => Parse((string?)configMap?["data"]?[Key]);

    /// <summary>Deletes the ConfigMap, once nothing that it names is left; nothing where there is none.</summary>
    /// <param name="gate">The gate that the change passes.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> DeleteAsync(IChangeGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(gate);
        if (await cluster.Api.GetAsync(Path, cancellationToken) is null)
            return false;
        await gate.PassAsync(
            new Change(cluster.Name, "ConfigMap", run.Namespace, Name, ChangeAction.Delete, "nothing that was applied is left"),
            (permit, token) => cluster.Api.DeleteAsync(permit, Path, null, token),
            cancellationToken
        );
        return true;
    }

    /// <summary>Notes these objects and no others, where that has changed.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="gate">The gate that the change passes.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Whether that is a change.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> WriteAsync(IEnumerable<ObjectId> objects, IChangeGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(gate);
        string[] lines = [.. objects.Select(id => id.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var text = string.Concat(lines.Select(line => line + "\n"));
        if (text == _live)
            return false;
        var wanted = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = run.Namespace },
            ["data"] = new JsonObject { [Key] = text },
        };
        var change = new Change(
            cluster.Name,
            "ConfigMap",
            run.Namespace,
            Name,
            _live is null ? ChangeAction.Create : ChangeAction.Update,
            $"{lines.Length} applied objects"
        );
        await gate.PassAsync(change, (permit, token) => cluster.Api.ApplyAsync(permit, Path, wanted, FieldManagers.Tool, token), cancellationToken);
        _live = text;
        return true;
    }
}
