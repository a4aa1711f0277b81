using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>A data plane that was drained, as the record says.</summary>
/// <param name="By">Who drained it: user and host.</param>
/// <param name="At">When; null where that cannot be read.</param>
/// <param name="IsRemoved">Whether it was removed afterwards.</param>
public sealed record DrainEntry(string By, DateTimeOffset? At, bool IsRemoved)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var time = At is { } at ? string.Create(CultureInfo.InvariantCulture, $" on {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : string.Empty;
        return $"{(IsRemoved ? "removed" : "drained")}{time} by {By}";
    }
}

/// <summary>
/// The control plane's record of drained and removed data planes, a ConfigMap with one key per data plane: a fleet file that still enables one does not
/// put it back to work.
/// </summary>
/// <param name="run">The run.</param>
public sealed class DrainRecord(FleetRun run)
{
    /// <summary>The ConfigMap's name.</summary>
    public const string Name = "flyte-multicluster-drained";

    private readonly RecordMap _map = new(run, Name);

    /// <summary>Reads it; empty where there is none.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<IReadOnlyDictionary<string, DrainEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, DrainEntry>(StringComparer.Ordinal);
        foreach (var (name, value) in (await _map.ReadAsync(cancellationToken))?["data"] as JsonObject ?? [])
            entries[name] = Entry((string?)value);
        return entries;
    }

    /// <summary>Records data planes as drained or removed through the gate; nothing where all are. One that is removed counts as drained.</summary>
    /// <param name="names">The data planes.</param>
    /// <param name="isRemoved">Whether they are removed.</param>
    /// <param name="gate">The gate.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Whether anything was recorded, or would be with the gate open.</returns>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<bool> AddAsync(IReadOnlyList<string> names, bool isRemoved, IChangeGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(names);
        var recorded = await ReadAsync(cancellationToken);
        string[] added = [.. names.Where(name => recorded.GetValueOrDefault(name) is not { } entry || (isRemoved && !entry.IsRemoved))];
        if (added.Length == 0)
            return false;
        var value = new JsonObject { ["by"] = LeaseHolder.Operator, ["at"] = KubernetesTime.Written(run.ControlPlane.Api.Time.GetUtcNow()) };
        if (isRemoved)
            value["removed"] = true;
        var data = new JsonObject(added.Select(name => KeyValuePair.Create(name, (JsonNode?)value.ToJsonString())));
        await _map.PatchAsync(data, $"record {string.Join(", ", added)} as {(isRemoved ? "removed" : "drained")}", gate, cancellationToken);
        return true;
    }

    /// <summary>Takes data planes out of the record through the gate; nothing where none is in it.</summary>
    /// <param name="names">The data planes.</param>
    /// <param name="gate">The gate.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>Whether any was in it.</returns>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<bool> RemoveAsync(IEnumerable<string> names, IChangeGate gate, CancellationToken cancellationToken)
    {
        var recorded = await ReadAsync(cancellationToken);
        string[] removed = [.. names.Where(recorded.ContainsKey)];
        if (removed.Length == 0)
            return false;
        await _map.PatchAsync(
            new JsonObject(removed.Select(name => KeyValuePair.Create(name, (JsonNode?)null))),
            $"{string.Join(", ", removed)} no longer drained",
            gate,
            cancellationToken
        );
        return true;
    }

    private static DrainEntry Entry(string? text)
    {
        try
        {
            var entry = JsonNode.Parse(text ?? string.Empty) as JsonObject;
            return new DrainEntry((string?)entry?["by"] ?? "somebody", KubernetesTime.Of(entry?["at"]), (bool?)entry?["removed"] ?? false);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new DrainEntry("somebody", null, false);
        }
    }
}
