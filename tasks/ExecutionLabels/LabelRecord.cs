using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Changes;
using Flyte.MultiCluster.Fleets;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.ExecutionLabels;

/// <summary>What the record says: which labels this tool set, and which it must put back.</summary>
/// <param name="Owned">The labels that this tool set, as it set them.</param>
/// <param name="Restores">The labels that a deletion takes along and that are to stay.</param>
/// <param name="Exists">Whether the ConfigMap is there.</param>
public sealed record RecordedLabels(IReadOnlyDictionary<LabelScope, string> Owned, IReadOnlyDictionary<LabelScope, string> Restores, bool Exists);

/// <summary>
/// The ConfigMap that records which rows of FlyteAdmin this tool set: a key a row, so that operators who write at once lose nothing of each
/// other's. There is no state file, and FlyteAdmin's rows have no room for a mark.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
public sealed class LabelRecord(FlyteContext context, ControlPlaneRun control)
{
    /// <summary>The ConfigMap's name.</summary>
    public const string Name = "flyte-multicluster-execution-labels";

    private const string Restore = "restore-";

    private string Path => KubernetesPaths.Core(context.Run.Namespace, "configmaps", Name);

    /// <summary>A row's key: a workflow's name may be longer than a key, and hold what no key may.</summary>
    /// <param name="scope">What the row is for.</param>
    public static string Key(LabelScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope.ToString())))[..32];
    }

    /// <summary>Reads the record; empty where there is none. Entries that are not this tool's are passed over.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<RecordedLabels> ReadAsync(CancellationToken cancellationToken)
    {
        var map = await control.Api.GetAsync(Path, cancellationToken);
        var (owned, restores) = (new Dictionary<LabelScope, string>(), new Dictionary<LabelScope, string>());
        foreach (var (key, value) in map?["data"] as JsonObject ?? [])
        {
            if (Row((string?)value) is { } row && key.EndsWith(Key(row.Scope), StringComparison.Ordinal))
                (key.StartsWith(Restore, StringComparison.Ordinal) ? restores : owned)[row.Scope] = row.Label;
        }

        return new RecordedLabels(owned, restores, map is not null);
    }

    /// <summary>Records rows, in one patch; nothing where there are none.</summary>
    /// <param name="live">The record as it was read.</param>
    /// <param name="owned">The rows that this tool is about to set.</param>
    /// <param name="restores">The rows that a deletion will take along.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task AddAsync(RecordedLabels live, IReadOnlyDictionary<LabelScope, string> owned, IReadOnlyDictionary<LabelScope, string> restores, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(live);
        var data = new JsonObject();
        foreach (var (scope, label) in owned.Except(live.Owned))
            data[Key(scope)] = Value(scope, label);
        foreach (var (scope, label) in restores.Except(live.Restores))
            data[Restore + Key(scope)] = Value(scope, label);
        return PatchAsync(live, data, $"note {Count(data.Count, "label")} before {(data.Count == 1 ? "it is" : "they are")} set", cancellationToken);
    }

    /// <summary>Takes rows out of the record, in one patch; nothing where there are none.</summary>
    /// <param name="live">The record as it was read.</param>
    /// <param name="owned">The rows that are no longer this tool's.</param>
    /// <param name="restores">The rows that are back.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task RemoveAsync(RecordedLabels live, IEnumerable<LabelScope> owned, IEnumerable<LabelScope> restores, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(live);
        var data = new JsonObject(owned.Select(Key).Concat(restores.Select(scope => Restore + Key(scope))).Select(key => KeyValuePair.Create(key, (JsonNode?)null)));
        return PatchAsync(live, data, $"forget {Count(data.Count, "label")}", cancellationToken);
    }

    private async Task PatchAsync(RecordedLabels live, JsonObject data, string detail, CancellationToken cancellationToken)
    {
        if (data.Count == 0)
            return;
        var change = new Change(control.Name, "ConfigMap", context.Run.Namespace, Name, live.Exists ? ChangeAction.Update : ChangeAction.Create, detail);
        await context.Gate.PassAsync(
            change,
            async (permit, token) =>
            {
                // The apply names no entry, so it gives up nobody's; a merge patch alone cannot create.
                if (!live.Exists)
                    await control.Api.ApplyAsync(permit, Path, Empty(), FieldManagers.Tool, token);
                await control.Api.MergePatchAsync(permit, Path, new JsonObject { ["data"] = data }, FieldManagers.Tool, token);
            },
            cancellationToken);
    }

    private JsonObject Empty() => new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = context.Run.Namespace } };

    private static string Value(LabelScope scope, string label)
        => new JsonObject { ["project"] = scope.Project, ["domain"] = scope.Domain, ["workflow"] = scope.Workflow, ["label"] = label }.ToJsonString();

    private static (LabelScope Scope, string Label)? Row(string? text)
    {
        try
        {
            return JsonNode.Parse(text ?? string.Empty) is JsonObject row && (string?)row["project"] is { } project && (string?)row["label"] is { } label
                ? (new LabelScope(project, (string?)row["domain"], (string?)row["workflow"]), label)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? string.Empty : "s")}";
}
