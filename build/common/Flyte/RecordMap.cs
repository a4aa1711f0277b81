using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>
/// A ConfigMap of the control plane in which this tool records something, an entry a key: operators who write at once lose nothing of each other's.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="name">The ConfigMap's name.</param>
public sealed class RecordMap(FleetRun run, string name)
{
    private bool _exists;

    private string Path => KubernetesPaths.Core(run.Namespace, "configmaps", name);

    /// <summary>Reads it.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The ConfigMap; null where there is none.</returns>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task<JsonObject?> ReadAsync(CancellationToken cancellationToken)
    {
        var map = await run.ControlPlane.Api.GetAsync(Path, cancellationToken);
        _exists = map is not null;
        return map;
    }

    /// <summary>Writes entries through the gate, in one patch; <see cref="ReadAsync"/> comes before. Nothing where there is no entry.</summary>
    /// <param name="data">The entries by key; null for one that goes.</param>
    /// <param name="detail">What they are, for the log.</param>
    /// <param name="gate">The gate.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task PatchAsync(JsonObject data, string detail, IChangeGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(gate);
        if (data.Count == 0)
            return;
        var api = run.ControlPlane.Api;
        await gate.PassAsync(
            new Change(run.ControlPlane.Name, "ConfigMap", run.Namespace, name, _exists ? ChangeAction.Update : ChangeAction.Create, detail),
            async (permit, token) =>
            {
                // The apply names no entry, so it gives up nobody's; a merge patch alone cannot create.
                if (!_exists)
                    await api.ApplyAsync(permit, Path, Empty(), FieldManagers.Tool, token);
                await api.MergePatchAsync(permit, Path, new JsonObject { ["data"] = data }, FieldManagers.Tool, token);
            },
            cancellationToken
        );
        _exists = true;
    }

    private JsonObject Empty() =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = run.Namespace },
        };
}
