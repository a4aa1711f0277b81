using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>The control plane's Secret <c>cluster-credentials</c>; its name is written into the chart's syncresources Deployment.</summary>
/// <param name="run">The run.</param>
public sealed class CredentialsSecret(FleetRun run)
{
    /// <summary>The Secret's name.</summary>
    public const string Name = "cluster-credentials";

    /// <summary>Where flyteadmin sees the Secret's keys as files.</summary>
    public const string MountPath = "/var/run/credentials";

    private const int WarnBytes = 700 * 1024;

    // The API server's limit on a Secret's data, all decoded values together.
    private const int MostBytes = 1024 * 1024;

    private string Path => KubernetesPaths.Core(run.Namespace, "secrets", Name);

    /// <summary>The key whose file flyteadmin sees at a path.</summary>
    /// <param name="path">The path; null for none.</param>
    /// <returns>The key; null where the path is not in <see cref="MountPath"/>.</returns>
    public static string? KeyAt(string? path) =>
        path is not null && path.StartsWith(MountPath + "/", StringComparison.Ordinal) ? path[(MountPath.Length + 1)..] : null;

    /// <summary>The name of the Secret that a Deployment mounts at <see cref="MountPath"/>: by hand it may have any.</summary>
    /// <param name="deployment">The Deployment; null for none.</param>
    /// <returns>The name; null where none is mounted there.</returns>
    public static string? MountedName(JsonObject? deployment)
    {
        var spec = deployment?["spec"]?["template"]?["spec"];
        var volumes = (spec?["containers"] as JsonArray ?? [])
            .SelectMany(container => container?["volumeMounts"] as JsonArray ?? [])
            .Where(mount => mount?["mountPath"]?.ToString().TrimEnd('/') == MountPath)
            .Select(mount => mount!["name"]?.ToString())
            .ToHashSet(StringComparer.Ordinal);
        return (spec?["volumes"] as JsonArray ?? [])
            .Where(volume => volumes.Contains(volume?["name"]?.ToString()))
            .Select(volume => volume?["secret"]?["secretName"]?.ToString())
            .FirstOrDefault(name => name is not null);
    }

    /// <summary>When a key was last written, to the second.</summary>
    /// <param name="secret">The Secret; null for none.</param>
    /// <param name="key">The key.</param>
    /// <returns>The latest write of all field managers that own the key; null where the Secret does not say.</returns>
    public static DateTimeOffset? WrittenAt(JsonObject? secret, string key) =>
        (secret?["metadata"]?["managedFields"] as JsonArray ?? [])
            .Where(entry => entry?["fieldsV1"]?["f:data"]?[$"f:{key}"] is not null)
            .Select(entry => KubernetesTime.Of(entry!["time"]))
            .Append(null)
            .Max();

    /// <summary>When a data plane's credential was last written, to the second: the later one of its two keys.</summary>
    /// <param name="secret">The Secret; null for none.</param>
    /// <param name="plane">The data plane.</param>
    /// <returns>The time; null where the Secret does not say.</returns>
    public static DateTimeOffset? WrittenAt(JsonObject? secret, DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return new[] { WrittenAt(secret, plane.Spec.TokenKey), WrittenAt(secret, plane.Spec.CaKey) }.Max();
    }

    /// <summary>Reads the Secret; null where there is none.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject?> ReadAsync(CancellationToken cancellationToken) => run.ControlPlane.Api.GetAsync(Path, cancellationToken);

    /// <summary>Whether the Secret has both keys of a data plane's credential, whatever they hold.</summary>
    /// <param name="secret">The Secret; null for none.</param>
    /// <param name="plane">The data plane.</param>
    public static bool HasKeys(JsonObject? secret, DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return secret?["data"]?[plane.Spec.TokenKey] is not null && secret["data"]?[plane.Spec.CaKey] is not null;
    }

    /// <summary>Whether the Secret holds the data plane's credential, byte for byte; false when the credential is not known.</summary>
    public static bool Holds(JsonObject? secret, DataPlaneRun plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        var data = secret?["data"];
        return plane.Credential is { } credential
            && (string?)data?[plane.Spec.TokenKey] == credential.Token
            && (string?)data[plane.Spec.CaKey] == credential.CaCertificate;
    }

    /// <summary>Stores a data plane's two entries by server-side apply, as a field manager of its own: no other entry is touched.</summary>
    /// <param name="live">The Secret as it was before, to say what changes; null where there is none.</param>
    /// <param name="plane">The data plane.</param>
    /// <param name="gate">The gate that the change passes.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="InvalidOperationException">The data plane's credential was not collected.</exception>
    /// <returns>The Secret as it is then; with the gate closed, as it would be.</returns>
    public async Task<JsonObject> ApplyAsync(JsonObject? live, DataPlaneRun plane, IChangeGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plane);
        ArgumentNullException.ThrowIfNull(gate);
        if (plane.Credential is null && gate.IsOpen)
            throw new InvalidOperationException($"The credential of {plane.Name} was not collected, so there is nothing to store.");
        var isNew = live?["data"]?[plane.Spec.TokenKey] is null;
        var change = new Change(
            run.ControlPlane.Name,
            "Secret",
            run.Namespace,
            Name,
            live is null ? ChangeAction.Create : ChangeAction.Update,
            $"{(isNew ? "add" : "replace")} the credential of {plane.Name}"
        )
        {
            Difference = _ => Task.FromResult(ObjectDifferences.Of(new ObjectPair("Secret", run.Namespace, Name, Entries(live, plane), Entries(plane)))),
        };
        var stored = Entries(plane);
        await gate.PassAsync(
            change,
            async (permit, token) => stored = await run.ControlPlane.Api.ApplyAsync(permit, Path, Entries(plane), FieldManagers.Of(plane.Name), token),
            cancellationToken
        );
        return stored;
    }

    /// <summary>Deletes keys through the gate; nothing where the Secret has none of them.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="owner">The data plane whose credential they are.</param>
    /// <param name="gate">The gate that the change passes.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Whether there were any.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> DeleteAsync(IEnumerable<string> keys, string owner, IChangeGate gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(gate);
        var data = (await ReadAsync(cancellationToken))?["data"] as JsonObject;
        string[] found = [.. keys.Distinct(StringComparer.Ordinal).Where(key => data?.ContainsKey(key) == true)];
        if (found.Length == 0)
            return false;
        var patch = new JsonObject(found.Select(key => KeyValuePair.Create(key, (JsonNode?)null)));
        await gate.PassAsync(
            new Change(
                run.ControlPlane.Name,
                "Secret",
                run.Namespace,
                Name,
                ChangeAction.Update,
                $"delete the credential of {owner}: {string.Join(", ", found)}"
            ),
            (permit, token) => run.ControlPlane.Api.MergePatchAsync(permit, Path, new JsonObject { ["data"] = patch }, FieldManagers.Of(owner), token),
            cancellationToken
        );
        return true;
    }

    /// <summary>Warns from 700 KiB and refuses at the API's limit.</summary>
    /// <exception cref="InvalidOperationException">The Secret would be over the limit.</exception>
    public void CheckSize(JsonObject? live, RunJournal journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var entries = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, value) in live?["data"] as JsonObject ?? [])
            entries[key] = Size((string?)value);
        foreach (var plane in run.Active)
        {
            if (plane.Credential is not { } credential)
                continue;
            entries[plane.Spec.TokenKey] = Size(credential.Token);
            entries[plane.Spec.CaKey] = Size(credential.CaCertificate);
        }

        var total = entries.Values.Sum();
        if (total > MostBytes)
            throw new InvalidOperationException(
                $"Secret {Name} would hold {total / 1024} KiB; the API server takes {MostBytes / 1024}. Remove entries of clusters that no longer exist."
            );
        if (total >= WarnBytes)
            journal.Add($"Secret {Name} holds {total / 1024} of {MostBytes / 1024} KiB: remove entries of clusters that no longer exist before it is full.");
    }

    private JsonObject? Entries(JsonObject? live, DataPlaneRun plane)
    {
        if (live is null)
            return null;
        var entries = Entries(plane);
        entries["data"] = new JsonObject(
            ((JsonObject)entries["data"]!)
                .Where(entry => live["data"]?[entry.Key] is not null)
                .Select(entry => KeyValuePair.Create(entry.Key, live["data"]![entry.Key]?.DeepClone()))
        );
        return entries;
    }

    private JsonObject Entries(DataPlaneRun plane) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = run.Namespace },
            ["data"] = new JsonObject { [plane.Spec.TokenKey] = plane.Credential?.Token, [plane.Spec.CaKey] = plane.Credential?.CaCertificate },
        };

    private static long Size(string? base64) => base64 is null ? 0 : (base64.Length / 4 * 3) - base64.AsSpan()[base64.AsSpan().TrimEnd('=').Length..].Length;
}
